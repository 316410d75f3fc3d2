package mime

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"postvak/backend/inbox"
)

func letter() Letter {
	return Letter{
		From:       inbox.Address{Name: "Bakkerij De Müller", Address: "info@bakkerij.example"},
		To:         []inbox.Address{{Name: "山田 太郎", Address: "taro@example.jp"}, {Address: "ann@bücher.example"}},
		Cc:         []inbox.Address{{Name: `O'Neil, "Ann"`, Address: "oneil@example.org"}},
		Bcc:        []inbox.Address{{Name: "Chef", Address: "chef@bakkerij.example"}, {Address: "ANN@xn--bcher-kva.example"}},
		Subject:    "Re: Bestellung für morgen – こんにちは 🥐",
		Text:       "Guten Tag,\n\n= drei Brötchen\n.\nFrom here on\n> zitiert\nこんにちは\n",
		MessageID:  "abc123@bakkerij.example",
		InReplyTo:  "q2@example.jp",
		References: []string{"q1@example.jp", "q2@example.jp"},
		Date:       time.Date(2026, 3, 3, 14, 5, 6, 0, time.FixedZone("", 3600)),
		Headers:    map[string]string{"Auto-Submitted": "auto-generated", AlertHeader: "1"},
		Attachments: []inbox.Attachment{
			{Name: "Angebot für Ann – 見積.pdf", Type: "application/pdf", Data: []byte("%PDF-1.4\n\x00\xff")},
			{Name: "leer.txt", Type: "text/plain; evil", Data: nil},
		},
	}
}

func TestRenderIsReadBackAsWritten(t *testing.T) {
	l := letter()
	r, err := Render(l)
	if err != nil {
		t.Fatal(err)
	}
	m := Parse(r.Wire)
	equal(t, "from", m.From, l.From)
	equal(t, "to", m.To[0], l.To[0])
	equal(t, "to", m.To[1].Address, "ann@xn--bcher-kva.example")
	equal(t, "cc", m.Cc[0], l.Cc[0])
	equal(t, "subject", m.Subject, l.Subject)
	equal(t, "text", m.Text, strings.TrimSuffix(l.Text, "\n"))
	equal(t, "id", m.MessageID, l.MessageID)
	equal(t, "references", strings.Join(m.References, " "), "q1@example.jp q2@example.jp")
	equal(t, "date", m.Sent.Equal(l.Date), true)
	equal(t, "nature", m.Nature, inbox.NatureAlert)
	equal(t, "attachments", len(m.Attachments), 2)
	equal(t, "name", m.Attachments[0].Name, "Angebot für Ann – 見積.pdf")
	equal(t, "data", string(m.Attachments[0].Data), string(l.Attachments[0].Data))
	equal(t, "type", m.Attachments[1].Type, "application/octet-stream")
	equal(t, "warnings", len(m.Warnings), 0)

	equal(t, "recipients", strings.Join(r.Recipients, " "),
		"taro@example.jp ann@xn--bcher-kva.example oneil@example.org chef@bakkerij.example")
	equal(t, "sender", r.From, "info@bakkerij.example")
}

func TestRenderHidesBccOnTheWireOnly(t *testing.T) {
	r, err := Render(letter())
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Contains(bytes.ToLower(r.Wire), []byte("bcc")) || bytes.Contains(r.Wire, []byte("chef@")) {
		t.Error("what the recipients get tells of hidden ones")
	}
	equal(t, "both copies are one message", Digest(r.Filed), Digest(r.Wire))
	m := Parse(r.Filed)
	equal(t, "bcc", len(m.Bcc), 2)
	equal(t, "bcc", m.Bcc[0], inbox.Address{Name: "Chef", Address: "chef@bakkerij.example"})
	if !bytes.HasSuffix(r.Filed, r.Wire) {
		t.Error("the filed copy is not what was sent")
	}
}

func TestRenderGivesTheSameBytesAndLegalLines(t *testing.T) {
	l := letter()
	l.Subject = strings.Repeat("sehr  lange   Überschrift ", 40)
	for range 200 {
		l.References = append(l.References, strings.Repeat("x", 60)+"@example.jp")
	}
	a, err := Render(l)
	if err != nil {
		t.Fatal(err)
	}
	b, _ := Render(l)
	if !bytes.Equal(a.Wire, b.Wire) || !bytes.Equal(a.Filed, b.Filed) {
		t.Error("two renderings differ")
	}
	for _, line := range strings.Split(string(a.Filed), "\r\n") {
		if len(line) > 998 || strings.ContainsAny(line, "\r\n") || !isASCII([]byte(line)) {
			t.Errorf("line of %d bytes: %q", len(line), clip(line, 80))
		}
	}
	head, _, _ := strings.Cut(string(a.Wire), "\r\n\r\n")
	for _, line := range strings.Split(head, "\r\n") {
		if strings.TrimSpace(line) == "" {
			t.Error("a blank line within the header")
		}
	}
}

