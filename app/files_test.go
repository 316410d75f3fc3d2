package app

import (
	"bytes"
	"encoding/json"
	"image"
	"image/png"
	"io"
	"net/http"
	"strings"
	"testing"
)

func pngOf(width, height int) []byte {
	var out bytes.Buffer
	_ = png.Encode(&out, image.NewRGBA(image.Rect(0, 0, width, height)))
	return out.Bytes()
}

func (r *rig) upload(disposition, kind string, data []byte) (*http.Response, Attachment) {
	r.t.Helper()
	request, _ := http.NewRequest(http.MethodPost, r.base+"/file", bytes.NewReader(data))
	r.bearer(request)
	request.Header.Set("Content-Disposition", disposition)
	request.Header.Set("Content-Type", kind)
	response, err := r.client.Do(request)
	if err != nil {
		r.t.Fatal(err)
	}
	var file Attachment
	_ = json.Unmarshal([]byte(read(r.t, response.Body)), &file)
	return response, file
}

func TestFilesComeBackAsTheyWentAndNeverRun(t *testing.T) {
	r := startRig(t, Options{})
	page := []byte("<script>alert(1)</script>")
	for _, c := range []struct {
		disposition, claimed, name, kind, shown string
		data                                    []byte
		inline                                  bool
	}{
		{`attachment; filename="foto.png"`, "image/png", "foto.png", "image/png", "image/png", pngOf(3, 2), true},
		{`attachment; filename*=UTF-8''b%C3%A9b%C3%A9.png`, "", "bébé.png", "image/png", "image/png", pngOf(4, 4), true},
		{`attachment; filename="../../etc/page.html"`, "text/html", "page.html", "text/html", "application/octet-stream", page, false},
		{`attachment; filename="trick.png"`, "image/png", "trick.png", "image/png", "application/octet-stream", page, false},
		{`attachment; filename="x.svg"`, "image/svg+xml", "x.svg", "image/svg+xml", "application/octet-stream", []byte(`<svg xmlns="http://www.w3.org/2000/svg" onload="x"/>`), false},
		{`rubbish;;`, "", "file", "application/octet-stream", "application/octet-stream", []byte{0, 1, 2}, false},
	} {
		response, file := r.upload(c.disposition, c.claimed, c.data)
		if response.StatusCode != http.StatusOK || file.Name != c.name || file.Size != int64(len(c.data)) || file.Type != c.kind {
			t.Errorf("%s: %d %+v", c.disposition, response.StatusCode, file)
			continue
		}
		got := r.request("GET", "/file/"+file.ID, r.bearer)
		data, err := io.ReadAll(got.Body)
		got.Body.Close()
		if err != nil || !bytes.Equal(data, c.data) {
			t.Errorf("%s: %d other bytes came back, %v", c.name, len(data), err)
		}
		if kind := got.Header.Get("Content-Type"); kind != c.shown || got.Header.Get("X-Content-Type-Options") != "nosniff" {
			t.Errorf("%s: given as %q %v", c.name, kind, got.Header)
		}
		if inline := strings.HasPrefix(got.Header.Get("Content-Disposition"), "inline"); inline != c.inline {
			t.Errorf("%s: %s", c.name, got.Header.Get("Content-Disposition"))
		}
		if policy := got.Header.Get("Content-Security-Policy"); !strings.Contains(policy, "sandbox") {
			t.Errorf("%s: policy %q", c.name, policy)
		}
	}
}

func TestFilesAreNamedByIdAlone(t *testing.T) {
	r := startRig(t, Options{})
	for _, id := range []string{"x", strings.Repeat("0", 64), "..%2f..%2fpostvak.db", "%2e%2e", strings.Repeat("g", 64)} {
		response := r.request("GET", "/file/"+id, r.bearer)
		read(t, response.Body)
		if response.StatusCode != http.StatusNotFound {
			t.Errorf("%q: %d", id, response.StatusCode)
		}
	}
}

func TestTooLargeAFileIsRefused(t *testing.T) {
	if testing.Short() {
		t.Skip("writes 32 MB")
	}
	r := startRig(t, Options{})
	if response, _ := r.upload(`attachment; filename="a"`, "", make([]byte, maxFile+1)); response.StatusCode != http.StatusBadRequest {
		t.Errorf("status %d", response.StatusCode)
	}
	if response, file := r.upload(`attachment; filename="a"`, "", make([]byte, maxFile)); response.StatusCode != http.StatusOK || file.Size != maxFile {
		t.Errorf("the largest: %d %+v", response.StatusCode, file)
	}
}

func TestCleanNames(t *testing.T) {
	for name, want := range map[string]string{
		"": "file", ".": "file", "..": "file", "a/b/c.txt": "c.txt", `C:\x\y.doc`: "y.doc", "a\x00b\n.txt": "ab.txt",
		".bashrc": "bashrc", "invoice\u202egpj.exe": "invoicegpj.exe", "x. ": "x", "naïve café.pdf": "naïve café.pdf",
		`<>:"|?*`: "file", "con|x": "conx",
	} {
		if got := cleanName(name); got != want {
			t.Errorf("%q: %q, want %q", name, got, want)
		}
	}
	if long := cleanName(strings.Repeat("é", 500) + ".pdf"); len(long) > 200 || !strings.HasSuffix(long, ".pdf") {
		t.Errorf("long name: %d bytes, %q", len(long), long[len(long)-8:])
	}
}
