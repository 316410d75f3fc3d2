package app

import (
	"testing"

	"postvak/backend/inbox"
)

// What a new person begins with is an address or a number that is one: a From
// line may be broken.
func TestWhatANewPersonBeginsWith(t *testing.T) {
	for address, want := range map[string]ContactPrefill{
		"eva@klant.example": {Name: "Eva", Title: "Vraag", Email: "eva@klant.example"},
		"+31 6 12345678":    {Name: "Eva", Title: "Vraag", Phone: "+31 6 12345678"},
		"31612345678":       {Name: "Eva", Title: "Vraag", Phone: "31612345678"},
		"b":                 {Name: "Eva", Title: "Vraag"},
		"":                  {Name: "Eva", Title: "Vraag"},
	} {
		if got := prefillOf("Vraag", inbox.Address{Name: "Eva", Address: address}); got != want {
			t.Errorf("%q: %+v", address, got)
		}
	}
}
