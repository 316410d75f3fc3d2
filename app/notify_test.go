package app

import (
	"strings"
	"testing"
)

// TestANotificationIsTextOnly: its words are strangers', and each system's way
// to show them takes something else for a command.
func TestANotificationIsTextOnly(t *testing.T) {
	const hostile = "-u $(calc) `n ]]></text><image src=\"http://x.example\"/>\r\n\"@\r\ncalc\r\n@\" <b>R&D</b> \u202egnp.exe\x00\x1b[2J"
	for system, never := range map[string][]string{
		"windows": {"$", "`", "]]>", "\n", "\r", "\u202e", "\x00"},
		"darwin":  {"\n", "\r", "\u202e", "\x00", "\x1b"},
		"linux":   {"<", ">", "&D", "\u202e", "\x00", "\x1b", "\r"},
	} {
		title, body := noticeText(system, hostile, hostile)
		for _, bad := range never {
			if strings.Contains(body, bad) || system != "linux" && strings.Contains(title, bad) {
				t.Errorf("%s: %q in %q and %q", system, bad, title, body)
			}
		}
		if system == "linux" && (strings.HasPrefix(title, "-") || strings.HasPrefix(body, "-")) {
			t.Errorf("%s: an option: %q, %q", system, title, body)
		}
		if title, body := noticeText(system, "Zoë · Winkel", "Waar is mijn lamp? 😀"); title != "Zoë · Winkel" || body != "Waar is mijn lamp? 😀" {
			t.Errorf("%s: %q, %q", system, title, body)
		}
	}
}
