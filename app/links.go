package app

import (
	"net/url"
	"slices"
	"strings"

	"postvak/backend/inbox"
)

// desk is what only a window's host can do. There is none in headless mode.
type desk interface {
	openURL(address string) error
	pickFiles() ([]string, error)
	savePath(name string) (string, error)
	openDemo() error

	// show brings the window to the front.
	show()
	// seen says that the window has the focus: somebody is in front of it.
	seen()
	// closed does what the person chose closing the window to be.
	closed(keep bool)
	quit()
	trayThere() bool
}

// sitting is a desk that a window puts in place while the program runs already.
type sitting struct{ desk }

func (a *App) desk() desk {
	if s := a.sits.Load(); s != nil {
		return s.desk
	}
	return nil
}

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
	if a.desk() == nil {
		return notBuilt(name)
	}
	checked, err := checkLink(address)
	if err != nil {
		return err
	}
	return a.desk().openURL(checked)
}
