package mime

import (
	"strings"
	"testing"
	"unicode/utf8"

	"postvak/backend/inbox"
)

// checkSound holds what must be true of every message, whatever it was made of.
func checkSound(t *testing.T, name string, m *inbox.Message) {
	t.Helper()
	for what, s := range map[string]string{"subject": m.Subject, "text": m.Text, "html": m.HTML, "from": m.From.Name + m.From.Address} {
		if !utf8.ValidString(s) {
			t.Errorf("%s: %s is no UTF-8", name, what)
		}
		if strings.ContainsRune(s, 0) {
			t.Errorf("%s: %s has a NUL", name, what)
		}
	}
	for _, line := range append([]string{m.Subject, m.MessageID, m.From.Name, m.From.Address}, m.References...) {
		if strings.ContainsAny(line, "\r\n") {
			t.Errorf("%s: a line end within %q", name, line)
		}
	}
	if len(m.Attachments) > 2*maxParts || len(m.References) > maxReferences || len(m.Warnings) > maxWarnings ||
		len(m.To) > maxAddresses || len(m.HTML) > maxHTML || len(m.Subject) > maxSubject {
		t.Errorf("%s: beyond a limit", name)
	}
	for _, a := range m.Attachments {
		if a.Name == "" || a.Name != cleanName(a.Name) || len(a.Name) > maxNameBytes {
			t.Errorf("%s: attachment's name %q is not clean", name, a.Name)
		}
		if a.Type == "" || a.ID == "" || a.Size != int64(len(a.Data)) {
			t.Errorf("%s: attachment %q lacks type, id or size", name, a.Name)
		}
	}
}
