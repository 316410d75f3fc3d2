package desktop

import (
	"strings"
	"testing"
)

// hostile is what a stranger may put into a name or a subject.
const hostile = "-u $(calc) `n ]]></text><image src=\"http://x.example\"/>\r\n\"@\r\ncalc\r\n@\" <b>R&D</b> \u202egnp.exe\x00\x1b[2J\xff\ufffd"

// TestANotificationIsTextOnly: its words are strangers', and each system's way
// to show them takes something else for a command.
func TestANotificationIsTextOnly(t *testing.T) {
	for system, never := range map[string][]string{
		"windows": {"$", "`", "]]>", "\n", "\r", "\u202e", "\x00", "\xff"},
		"darwin":  {"\n", "\r", "\u202e", "\x00", "\x1b", "\xff"},
		"linux":   {"<", ">", "&D", "\u202e", "\x00", "\x1b", "\r", "\xff"},
	} {
		title, body := noticeText(system, true, hostile, hostile)
		for _, bad := range never {
			if strings.Contains(body, bad) || system != "linux" && strings.Contains(title, bad) {
				t.Errorf("%s: %q in %q and %q", system, bad, title, body)
			}
		}
		if system == "linux" && (strings.HasPrefix(title, "-") || strings.HasPrefix(body, "-")) {
			t.Errorf("%s: an option: %q, %q", system, title, body)
		}
		if title, body := noticeText(system, true, "Zoë · Winkel", "Waar is mijn lamp? 😀"); title != "Zoë · Winkel" || body != "Waar is mijn lamp? 😀" {
			t.Errorf("%s: %q, %q", system, title, body)
		}
	}
}

func TestTextIsEscapedForMarkupOnly(t *testing.T) {
	if _, body := noticeText("linux", false, "a", "R&D <3"); body != "R&D <3" {
		t.Errorf("a server without markup shows %q", body)
	}
	if _, body := noticeText("linux", true, "a", "R&D <3"); body != "R&amp;D &lt;3" {
		t.Errorf("a server with markup is given %q", body)
	}
}

func TestPlainTextIsShortAndHasATitle(t *testing.T) {
	title, body := plain(" \n\x00 ", strings.Repeat("é", 5000))
	if title != appName {
		t.Errorf("title %q", title)
	}
	if got := len([]rune(body)); got != bodyLimit || !strings.HasSuffix(body, "é…") {
		t.Errorf("%d characters, ending in %q", got, body[len(body)-8:])
	}
	if title, _ := plain("Ann\nBakker\tof  X", ""); title != "Ann Bakker of X" {
		t.Errorf("title %q", title)
	}
	if _, body := plain("", "one\ntwo\r\nthree"); body != "one\ntwo\nthree" {
		t.Errorf("body %q", body)
	}
}

// A label stands in an attribute of Windows' XML, where CDATA does not help.
func TestALabelCannotLeaveItsAttribute(t *testing.T) {
	label := toastLabel(`Close" arguments="x" <&'> $(calc)`)
	for _, bad := range []string{`"`, "<", ">", "'", "$"} {
		if strings.Contains(label, bad) {
			t.Errorf("%q in %q", bad, label)
		}
	}
}
