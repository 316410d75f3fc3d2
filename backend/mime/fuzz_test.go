package mime

import (
	"bytes"
	"testing"
	"time"
	"unicode/utf8"

	"postvak/backend/inbox"
)

// FuzzParse looks for bytes that break what must hold for every message, and
// for its digest, its preview and a reply to it.
func FuzzParse(f *testing.F) {
	for _, raw := range seeds(f) {
		f.Add(raw)
	}
	f.Add(nested(60))
	f.Fuzz(func(t *testing.T, raw []byte) {
		m := Parse(raw)
		checkSound(t, "fuzz", &m)
		if again := Parse(raw); again.Text != m.Text || again.Subject != m.Subject || len(again.Attachments) != len(m.Attachments) {
			t.Error("two readings differ")
		}
		if own, quoted := SplitQuote(m.Text); len(own)+len(quoted) > len(m.Text) {
			t.Errorf("%d and %d bytes out of %d", len(own), len(quoted), len(m.Text))
		}
		if p := Preview(m.Text, 100); !utf8.ValidString(p) || utf8.RuneCountInString(p) > 100 {
			t.Errorf("preview %q", p)
		}
		if len(Digest(raw)) != 16 {
			t.Error("a digest of another length")
		}
		replyTo(t, &m)
	})
}

// replyTo answers a message: whatever it was, either it is refused with a
// sentence or what comes out can be read and is addressed as it was meant.
func replyTo(t *testing.T, m *inbox.Message) {
	t.Helper()
	l := Letter{
		From: inbox.Address{Address: "info@bakkerij.example"}, To: []inbox.Address{m.From},
		Subject: "Re: " + m.Subject, Text: m.Text, MessageID: "out@bakkerij.example",
		InReplyTo: m.MessageID, References: m.References, Date: time.Unix(1772550306, 0), Attachments: m.Attachments,
	}
	r, err := Render(l)
	if err != nil {
		if inbox.CodeOf(err) != inbox.Invalid {
			t.Errorf("a reply failed: %v", err)
		}
		return
	}
	back := Parse(r.Wire)
	if len(back.To) != 1 || len(back.Cc)+len(back.Bcc) != 0 || back.From.Address != l.From.Address || back.MessageID != l.MessageID {
		t.Errorf("a reply to %q went astray: %+v", m.From, back)
	}
	if bytes.Contains(r.Wire, []byte("\nBcc:")) {
		t.Error("a hidden recipient shows")
	}
}
