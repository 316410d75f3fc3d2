// Package scheme has the system open links of one scheme (postvak://…) with
// this program, for the person who runs it: on Linux and the like by a desktop
// entry and the shared list of default programs, on Windows by the registry. On
// macOS a program's bundle says which schemes it opens, and nothing is left to
// do. What a package installed for everybody, and a program that the person
// chose for such links, are left alone. Nothing here takes an administrator's
// rights, and no link is opened.
//
// Linux is tried by tests. What stands here for Windows is compiled; it was not
// tried there.
package scheme

import (
	"errors"
	"strings"
	"unicode"
)

// Handler is a program that opens links.
type Handler struct {
	Scheme  string   // without "://"
	Name    string   // of the entry: lower case letters, digits and "-"
	Title   string   // for a person to read
	Command []string // the link comes behind it
}

// Register has the system open links of the scheme with the program. It is
// idempotent: call it at every start, since the program may have moved.
func (h Handler) Register() error {
	if err := h.check(); err != nil {
		return err
	}
	return h.register()
}

// Unregister takes away what Register wrote, where that is this very program's;
// what another copy or a package registered stays. Again it changes nothing.
func (h Handler) Unregister() error {
	if err := h.check(); err != nil {
		return err
	}
	return h.unregister()
}

func (h Handler) check() error {
	plain := func(text, more string) bool {
		return text != "" && !strings.ContainsFunc(text, func(r rune) bool {
			return (r < 'a' || r > 'z') && (r < '0' || r > '9') && !strings.ContainsRune(more, r)
		})
	}
	if !plain(h.Scheme, "+.-") || !plain(h.Name, "-") || len(h.Command) == 0 || h.Command[0] == "" {
		return errors.New("scheme: a scheme, a name and a program are needed")
	}
	for _, text := range append([]string{h.Title}, h.Command...) {
		if strings.ContainsFunc(text, unicode.IsControl) {
			return errors.New("scheme: a control character in a name")
		}
	}
	return nil
}
