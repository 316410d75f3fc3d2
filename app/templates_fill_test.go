package app

import "testing"

// TestATemplateIsFilledInAsItsProviderDoes: the text that we keep is the one by
// which a message whose answer was lost is found again (R34). Spaces between the
// braces are Twilio's to allow, and a value that looks like a variable is none.
func TestATemplateIsFilledInAsItsProviderDoes(t *testing.T) {
	for body, want := range map[string]string{
		"Hello {{1}}, until {{ 2 }}.":    "Hello {{2}}, until <b>$1\\1</b>.",
		"{{1}}{{1}}{{\t1\n}}":            "{{2}}{{2}}{{2}}",
		"{{3}} {{}} {{ }} {{1} {1}} {1}": "{{3}} {{}} {{ }} {{1} {1}} {1}",
	} {
		if got := withValues(body, map[string]string{"1": "{{2}}", "2": "<b>$1\\1</b>"}); got != want {
			t.Errorf("%q became %q, want %q", body, got, want)
		}
	}
}
