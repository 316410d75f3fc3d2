package tidy_test

import (
	"strings"
	"testing"

	"postvak/backend/tidy"
)

func TestNothingUnseenIsLeft(t *testing.T) {
	for text, want := range map[string]string{
		"Zoë · Winkel 😀":           "Zoë · Winkel 😀",
		"one\r\ntwo\tthree":        "one\ntwo three",
		"a\x00b\x1b[2Jc\x7f\u0085": "ab[2Jc",
		"\u202egnp.exe\u2066":      "gnp.exe",
		"\xffno\xc3 text\ufffd":    "no text",
		"":                         "",
	} {
		if got := tidy.Visible(text); got != want {
			t.Errorf("%q became %q, want %q", text, got, want)
		}
	}
}

func TestALineIsOneAndFits(t *testing.T) {
	for text, want := range map[string]string{
		" Ann\n\u2028Bakker \x00": "Ann Bakker",
		"\u202e \r\n\x00":         "",
		"exactly 12 …":            "exactly 12 …",
		"more than twelve":        "more than t…",
		strings.Repeat("é", 5000): strings.Repeat("é", 11) + "…",
	} {
		if got := tidy.Line(text, 12); got != want {
			t.Errorf("%q became %q, want %q", text, got, want)
		}
	}
}

func TestShortened(t *testing.T) {
	for most, want := range map[int]string{1: "…", 2: "é…", 3: "één", 4: "één"} {
		if got := tidy.Shorten("één", most); got != want {
			t.Errorf("to %d: %q, want %q", most, got, want)
		}
	}
}