func TestRenderRefusesWhatWouldBreakOutOfAHeader(t *testing.T) {
	for name, spoil := range map[string]func(*Letter){
		"no recipient":      func(l *Letter) { l.To, l.Cc, l.Bcc = nil, nil, nil },
		"subject":           func(l *Letter) { l.Subject = "a\r\nBcc: x@y.example" },
		"subject, bare LF":  func(l *Letter) { l.Subject = "a\nb" },
		"subject, bare CR":  func(l *Letter) { l.Subject = "a\rb" },
		"from's name":       func(l *Letter) { l.From.Name = "a\r\nb" },
		"from's address":    func(l *Letter) { l.From.Address = "a@b.example>\r\nX: y" },
		"to's name":         func(l *Letter) { l.To[0].Name = "a\nb" },
		"to's address":      func(l *Letter) { l.To[0].Address = "a@b.example, c@d.example" },
		"to without @":      func(l *Letter) { l.To[0].Address = "ann" },
		"to with brackets":  func(l *Letter) { l.To[0].Address = "<a@b.example>" },
		"bcc's address":     func(l *Letter) { l.Bcc[0].Address = "a@b.example\r\nTo: c@d.example" },
		"other scripts":     func(l *Letter) { l.To[0].Address = "jörg@example.de" },
		"message id":        func(l *Letter) { l.MessageID = "a@b>\r\nX: y" },
		"empty message id":  func(l *Letter) { l.MessageID = "" },
		"in reply to":       func(l *Letter) { l.InReplyTo = "a b@c" },
		"references":        func(l *Letter) { l.References = []string{"ok@x.example", "a@b\nX: y"} },
		"header's name":     func(l *Letter) { l.Headers = map[string]string{"X-A\r\nBcc": "x"} },
		"header's value":    func(l *Letter) { l.Headers = map[string]string{"X-A": "x\r\nBcc: y"} },
		"header of ours":    func(l *Letter) { l.Headers = map[string]string{"bCC": "x@y.example"} },
		"attachment's name": func(l *Letter) { l.Attachments[0].Name = "a\r\nX: y.pdf" },
		"attachment's type": func(l *Letter) { l.Attachments[0].Type = "a/b\r\nX: y" },
		"no UTF-8":          func(l *Letter) { l.Subject = "a\xffb" },
	} {
		l := letter()
		spoil(&l)
		if _, err := Render(l); inbox.CodeOf(err) != inbox.Invalid {
			t.Errorf("%s: got %v, want it refused as invalid", name, err)
		}
	}
}

func TestRenderOfPlainTextIsOnePart(t *testing.T) {
	l := letter()
	l.Attachments = nil
	r, err := Render(l)
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Contains(r.Wire, []byte("multipart")) {
		t.Error("a letter without files has parts")
	}
	equal(t, "text", Parse(r.Wire).Text, strings.TrimSuffix(l.Text, "\n"))
}

// The same text as HTML goes beside the plain one, which stays the first.
func TestRenderOfTextAndHTML(t *testing.T) {
	l := letter()
	l.Attachments = nil
	l.HTML = "<p>Drei <b>Brötchen</b></p>\n.\n" + strings.Repeat("lang ", 400)
	first, err := Render(l)
	if err != nil {
		t.Fatal(err)
	}
	second, err := Render(l)
	if err != nil {
		t.Fatal(err)
	}
	equal(t, "twice", string(second.Wire), string(first.Wire))
	m := Parse(first.Wire)
	equal(t, "text", m.Text, strings.TrimSuffix(l.Text, "\n"))
	equal(t, "html", strings.TrimSpace(strings.ReplaceAll(m.HTML, "\r\n", "\n")), strings.TrimSpace(l.HTML))
	equal(t, "attachments", len(m.Attachments), 0)
	equal(t, "warnings", len(m.Warnings), 0)
	if !bytes.Contains(first.Wire, []byte("multipart/alternative")) {
		t.Error("not two forms of one text")
	}
	for _, line := range bytes.Split(first.Wire, []byte("\r\n")) {
		if len(line) > 998 || bytes.ContainsAny(line, "\r\n") {
			t.Errorf("%d bytes in a line", len(line))
		}
	}
}
