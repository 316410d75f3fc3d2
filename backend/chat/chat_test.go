package chat_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"postvak/backend/chat"
	"postvak/backend/inbox"
)

var at = time.Date(2026, 3, 4, 9, 12, 31, 250_000_000, time.UTC)

func received() chat.Message {
	return chat.Message{
		ID: "SM0123456789abcdef0123456789abcdef", Kind: inbox.WhatsApp, Direction: inbox.In, At: at,
		From: inbox.Address{Name: "Zoë Peeters", Address: "+31612345678"}, To: inbox.Address{Address: "+31201234567"},
		Text: "Is dit het goede model?\n😀",
		Files: []chat.File{
			{Ref: "ME01", Name: "stoel.jpg", Type: "image/jpeg", Size: 4, Data: []byte("\xff\xd8{\n")},
			{Ref: "ME02", Name: "", Type: "application/pdf", Size: 9000, Missing: inbox.MissingPending},
			{Ref: "ME03", Name: "empty.txt", Type: "text/plain", Data: []byte{}},
			{Ref: "ME04", Name: "note.ogg", Type: "audio/ogg; codecs=opus", Size: 3, Data: []byte("ogg")},
		},
	}
}

func TestAMessageIsReadBackAsWritten(t *testing.T) {
	template := received()
	template.Direction, template.HumanAgent = inbox.Out, true
	template.Template = &chat.Template{ID: "HX1", Name: "order_ready", Variables: map[string]string{"1": "Zoë", "2": "{{1}}"}}
	for name, m := range map[string]chat.Message{"received": received(), "a template": template, "unshown": {ID: "m_1", At: at, Unshown: true}} {
		back, err := chat.Decode(chat.Encode(m))
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if !reflect.DeepEqual(back, m) {
			t.Errorf("%s came back as\n%+v\nwant\n%+v", name, back, m)
		}
		if !bytes.Equal(chat.Encode(back), chat.Encode(m)) {
			t.Errorf("%s: the second encoding differs from the first", name)
		}
	}
}

func TestTheStoredFormIsFrozen(t *testing.T) {
	m := received()
	m.Files = m.Files[:2]
	const want = `{"v":1,"id":"SM0123456789abcdef0123456789abcdef","kind":"whatsapp","direction":"in",` +
		`"from":{"Name":"Zoë Peeters","Address":"+31612345678"},"to":{"Name":"","Address":"+31201234567"},` +
		`"at":"2026-03-04T09:12:31.25Z","text":"Is dit het goede model?\n😀","files":[` +
		`{"ref":"ME01","name":"stoel.jpg","type":"image/jpeg","size":4,"bytes":4},` +
		`{"ref":"ME02","name":"","type":"application/pdf","size":9000,"missing":"pending","bytes":0}]}` + "\n\xff\xd8{\n"
	if got := string(chat.Encode(m)); got != want {
		t.Errorf("stored as\n%s\nwant\n%s", got, want)
	}
}

func TestParseShowsAMessage(t *testing.T) {
	m := chat.Parse(chat.Encode(received()))
	if m.Direction != inbox.In || !m.At.Equal(at) || m.Text != received().Text || m.From != received().From || m.Parser != chat.Version {
		t.Errorf("%+v", m)
	}
	if m.MessageID != received().ID || len(m.To) != 1 || m.To[0].Address != "+31201234567" || len(m.Warnings) != 0 {
		t.Errorf("%+v", m)
	}
	sum := sha256.Sum256([]byte("ogg"))
	want := []inbox.Attachment{
		{Name: "stoel.jpg", Type: "image/jpeg", Size: 4, Data: []byte("\xff\xd8{\n")},
		{Name: "attachment.pdf", Type: "application/pdf", Size: 9000, Missing: inbox.MissingPending},
		{Name: "empty.txt", Type: "text/plain", Data: []byte{}},
		{Name: "note.ogg", Type: "audio/ogg", Size: 3, Data: []byte("ogg"), ID: inbox.FileID(hex.EncodeToString(sum[:]))},
	}
	for i, a := range m.Attachments {
		if i < 3 {
			if (a.ID == "") != (a.Missing != "") {
				t.Errorf("file %d has id %q and misses %q", i, a.ID, a.Missing)
			}
			a.ID = ""
		}
		if !reflect.DeepEqual(a, want[i]) {
			t.Errorf("file %d is %+v, want %+v", i, a, want[i])
		}
	}
}

