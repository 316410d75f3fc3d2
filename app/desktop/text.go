package desktop

import (
	"strings"
	"unicode"
)

// How much of a text goes to the system, in characters: screens cut far
// earlier, and a server holds what it is given.
const (
	titleLimit = 200
	bodyLimit  = 1000
	labelLimit = 80
)

var (
	outOfScript = strings.NewReplacer("$", "＄", "`", "ʹ", "]]>", "]] >", "\n", " · ")
	outOfMarkup = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;")
	outOfXML    = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;", "'", "&#39;")
)

// plain gives a title and a body without anything that is not seen: the text as
// a person reads it.
func plain(title, body string) (cleanTitle, cleanBody string) {
	title = shorten(oneLine(unadorned(title)), titleLimit)
	if title == "" {
		title = appName
	}
	return title, shorten(strings.TrimSpace(unadorned(body)), bodyLimit)
}

// noticeText gives a title and a body in which beeep's means find nothing but
// text. On Windows they go into XML and, where its own interface fails, into a
// PowerShell script in which $( ) runs; on macOS they stand in an AppleScript;
// on Linux both can be arguments of a program, and the body is markup for a
// server that has it.
func noticeText(system string, markup bool, title, body string) (safeTitle, safeBody string) {
	title, body = plain(title, body)
	switch system {
	case "windows":
		return outOfScript.Replace(title), outOfScript.Replace(body)
	case "darwin":
		return oneLine(title), oneLine(body)
	}
	if markup {
		body = outOfMarkup.Replace(body)
	}
	return noOption(title), noOption(body)
}

// toastText is for Windows' own notifications: title and body stand in CDATA.
func toastText(title, body string) (safeTitle, safeBody string) {
	return noticeText("windows", false, title, body)
}

// toastLabel is for an attribute of a Windows notification's XML.
func toastLabel(label string) string {
	return outOfXML.Replace(outOfScript.Replace(plainLabel(label)))
}

func plainLabel(label string) string { return shorten(oneLine(unadorned(label)), labelLimit) }

// unadorned leaves out what is not seen: what is no text at all, control
// characters but line ends, and those that turn the direction of writing.
func unadorned(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n':
			return r
		case r == '\t':
			return ' '
		case unicode.IsControl(r), unicode.Is(unicode.Bidi_Control, r), r == unicode.ReplacementChar:
			return -1
		}
		return r
	}, text)
}

func oneLine(text string) string { return strings.Join(strings.Fields(text), " ") }

// noOption keeps a text from being read as a program's option.
func noOption(text string) string {
	if rest, found := strings.CutPrefix(text, "-"); found {
		return "\u2010" + rest
	}
	return text
}

// shorten cuts a text to so many characters, and shows that it did.
func shorten(text string, most int) string {
	runes := []rune(text)
	if len(runes) <= most {
		return text
	}
	return string(runes[:most-1]) + "…"
}
