package app

import (
	"runtime"
	"strings"
	"unicode"

	"github.com/gen2brain/beeep"
)

// DesktopNotify shows a notification by the system's means. Strangers write
// what stands in it, and the means take more than text: see noticeText.
func DesktopNotify(title, body string) error {
	beeep.AppName = "Postvak"
	title, body = noticeText(runtime.GOOS, title, body)
	return beeep.Notify(title, body, "")
}

// noticeText gives a title and a body in which no system finds anything but
// text. On Windows they go into XML and, where its own interface fails, into a
// PowerShell script in which $( ) runs; on Linux the body is markup, and both
// can be arguments of a program; on macOS they stand in an AppleScript.
func noticeText(system, title, body string) (safeTitle, safeBody string) {
	title, body = unadorned(title), unadorned(body)
	switch system {
	case "windows":
		return outOfScript.Replace(title), outOfScript.Replace(body)
	case "darwin":
		return oneLine(title), oneLine(body)
	}
	return noOption(title), noOption(outOfMarkup.Replace(body))
}

var (
	outOfScript = strings.NewReplacer("$", "＄", "`", "ʹ", "]]>", "]] >", "\n", " · ")
	outOfMarkup = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;")
)

// unadorned leaves out what is not seen: control characters but line ends, and
// those that turn the direction of writing.
func unadorned(text string) string {
	return strings.Map(func(r rune) rune {
		if r != '\n' && (unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r)) || r == unicode.ReplacementChar {
			return -1
		}
		return r
	}, text)
}

// noOption keeps a text from being read as a program's option.
func noOption(text string) string {
	if rest, found := strings.CutPrefix(text, "-"); found {
		return "\u2010" + rest
	}
	return text
}