func TestParseSaysWhatCannotBeShown(t *testing.T) {
	whole := chat.Encode(received())
	for name, c := range map[string]struct {
		raw  []byte
		want []string
	}{
		"unshown":      {chat.Encode(chat.Message{ID: "1", Unshown: true}), []string{chat.Unshown}},
		"nothing":      {nil, []string{chat.Damaged}},
		"no line":      {whole[:40], []string{chat.Damaged}},
		"a mail":       {[]byte("From: a@b.example\r\n\r\nHello"), []string{chat.Damaged}},
		"other JSON":   {[]byte("{\"text\":\"x\"}\n"), []string{chat.Damaged}},
		"a cut file":   {whole[:len(whole)-1], []string{chat.Damaged}},
		"a wrong type": {[]byte("{\"v\":1,\"text\":7}\n"), []string{chat.Damaged}},
	} {
		m := chat.Parse(c.raw)
		if !slices.Equal(m.Warnings, c.want) {
			t.Errorf("%s says %q, want %q", name, m.Warnings, c.want)
		}
		if _, err := chat.Decode(c.raw); (err == nil) != (name == "unshown") {
			t.Errorf("%s: decoding gave %v", name, err)
		}
	}
}

func TestACutFileLosesNothingElse(t *testing.T) {
	whole := chat.Encode(received())
	m := chat.Parse(whole[:len(whole)-1])
	if m.Text != received().Text || len(m.Attachments) != 4 || m.Attachments[0].Missing != "" || m.Attachments[3].Missing != inbox.MissingGone {
		t.Errorf("%+v", m)
	}
}

func TestWhatIsTooMuchIsLeftOutWithAWord(t *testing.T) {
	m := received()
	m.Text = strings.Repeat("é", chat.MaxText)
	m.Files = slices.Repeat([]chat.File{{Name: "a.bin", Type: "x/y", Data: make([]byte, 20<<20)}}, 4)
	shown := chat.Parse(chat.Encode(m))
	if len(shown.Text) != chat.MaxText || !utf8.ValidString(shown.Text) || !slices.Contains(shown.Warnings, chat.TooMuch) {
		t.Errorf("%d bytes of text, %q", len(shown.Text), shown.Warnings)
	}
	if shown.Attachments[2].Missing != "" || shown.Attachments[3].Missing != inbox.MissingTooLarge {
		t.Errorf("files: %q and %q", shown.Attachments[2].Missing, shown.Attachments[3].Missing)
	}
	m.Files = make([]chat.File, chat.MaxFiles+1)
	if shown = chat.Parse(chat.Encode(m)); len(shown.Attachments) != chat.MaxFiles {
		t.Errorf("%d files", len(shown.Attachments))
	}
}

func TestStrangersWordsAreCleaned(t *testing.T) {
	m := chat.Message{
		ID: "SM1\r\n", Direction: "sideways", At: time.Date(12026, 1, 1, 0, 0, 0, 0, time.UTC),
		From: inbox.Address{Name: "Ann\n\u202egpj\x00", Address: " +316 "},
		Text: "a\x00b\r\nc\rd\u202e\x1b[2J\xff",
		Files: []chat.File{
			{Name: "../../etc/passwd", Type: "IMAGE/PNG", Data: []byte("x")},
			{Name: "\u202egnp.exe", Type: "<script>", Data: []byte("x")},
			{Missing: "lost in space", Type: "image/../../x", Size: -7},
		},
	}
	got := chat.Parse(chat.Encode(m))
	if got.Text != "ab\nc\nd[2J�" || got.From.Name != "Ann gpj" || got.From.Address != "+316" || got.MessageID != "SM1" {
		t.Errorf("%q from %+v, %q", got.Text, got.From, got.MessageID)
	}
	if got.Direction != inbox.In || !got.At.IsZero() {
		t.Errorf("%q at %v", got.Direction, got.At)
	}
	for i, want := range []inbox.Attachment{
		{Name: "passwd", Type: "image/png"}, {Name: "gnp.exe", Type: "application/octet-stream"},
		{Name: "attachment.bin", Type: "application/octet-stream", Missing: inbox.MissingGone},
	} {
		a := got.Attachments[i]
		if a.Name != want.Name || a.Type != want.Type || a.Missing != want.Missing || a.Size < 0 {
			t.Errorf("file %d is %+v, want %+v", i, a, want)
		}
	}
}

func TestEncodeKeepsAnyMessage(t *testing.T) {
	m := received()
	m.Template = &chat.Template{Name: strings.Repeat("n", 1<<20), Variables: map[string]string{}}
	m.Text = strings.Repeat("\x01", chat.MaxText)
	for range 99 {
		m.Template.Variables[strings.Repeat("v", len(m.Template.Variables)+1)] = strings.Repeat("\x02", 4000)
	}
	got, err := chat.Decode(chat.Encode(m))
	if err != nil || got.ID != m.ID {
		t.Errorf("%q, %v", got.ID, err)
	}
}
