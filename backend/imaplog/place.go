package imaplog

import (
	"context"
	"strings"

	"postvak/backend/imap"
)

// place is where an account's folders stand.
type place struct {
	prefix    string // of its own folders, often empty
	delimiter string // between the parts of a name, "" without hierarchy
	others    []string
	folders   []imap.Folder
}

// placeOf asks by NAMESPACE, and looks at what there is: nothing about names is
// certain before.
func placeOf(ctx context.Context, conn *imap.Conn) (place, error) {
	var p place
	var err error
	if p.folders, err = conn.Folders(ctx); err != nil {
		return p, err
	}
	spaces, err := conn.Namespaces(ctx)
	if err != nil {
		return p, err
	}
	for _, n := range append(spaces.Shared, spaces.Other...) {
		p.others = append(p.others, n.Prefix)
	}
	if len(spaces.Personal) > 0 {
		p.prefix, p.delimiter = spaces.Personal[0].Prefix, spaces.Personal[0].Delimiter
		return p, nil
	}
	p.guess()
	return p, nil
}

// guess reads the prefix from the names: where everything lies below INBOX, so
// must we.
func (p *place) guess() {
	below, beside := false, false
	for _, f := range p.folders {
		if p.delimiter == "" {
			p.delimiter = f.Delimiter
		}
		switch {
		case strings.EqualFold(f.Name, "INBOX"):
		case f.Delimiter != "" && strings.HasPrefix(f.Name, "INBOX"+f.Delimiter):
			below = true
		default:
			beside = true
		}
	}
	if below && !beside {
		p.prefix = "INBOX" + p.delimiter
	}
}

// full is the whole name of a folder that a person named: its parts may be
// divided by a slash, whatever the server takes.
func (p place) full(name string) string {
	if p.has(name) {
		return name
	}
	if p.delimiter != "" && p.delimiter != "/" {
		name = strings.ReplaceAll(name, "/", p.delimiter)
	}
	for _, prefix := range append(p.others, p.prefix) {
		if prefix != "" && strings.HasPrefix(name, prefix) {
			return name
		}
	}
	return p.prefix + name
}

func (p place) has(name string) bool {
	for _, f := range p.folders {
		if f.Name == name {
			return true
		}
	}
	return false
}

// special is the folder with a purpose of its own that a name lies in or is,
// "" when there is none. The inbox is none: on many servers everything is in
// it.
func (p place) special(name string) string {
	for _, f := range p.folders {
		if f.Role == "" || f.Role == imap.RoleInbox {
			continue
		}
		if f.Name == name || f.Delimiter != "" && strings.HasPrefix(name, f.Name+f.Delimiter) {
			return f.Name
		}
	}
	return ""
}
