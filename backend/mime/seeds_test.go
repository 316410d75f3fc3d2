package mime

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// seeds reads the messages in testdata/seed, all of our own making: hostile and
// malformed shapes, one idea each. Files are kept with LF; "\r\n" is how they
// are parsed, and escapes such as \xE4 stand for bytes that no text file holds.
func seeds(t testing.TB) map[string][]byte {
	t.Helper()
	files, err := filepath.Glob(filepath.Join("testdata", "seed", "*.eml"))
	if err != nil || len(files) < 30 {
		t.Fatalf("%d seeds, %v", len(files), err)
	}
	all := make(map[string][]byte, len(files))
	for _, f := range files {
		raw, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		name := strings.TrimSuffix(filepath.Base(f), ".eml")
		all[name] = unescape(crlf(string(raw)))
	}
	return all
}

// unescape turns \xHH into the byte it stands for.
func unescape(in []byte) []byte {
	out := make([]byte, 0, len(in))
	for i := 0; i < len(in); i++ {
		if in[i] == '\\' && i+3 < len(in) && in[i+1] == 'x' && unhex(in[i+2]) >= 0 && unhex(in[i+3]) >= 0 {
			out = append(out, byte(unhex(in[i+2])<<4|unhex(in[i+3])))
			i += 3
			continue
		}
		out = append(out, in[i])
	}
	return out
}
