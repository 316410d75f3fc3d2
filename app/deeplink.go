package app

import (
	"net/url"
	"strings"
	"unicode"

	"postvak/backend/inbox"
)

const linkScheme = "postvak"

// maxLink is the longest link, in bytes: a second start hands it over in a line.
const maxLink = 900

// ParseLink reads a deep link, postvak://conversation/ID, and gives the place
// in the window that it names. Anything else is refused: links come from
// outside.
func ParseLink(link string) (place string, err error) {
	u, err := url.Parse(link)
	id := ""
	if err == nil {
		id = strings.Trim(u.Path, "/")
	}
	if err != nil || u.Scheme != linkScheme || u.Host != "conversation" || u.User != nil || len(link) > maxLink ||
		id == "" || len(id) > 200 || strings.ContainsFunc(id, func(r rune) bool { return r == '/' || unicode.IsControl(r) }) {
		return "", inbox.Errorf(inbox.Invalid, "%.200q is not a link that Postvak knows. "+
			"Links look like postvak://conversation/ID.", link)
	}
	return conversationPlace(id), nil
}

func conversationPlace(id string) string { return "/#/conversation/" + url.PathEscape(id) }
