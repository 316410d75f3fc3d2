package desktop

import (
	"strings"

	"postvak/backend/tidy"
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
	title = tidy.Line(title, titleLimit)
	if title == "" {
		title = appName
	}
	return title, tidy.Shorten(strings.TrimSpace(tidy.Visible(body)), bodyLimit)
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
		return tidy.OneLine(title), tidy.OneLine(body)
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

func plainLabel(label string) string { return tidy.Line(label, labelLimit) }

// noOption keeps a text from being read as a program's option.
func noOption(text string) string {
	if rest, found := strings.CutPrefix(text, "-"); found {
		return "\u2010" + rest
	}
	return text
}
