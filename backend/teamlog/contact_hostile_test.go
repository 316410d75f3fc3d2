package teamlog_test

import (
	"testing"

	"postvak/backend/teamlog"
)

// TestAContactsNameReadsAsItIsWritten: an event written by hand turns no line
// around and breaks none.
func TestAContactsNameReadsAsItIsWritten(t *testing.T) {
	for name, fine := range map[string]bool{
		"Els de Boer": true, "Zoë 😀": true, "עמית": true, "محمد": true,
		"\u202egnp.exe": false, "a\u2066b": false, "a\u2028b": false, "a\u2029b": false, "a\nb": false, "\xff": false,
	} {
		event := &teamlog.ContactName{Conversation: "w1:c.SM1", Name: name}
		if err := event.Validate(); (err == nil) != fine {
			t.Errorf("%q: %v", name, err)
		}
	}
}
