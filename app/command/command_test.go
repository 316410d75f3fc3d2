package command

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
)

func TestArguments(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("DISPLAY", "")
	t.Setenv("WAYLAND_DISPLAY", "")
	for _, c := range []struct {
		args   string
		status int
		says   string // on standard output, else one sentence on standard error
	}{
		{"--version", exitDone, "postvak "}, {"--help", exitDone, "--headless"}, {"-h", exitDone, "--headless"},
		{"--nonsense", exitWrong, ""}, {"--listen 127.0.0.1:0", exitWrong, ""}, {"--headless --listen 0.0.0.0:0", exitWrong, ""},
		{"--headless --listen example.com:80", exitWrong, ""}, {"--log-level loud", exitWrong, ""}, {"https://example.com", exitWrong, ""},
		{"postvak://conversation/a postvak://conversation/b", exitWrong, ""}, {"--data", exitWrong, ""},
		{"--data=", exitWrong, ""}, {"--headless --data=", exitWrong, ""}, {"postvak://conversation/a%0Ab", exitWrong, ""},
		{"--data " + t.TempDir(), exitFailed, ""}, // without a display
		{"--headless --data " + file, exitFailed, ""}, {"--headless --data " + filepath.Join(file, "below"), exitFailed, ""},
	} {
		var out, complaints bytes.Buffer
		status := Main(strings.Fields(c.args), fstest.MapFS{}, &out, &complaints)
		if status != c.status {
			t.Errorf("%s: status %d, want %d (%s)", c.args, status, c.status, complaints.String())
		}
		if c.says != "" && !strings.Contains(out.String(), c.says) {
			t.Errorf("%s: said %q", c.args, out.String())
		}
		if c.says == "" && (strings.Count(complaints.String(), "\n") != 1 || out.Len() > 0) {
			t.Errorf("%s: said %q and complained %q, want one sentence", c.args, out.String(), complaints.String())
		}
	}
}
