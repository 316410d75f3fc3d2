package app

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"postvak/backend/keyring"
)

func TestASecretCannotBePrinted(t *testing.T) {
	s := Secret("hunter2hunter2")
	text, _ := json.Marshal(map[string]any{"a": s, "b": []Secret{s}})
	var logged bytes.Buffer
	slog.New(slog.NewJSONHandler(&logged, nil)).Info("x", "value", s)
	for _, shown := range []string{fmt.Sprint(s), fmt.Sprintf("%v %+v %#v %s %q", s, s, s, s, s), string(text), logged.String()} {
		if strings.Contains(shown, "hunter2") {
			t.Errorf("shown: %s", shown)
		}
	}
}

func TestTheLogHidesWhatItIsNotToldToHide(t *testing.T) {
	var out bytes.Buffer
	known := newRedactor()
	known.learn("hunter2hunter2")
	log := newLogger(&out, slog.LevelDebug, known)
	log.Info("signing in with hunter2hunter2", "error", "server said: LOGIN ann hunter2hunter2", "password", "other", "apiToken", "other2")
	if text := out.String(); strings.Contains(text, "hunter2") || strings.Contains(text, "other") {
		t.Errorf("logged: %s", text)
	}
}

func TestTheLogHidesEveryFormOfASecret(t *testing.T) {
	for _, secret := range []string{`S3cr3t-"w\ord!`, "wachtwoord-één-ß", "tab\tand<angle>&more", "hunter2", "hunter22", "hunter222"} {
		var out bytes.Buffer
		known := newRedactor()
		known.learn(secret)
		log := newLogger(&out, slog.LevelDebug, known)
		said := []string{secret, fmt.Sprintf("%q", secret), base64.StdEncoding.EncodeToString([]byte(secret))}
		if len(secret) >= 2*shortestKnown {
			for _, user := range []string{"", "a", "an", "ann", "anna"} {
				said = append(said, base64.StdEncoding.EncodeToString([]byte("\x00"+user+"\x00"+secret+"x"))) // and whatever follows
			}
		}
		for _, text := range said {
			out.Reset()
			log.Info("the server said", "error", text)
			quoted, _ := json.Marshal(text)
			if strings.Contains(out.String(), string(quoted[1:len(quoted)-1])) || !strings.Contains(out.String(), redacted) {
				t.Errorf("%q: logged %s", secret, out.String())
			}
		}
	}
}

// A whole run leaves no password in any file of the profile, nor in any
// answer (R32).
func TestNoPasswordStaysBehind(t *testing.T) {
	const wrong = "a-wrong-password-7431"
	dir := t.TempDir()
	secrets := keyring.NewMemory()
	r := startRig(t, Options{Dir: dir, Sandbox: true, Quiet: true, Secrets: secrets})
	r.sendNow()
	l := r.listen()
	password := r.app.demo.world.Password()
	_, _, apiSecret := r.app.demo.chats.twilio.Account()
	pageToken := r.app.demo.chats.meta.Token()
	_, chat := r.chats(l, "whatsapp", evasNumber, "Hoi")
	call[string](r, "Composer.Send", chat.ID, SendRequest{Draft: Draft{Text: "antwoord"}})
	_, chat = r.chats(l, "messenger", "Lieke Postma", "Hoi")
	call[string](r, "Composer.Send", chat.ID, SendRequest{Draft: Draft{Text: "antwoord"}})
	_, c := r.deliver(l, DeliverRequest{From: "a@b.example", Subject: "Vraag", Text: "x"})
	call[string](r, "Composer.Send", c.ID, SendRequest{Draft: Draft{Text: "antwoord"}})
	until(r, l, "the answer", func() (bool, bool) { return true, len(call[[]SentMail](r, "Sandbox.Sent")) == 3 })
	channel := call[[]ChannelInfo](r, "Channels.List")[0]
	steps := call[[]Step](r, "Channels.Check", channel.ID)
	if len(steps) == 0 || slices.ContainsFunc(steps, func(s Step) bool { return !s.OK }) {
		t.Errorf("the check: %+v", steps)
	}
	failure := r.refused("auth", "Channels.SignIn", channel.ID, SignInRequest{Password: wrong})
	other := ConnectEmailRequest{Name: "x", Address: "other@zomerlicht.example", IMAP: channel.IMAP, SMTP: channel.SMTP, Password: wrong}
	refused := r.refused("auth", "Channels.ConnectEmail", other)
	other.IMAP.Host, other.IMAP.Security = "imap.example.com", "none"
	r.refused("invalid", "Channels.ConnectEmail", other)
	if n := len(call[[]ChannelInfo](r, "Channels.List")); n != 3 {
		t.Errorf("%d channels after failing to connect", n)
	}
	answers := fmt.Sprint(failure, refused)
	for _, name := range []string{"Settings.Diagnostics", "Settings.Status", "Settings.Get", "Channels.List", "Team.Status", "Composer.Outbox"} {
		answers += string(r.post(name, "[]").Result)
	}
	r.app.Close() // what is still in memory is on the disk now
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		text, err := os.ReadFile(path)
		for _, secret := range []string{password, apiSecret, pageToken, wrong} {
			if bytes.Contains(text, []byte(secret)) {
				t.Errorf("%s has a password in it", entry.Name())
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, secret := range []string{password, apiSecret, pageToken, wrong} {
		if strings.Contains(answers, secret) {
			t.Errorf("an answer has %q in it: %s", secret, answers)
		}
	}
	if got, err := secrets.Get(t.Context(), passwordName(r.app.demo.channel)); err != nil || got != password {
		t.Errorf("the keyring has %q, %v", got, err)
	}
}
