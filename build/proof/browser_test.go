//go:build browser

package proof

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/mail"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"postvak/backend/imap/imaptest"
)

// envControl tells frontend/e2e/mailbox.spec.ts where its servers are ruled.
const envControl = "MAILBOX_CONTROL"

// TestARealMailboxInABrowser runs frontend/e2e/mailbox.spec.ts: the built
// program in Chromium, with a real mailbox. The servers are ruled from there.
func TestARealMailboxInABrowser(t *testing.T) {
	browse(t, "e2e/mailbox.spec.ts")
}

// TestATeamInTwoBrowserWindows runs frontend/e2e/team.spec.ts: two people, each
// with a program and a window of their own, side by side on one mailbox.
func TestATeamInTwoBrowserWindows(t *testing.T) {
	browse(t, "e2e/team.spec.ts")
}

func browse(t *testing.T, spec string) {
	t.Helper()
	o := openOffice(t)
	o.Deliver(t, ann,
		imaptest.MessageWithID("<question@elsewhere.test>", "Ben Customer <"+ben+">", ann, "Where is my lamp?", "I ordered a paraffin lamp."),
		imaptest.Message("Carla Other <carla@elsewhere.test>", ann, "A chair", "Do you sell chairs too?"))
	control := httptest.NewServer(o.control(t))
	defer control.Close()
	cmd := exec.CommandContext(t.Context(), "npx", "vitest", "run", "--config", "vitest.e2e.config.ts", spec)
	cmd.Dir = filepath.Join("..", "..", "frontend")
	cmd.Env = append(os.Environ(), envControl+"="+control.URL, "SSL_CERT_FILE="+filepath.Join(o.Dir, "cert.pem"), "SSL_CERT_DIR=/nowhere")
	output, err := cmd.CombinedOutput()
	if told := report(t, string(output)); told == 0 || err != nil {
		t.Errorf("%d tests, %v:\n%s", told, err, output)
	}
}

// report makes a test of each line that tells of one, and counts them.
func report(t *testing.T, output string) int {
	told := 0
	for line := range strings.Lines(output) {
		failed := strings.HasPrefix(line, "not ok ")
		name, ok := strings.CutPrefix(strings.TrimPrefix(line, "not "), "ok ")
		if !ok {
			continue
		}
		told++
		name, _, _ = strings.Cut(name, " ")
		t.Run(name, func(t *testing.T) {
			if failed {
				t.Error("see below")
			}
		})
	}
	return told
}

// letter is a mail as the browser's test reads and writes it.
type letter struct {
	Subject    string `json:"subject"`
	MessageID  string `json:"messageId"`
	InReplyTo  string `json:"inReplyTo"`
	References string `json:"references"`
	Text       string `json:"text"`
}

// control is what the browser's test may do with the servers.
func (o *office) control(t *testing.T) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /account", func(w http.ResponseWriter, _ *http.Request) {
		tell(t, w, map[string]any{
			"address": ann, "password": passwords[ann], "wrong": wrongPassword, "customer": ben,
			"imap": map[string]any{"port": o.TLSPort, "security": "tls"},
			"smtp": map[string]any{"port": o.gate.port, "security": "starttls"},
		})
	})
	mux.HandleFunc("POST /close", func(http.ResponseWriter, *http.Request) { o.close() })
	mux.HandleFunc("POST /open", func(http.ResponseWriter, *http.Request) { o.open(t) })
	mux.HandleFunc("GET /customer", func(w http.ResponseWriter, _ *http.Request) {
		all := []letter{}
		for _, m := range letterbox(t, o.Dovecot, ben, "INBOX") {
			all = append(all, letterOf(t, m))
		}
		tell(t, w, all)
	})
	mux.HandleFunc("POST /write", func(_ http.ResponseWriter, r *http.Request) {
		var l letter
		if err := json.NewDecoder(r.Body).Decode(&l); err != nil {
			t.Error(err)
		}
		raw := imaptest.Message("Ben Customer <"+ben+">", ann, l.Subject, l.Text)
		o.write(t, ben, ann, append([]byte(fmt.Sprintf("In-Reply-To: %s\r\n", l.InReplyTo)), raw...))
	})
	return mux
}

func letterOf(t *testing.T, m *mail.Message) letter {
	text, err := io.ReadAll(m.Body)
	if err != nil {
		t.Error(err)
	}
	return letter{m.Header.Get("Subject"), m.Header.Get("Message-ID"), m.Header.Get("In-Reply-To"), m.Header.Get("References"), string(text)}
}

func tell(t *testing.T, w http.ResponseWriter, what any) {
	if err := json.NewEncoder(w).Encode(what); err != nil {
		t.Error(err)
	}
}
