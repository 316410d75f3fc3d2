package chat_test

import (
	"bytes"
	"reflect"
	"testing"
	"unicode/utf8"

	"postvak/backend/chat"
	"postvak/backend/inbox"
)

// FuzzParse looks for bytes that break what must hold for every stored message.
func FuzzParse(f *testing.F) {
	whole := chat.Encode(received())
	f.Add(whole)
	f.Add(whole[:len(whole)/2])
	f.Add([]byte("{\"v\":1,\"files\":[{\"bytes\":-1},{\"bytes\":99999999999},{\"size\":-5,\"missing\":\"x\"}]}\nabc"))
	f.Add([]byte("{\"v\":2,\"text\":\"\\ud800\",\"at\":\"9999-12-31T23:59:59Z\",\"template\":{\"name\":\"\\u0000\"}}\n"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		m := chat.Parse(raw)
		checkSound(t, m, len(raw))
		if again := chat.Parse(raw); !reflect.DeepEqual(again, m) {
			t.Error("two readings differ")
		}
		read, err := chat.Decode(raw)
		if err != nil {
			return
		}
		once := chat.Encode(read)
		back, err := chat.Decode(once)
		if err != nil || !bytes.Equal(chat.Encode(back), once) {
			t.Errorf("what was read cannot be kept: %v", err)
		}
	})
}

func checkSound(t *testing.T, m inbox.Message, size int) {
	t.Helper()
	total := 0
	for _, a := range m.Attachments {
		total += len(a.Data)
		if a.Name == "" || a.Type == "" || a.Size < 0 || (a.ID == "") != (a.Missing != "") || a.Missing != "" && a.Data != nil {
			t.Errorf("attachment %+v", a)
		}
	}
	if total > size || len(m.Attachments) > chat.MaxFiles {
		t.Errorf("%d bytes in %d files out of %d", total, len(m.Attachments), size)
	}
	for _, text := range []string{m.Text, m.From.Name, m.From.Address, m.MessageID, m.Template} {
		if !utf8.ValidString(text) || bytes.ContainsRune([]byte(text), 0) {
			t.Errorf("unsound text %q", text)
		}
	}
	if m.Direction != inbox.In && m.Direction != inbox.Out || m.At.Year() > 9999 {
		t.Errorf("%q at %v", m.Direction, m.At)
	}
}
