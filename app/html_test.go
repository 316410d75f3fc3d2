package app

import (
	"encoding/base64"
	"encoding/binary"
	"hash/crc32"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"

	"postvak/backend/inbox"
)

func TestOnlyPicturesAreRewritten(t *testing.T) {
	source := `<!-- x --><p style="a:b">Hi &amp; bye<img src="cid:a" alt='q'><IMG SRC=http://x.example/y.png>` +
		`<video src="cid:a"></video><table background="cid:a"><a href="http://x.example">l</a><script>"<img src='cid:a'>"</script>`
	got := rewritePictures(source, func(address string) string {
		if address == "cid:a" {
			return "data:1"
		}
		return address
	})
	want := `<!-- x --><p style="a:b">Hi &amp; bye<img src="data:1" alt="q"><IMG SRC=http://x.example/y.png>` +
		`<video src="cid:a"></video><table background="data:1"><a href="http://x.example">l</a><script>"<img src='cid:a'>"</script>`
	if got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestRewritingLeavesHostileHTMLAsItWas(t *testing.T) {
	for _, source := range []string{
		"", "<", "<p><<img src=x>>", "\x00<b\x00>", "<![CDATA[<img src=cid:a>]]>", "</img src=cid:b>",
		strings.Repeat("<div>", 10000), "<style><img src=cid:a></style>", "<a\x0cb=1>", "<textarea><img src=x></textarea><plaintext><img src=x>",
	} {
		if got := rewritePictures(source, func(a string) string { return a }); got != source {
			t.Errorf("%q became %q", source, got)
		}
	}
}

// An unfinished tag at the end is dropped, as browsers do.
func TestUnfinishedTagsAreDropped(t *testing.T) {
	for _, source := range []string{"<img", "<img src=", `<img src="`} {
		if got := rewritePictures("x"+source, func(a string) string { return a }); got != "x" {
			t.Errorf("%q became %q", source, got)
		}
	}
}

func TestDepth(t *testing.T) {
	for source, want := range map[string]int{
		"": 0, "<p>": 1, "<p><br><br><br>": 1, "<p></p><p></p>": 1, "<a><b><c>": 3, "</p></p><a>": 1,
		strings.Repeat("<div>", 300): 300,
	} {
		if got := depthOf(source); got != want {
			t.Errorf("%.20s: %d, want %d", source, got, want)
		}
	}
}

func TestPrivateAddressesAreNeverFetchedFrom(t *testing.T) {
	for address, fine := range map[string]bool{
		"93.184.216.34:80": true, "93.184.216.34:443": true, "[2606:2800:220:1::1]:443": true,
		"127.0.0.1:80": false, "10.0.0.1:80": false, "192.168.1.1:443": false, "172.16.0.1:80": false, "169.254.169.254:80": false,
		"0.0.0.0:80": false, "100.64.0.1:80": false, "224.0.0.1:80": false, "255.255.255.255:80": false, "198.18.0.1:80": false,
		"[::1]:80": false, "[::]:80": false, "[fe80::1]:80": false, "[fc00::1]:80": false, "[::ffff:127.0.0.1]:80": false,
		"[::ffff:10.0.0.1]:80": false, "[64:ff9b::7f00:1]:80": false, "[2002:7f00:1::]:80": false, "[::7f00:1]:80": false, "[fec0::1]:80": false, "[100::1]:80": false, "[2001:db8::1]:80": false,
		"[2001::1]:80": false, "[2001:20::1]:80": false, "[3fff::1]:80": false, "[5f00::1]:80": false, "192.88.99.1:80": false, "[::ffff:0:7f00:1]:80": false,
		"[64:ff9b:1::1]:80": false, "[fe80::1%25lo]:80": false, "[2001:4860::8]:443": true, "[2a00:1450::1]:443": true, "[ff02::1]:80": false,
		"93.184.216.34:25": false, "93.184.216.34:22": false, "93.184.216.34:8080": false,
	} {
		if err := publicOnly(netip.MustParseAddrPort(address)); (err == nil) != fine {
			t.Errorf("%s: %v", address, err)
		}
	}
}

func TestTheRealFetcherDoesNotReachThisComputer(t *testing.T) {
	reached := false
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { reached = true }))
	defer server.Close()
	for _, address := range []string{server.URL, strings.Replace(server.URL, "127.0.0.1", "localhost", 1), "file:///etc/passwd", "ftp://x.example/y", "http://u:p@x.example/"} {
		if raw, err := newFetcher().one(t.Context(), address); err == nil {
			t.Errorf("%s gave %d bytes", address, len(raw))
		}
	}
	if reached {
		t.Error("this computer was asked")
	}
}

