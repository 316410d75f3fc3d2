package mime

import (
	"bytes"
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"

	"postvak/backend/inbox"
)

// stress are messages of the kinds that hold parsers up for seconds or minutes,
// or that take more memory than they have bytes.
func stress() map[string][]byte {
	const multipart = "Content-Type: multipart/mixed; boundary=b\r\n\r\n"
	var continued strings.Builder
	for i := range 6000 {
		fmt.Fprintf(&continued, ";\r\n filename*%d*=%%41%%42", i)
	}
	html := "Content-Type: text/html\r\n\r\n"
	return map[string][]byte{
		"1,000 multiparts one in another":  nested(1000),
		"10,000 multiparts one in another": nested(10_000),
		"50,000 parts":                     []byte(multipart + strings.Repeat("--b\r\n\r\nx\r\n", 50_000)),
		"6,000 continued parameters":       []byte("Content-Disposition: attachment" + continued.String() + "\r\n\r\nx"),
		"a header line of 20 MB":           []byte("Subject: " + strings.Repeat("x", 20<<20)),
		"2,000,000 header fields":          []byte(strings.Repeat("X-A: b\r\n", 2<<20) + "\r\nx"),
		"100,000 addresses":                []byte("To: " + strings.Repeat("Ann <ann@x.example>, ", 100_000) + "\r\n\r\nx"),
		"300,000 encoded words":            []byte("Subject: " + strings.Repeat("=?utf-8?b?YQ==?= ", 300_000) + "\r\n\r\nx"),
		"an attachment of 20 MB":           []byte(multipart + "--b\r\nContent-Type: image/png\r\nContent-Transfer-Encoding: base64\r\n\r\n" + strings.Repeat(strings.Repeat("QUFB", 19)+"\r\n", 20<<20/78) + "--b--\r\n"),
		"text of 20 MB without a charset":  []byte("\r\n" + strings.Repeat("\xe4\xf6\xfc and more ", 20<<20/13)),
		"quoted-printable of 20 MB":        []byte("Content-Transfer-Encoding: quoted-printable\r\n\r\n" + strings.Repeat("=C3=A4 = \r\n", 20<<20/11)),
		"800,000 HTML elements":            []byte(html + strings.Repeat("<p>x", 800_000)),
		"80,000 nested quotes":             []byte(html + strings.Repeat("<blockquote>x", 80_000)),
		"a table of 4 MB":                  []byte(html + "<table>" + strings.Repeat("<tr><td>x", 4<<20/9)),
	}
}

// The limits of time and memory are of a machine of today; only memory is held
// to here, for time says as much of a busy machine as of the parser.
const (
	stressTime   = time.Second
	stressMemory = 150 << 20
)

// TestStress reads each message by itself and says what the worst took.
func TestStress(t *testing.T) {
	if testing.Short() {
		t.Skip("megabytes of mail")
	}
	all, within := stress(), 0
	var slowest, greatest string
	var longest time.Duration
	var most uint64
	for name, raw := range all {
		took, memory := measured(func() {
			m := Parse(raw)
			checkSound(t, name, &m)
			if len(m.Subject+m.Text+m.HTML) == 0 && len(m.Attachments) == 0 && len(m.Warnings) == 0 && len(m.To) == 0 {
				t.Errorf("%s: nothing is shown, and nothing said", name)
			}
		})
		if took > longest {
			longest, slowest = took, name
		}
		if memory > most {
			most, greatest = memory, name
		}
		if memory > stressMemory {
			t.Errorf("%s: %d MB", name, memory>>20)
		}
		if took <= stressTime && memory <= stressMemory {
			within++
		}
	}
	t.Logf("%d of %d messages within 1 s and 150 MB; longest %s (%s), most memory %d MB (%s)",
		within, len(all), longest.Round(time.Millisecond), slowest, most>>20, greatest)
}

// measured runs fn and gives how long it took and by how much the heap grew at
// most, as often as could be looked.
func measured(fn func()) (took time.Duration, most uint64) {
	var before, now runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	ended, watched := make(chan struct{}), make(chan struct{})
	look := func() {
		if runtime.ReadMemStats(&now); now.HeapAlloc > before.HeapAlloc {
			most = max(most, now.HeapAlloc-before.HeapAlloc)
		}
	}
	go func() {
		defer close(watched)
		ticks := time.NewTicker(5 * time.Millisecond)
		defer ticks.Stop()
		for {
			select {
			case <-ticks.C:
				look()
			case <-ended:
				look()
				return
			}
		}
	}()
	began := time.Now()
	fn()
	took = time.Since(began)
	close(ended)
	<-watched
	return took, most
}

// parsed is Parse, and says whether it panicked: the count of a corpus goes on.
func parsed(raw []byte) (m inbox.Message, whole bool) {
	defer func() { whole = recover() == nil }()
	return Parse(bytes.Clone(raw)), true
}
