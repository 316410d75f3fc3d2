package inbox_test

import (
	"testing"
	"time"

	"postvak/backend/inbox"
)

func TestWhoseWindowIsAboutToEnd(t *testing.T) {
	whatsapp := inbox.WindowFacts{Kind: inbox.WhatsApp, LastInbound: noon}
	for name, test := range map[string]struct {
		facts inbox.ClosingFacts
		want  bool
	}{
		"Ann's":                            {inbox.ClosingFacts{WindowFacts: whatsapp, Assignee: "ann"}, true},
		"Ann's on Messenger":               {inbox.ClosingFacts{WindowFacts: inbox.WindowFacts{Kind: inbox.Messenger, LastInbound: noon, HumanAgent: true}, Assignee: "ann"}, true},
		"assigned just before the hour":    {inbox.ClosingFacts{WindowFacts: whatsapp, Assignee: "ann", AssignedAt: hour(23)}, true},
		"assigned within the hour":         {inbox.ClosingFacts{WindowFacts: whatsapp, Assignee: "ann", AssignedAt: hour(23).Add(tick)}, false},
		"nobody's":                         {inbox.ClosingFacts{WindowFacts: whatsapp}, false},
		"closed":                           {inbox.ClosingFacts{WindowFacts: whatsapp, Assignee: "ann", Closed: true}, false},
		"e-mail":                           {inbox.ClosingFacts{WindowFacts: inbox.WindowFacts{Kind: inbox.Email, LastInbound: noon}, Assignee: "ann"}, false},
		"of a contact who has not written": {inbox.ClosingFacts{WindowFacts: inbox.WindowFacts{Kind: inbox.WhatsApp}, Assignee: "ann"}, false},
	} {
		at, end, is := inbox.ClosingAt(test.facts)
		if is != test.want || is && (!at.Equal(hour(23)) || !end.Equal(hour(24))) {
			t.Errorf("%s: %v, %v, %v", name, at, end, is)
		}
	}
	if a, b := inbox.ClosingID("t", noon), inbox.ClosingID("t", noon.Add(time.Millisecond)); a == b || a != inbox.ClosingID("t", noon.UTC()) {
		t.Errorf("%s and %s", a, b)
	}
}