// Pictures are taken, everything else is not; nothing about the reader goes
// along.
func TestRemotePictures(t *testing.T) {
	picture := pngOf(3, 2)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Cookie")+r.Header.Get("Referer") != "" {
			t.Errorf("%s was told %v", r.URL, r.Header)
		}
		http.SetCookie(w, &http.Cookie{Name: "track", Value: "me"})
		w.Header().Set("Content-Type", "image/png")
		switch r.URL.Path {
		case "/ok":
			_, _ = w.Write(picture)
		case "/pixel":
			_, _ = w.Write(pngOf(1, 1))
		case "/page":
			_, _ = w.Write([]byte("<svg onload=x>"))
		case "/huge":
			_, _ = w.Write(append(pngOf(2, 2), make([]byte, maxPictureSize)...))
		case "/text":
			w.Header().Set("Content-Type", "text/html")
			_, _ = w.Write(picture)
		case "/once":
			http.Redirect(w, r, "/ok", http.StatusFound)
		case "/loop":
			http.Redirect(w, r, "/loop", http.StatusFound)
		case "/file":
			http.Redirect(w, r, "file:///etc/passwd", http.StatusFound)
		case "/private":
			http.Redirect(w, r, "http://10.0.0.1/ok", http.StatusFound)
		default:
			http.NotFound(w, r)
		}
	}))
	defer server.Close()
	here := netip.MustParseAddrPort(strings.TrimPrefix(server.URL, "http://"))
	f := newFetcherTo(func(to netip.AddrPort) error {
		if to == here {
			return nil
		}
		return publicOnly(to)
	})
	var all []string
	for _, path := range []string{"ok", "pixel", "page", "huge", "text", "once", "loop", "file", "private", "none"} {
		all = append(all, server.URL+"/"+path)
	}
	found := f.all(t.Context(), all)
	for _, address := range all {
		want := strings.HasSuffix(address, "/ok") || strings.HasSuffix(address, "/once")
		if _, got := found[address]; got != want {
			t.Errorf("%s: fetched %v, want %v", address, got, want)
		}
	}
}

// A mail's own pictures are put in, another mail's are not, remote ones wait.
func TestHtmlOfAMessage(t *testing.T) {
	r := startDemo(t)
	l := r.listen()
	var withHTML Message
	until(r, l, "a mail with HTML", func() (bool, bool) {
		for _, section := range []string{"unassigned", "mine", "others", "closed"} {
			for _, row := range call[ListPage](r, "Inbox.List", ListQuery{Section: section, Limit: 200}).Rows {
				for _, m := range r.open(row.ID).Messages {
					if m.HasHTML && strings.Contains(m.HTML, "cid:") {
						withHTML = m
						return true, true
					}
				}
			}
		}
		return false, false
	})
	part := call[HTMLPart](r, "Inbox.Html", withHTML.ID, HTMLQuery{})
	if strings.Contains(part.HTML, "cid:") || !strings.Contains(part.HTML, "data:image/") {
		t.Errorf("own pictures are missing: %.300s", part.HTML)
	}
	source := call[string](r, "Inbox.Source", withHTML.ID)
	if !strings.Contains(source, "\nSubject:") && !strings.HasPrefix(source, "Subject:") {
		t.Errorf("source: %.200s", source)
	}
}

