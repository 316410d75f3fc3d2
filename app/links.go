package app

import (
	"net/url"
	"slices"
	"strings"

	"postvak/backend/inbox"
)

// linkSchemes are what a link of a message may open.
var linkSchemes = []string{"http", "https", "mailto", "tel"}

// checkLink says whether a link may be given to the system, and in which form:
// parsed and written again, so that what was checked is what is opened.
func checkLink(address string) (string, error) {
	u, err := url.Parse(strings.TrimSpace(address))
	if err != nil || !slices.Contains(linkSchemes, strings.ToLower(u.Scheme)) || len(address) > 8000 ||
		strings.HasPrefix(strings.ToLower(u.Scheme), "http") && u.Host == "" || strings.ContainsFunc(address, func(r rune) bool { return r < ' ' || r == 0x7f }) {
		return "", inbox.Errorf(inbox.Invalid, "Postvak opens only web, mail and telephone links.")
	}
	return u.String(), nil
}

func (a *App) openLink(name, address string) error {
	if a.mainWindow() == nil {
		return notBuilt(name)
	}
	checked, err := checkLink(address)
	if err != nil {
		return err
	}
	return a.mainWindow().openURL(checked)
}
