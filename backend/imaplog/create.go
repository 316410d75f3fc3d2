package imaplog

import (
	"context"
	"fmt"

	"postvak/backend/imap"
	"postvak/backend/inbox"
)

// maxNames is how many names are tried for a folder that nobody named.
const maxNames = 9

// Create makes an empty folder for a new team, and gives its whole name: the
// one in Config.Folder, or DefaultFolder, where this account's folders stand.
// An empty folder of that name is taken as it is. It is taken off the list of
// folders that most mail programs show. The error is an *inbox.Error: conflict
// when there is a team in it, or other mail; invalid for a place where no
// folder of ours may be.
func Create(ctx context.Context, cfg Config) (folder string, err error) {
	l := New(cfg)
	conn, err := imap.Dial(ctx, l.cfg.IMAP)
	if err != nil {
		return "", l.fault(err)
	}
	defer conn.Leave(ctx) // a server with one connection needs the place
	p, err := placeOf(ctx, conn)
	if err != nil {
		return "", l.fault(err)
	}
	for n := 1; ; n++ {
		name := p.full(numbered(cfg.Folder, n))
		free, err := l.vacant(ctx, conn, p, name)
		if err == nil && free {
			return name, nil
		}
		if inbox.CodeOf(err) != inbox.Conflict || cfg.Folder != "" || n == maxNames {
			return "", l.fault(err)
		}
	}
}

func numbered(name string, n int) string {
	switch {
	case name != "":
		return name
	case n > 1:
		return fmt.Sprintf("%s %d", DefaultFolder, n)
	}
	return DefaultFolder
}

// vacant makes a folder, or sees that it is empty.
func (l *Log) vacant(ctx context.Context, conn *imap.Conn, p place, name string) (bool, error) {
	if above := p.special(name); above != "" {
		return false, inbox.Errorf(inbox.Invalid, "The team's folder cannot be in %s: that folder has a purpose of its own. Choose another name.", above)
	}
	if !p.has(name) {
		return true, l.make(ctx, conn, name)
	}
	box, err := conn.Select(ctx, name, true)
	if err != nil || box.Exists == 0 {
		return err == nil, err
	}
	record, err := genesisOf(ctx, conn, "")
	switch {
	case err != nil:
		return false, err
	case record != nil:
		return false, inbox.Errorf(inbox.Conflict, "There is a team in the folder %s already. Join it, or choose another folder.", name)
	}
	return false, inbox.Errorf(inbox.Conflict, "The folder %s has other mail in it. Choose another name.", name)
}

// make creates a folder and hides it from mail programs.
func (l *Log) make(ctx context.Context, conn *imap.Conn, name string) error {
	if err := conn.Create(ctx, name); err != nil {
		return l.notMade(name, err)
	}
	if err := conn.Unsubscribe(ctx, name); err != nil {
		l.cfg.Log.Debug("team log: the folder stays subscribed", "error", err.Error())
	}
	return nil
}

func (l *Log) notMade(name string, err error) error {
	if imap.KindOf(err) != imap.KindNo {
		return l.fault(err)
	}
	return inbox.Errorf(inbox.Forbidden, "The mail server does not let this account make the folder %s. Choose another name, or ask whoever looks after the mailbox.", name).Because(err)
}