func TestDataAddressesAreRastersOnly(t *testing.T) {
	p := &pictures{room: 100}
	small := pngOf(2, 2)
	if data := p.data(small); data != "data:image/png;base64,"+base64.StdEncoding.EncodeToString(small) {
		t.Errorf("png: %q", data)
	}
	for _, raw := range []string{"<svg/>", "<html>", "GIF", ""} {
		if data := p.data([]byte(raw)); data != "" {
			t.Errorf("%q: %q", raw, data)
		}
	}
	if data := p.data(append(small, make([]byte, 100)...)); data != "" {
		t.Error("there was no room")
	}
}

// TestAPictureNamedOftenIsNoBomb: the same few bytes of HTML, over and over,
// would make gigabytes of data: addresses.
func TestAPictureNamedOftenIsNoBomb(t *testing.T) {
	noise := make([]byte, 300_000)
	picture := append(pngOf(2, 2), noise...)
	p := &pictures{room: maxInlined, own: map[inbox.FileID]string{}, known: map[string]string{}, files: map[string]inbox.FileID{"a": "f", "b": "g"}}
	p.known["http://x.example/a"], p.own["f"], p.own["g"] = p.data(picture), p.data(picture), ""
	source := strings.Repeat(`<img src="http://x.example/a"><img src="cid:a"><img src="cid:%61"><img src="cid:b">`, 5000)
	got := rewritePictures(source, p.address)
	if len(got) > maxInlined+len(source) || strings.Count(got, "data:image/png") < 10 {
		t.Errorf("%d bytes of HTML became %d with %d pictures", len(source), len(got), strings.Count(got, "data:image/png"))
	}
}

// TestPicturesThatCannotBeDrawn: a claim of a few bytes takes gigabytes.
func TestPicturesThatCannotBeDrawn(t *testing.T) {
	le := func(before string, sides ...uint32) []byte {
		raw := []byte(before)
		for _, side := range sides {
			raw = binary.LittleEndian.AppendUint32(raw, side)
		}
		return append(raw, make([]byte, 40)...)
	}
	bomb := pngOf(2, 2)
	binary.BigEndian.PutUint32(bomb[16:], 60_000)
	binary.BigEndian.PutUint32(bomb[20:], 60_000)
	binary.BigEndian.PutUint32(bomb[29:], crc32.ChecksumIEEE(bomb[12:29]))
	for name, c := range map[string]struct {
		raw           []byte
		width, height int
		fine          bool
	}{
		"png":           {pngOf(3, 2), 3, 2, true},
		"png bomb":      {bomb, 60_000, 60_000, false},
		"bmp":           {le("BM................", 20, 0xffffffff-9), 20, 10, true},
		"bmp bomb":      {le("BM................", 0x7fffffff, 0x7fffffff), 0x7fffffff, 0x7fffffff, false},
		"short bmp":     {[]byte("BM"), 0, 0, true},
		"webp":          {le("RIFF....WEBPVP8 .......\x9d\x01\x2a", 100|50<<16), 100, 50, true},
		"webp lossless": {le("RIFF....WEBPVP8L....\x2f", 99|49<<14), 100, 50, true},
		"webp extended": {le("RIFF....WEBPVP8X........", 99|50<<24, 0), 100, 51, true},
		"webp bomb":     {le("RIFF....WEBPVP8X........", 0xffffffff, 0xffffffff), 1 << 24, 1 << 24, false},
		"text":          {[]byte("text"), 0, 0, false},
	} {
		if w, h := pictureSize(c.raw); w != c.width || h != c.height || drawable(c.raw) != c.fine {
			t.Errorf("%s: %d x %d, drawable %v", name, w, h, drawable(c.raw))
		}
	}
}
