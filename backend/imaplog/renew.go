package imaplog

import (
	"context"

	"postvak/backend/imap"
	"postvak/backend/inbox"
	"postvak/backend/teamlog"
)

// Renew implements teamlog.Renewer. The folder is made where it belongs if it
// is not there. Fresh renames the present one first: it keeps what is in it,
// and is never taken for the log's folder again. From then on Append writes to
// the new folder, whatever the caller knows of the old one. The error is an
// *inbox.Error.
func (l *Log) Renew(ctx context.Context, fresh bool) error {
	lk, err := l.open(ctx)
	if err != nil {
		return err
	}
	if err := l.hold(ctx); err != nil {
		return err
	}
	defer func() { <-l.turn }()
	if fresh && !lk.missing {
		err = l.setAside(ctx, lk)
	}
	if err == nil && (fresh || lk.missing) {
		err = l.remake(ctx, lk.conn)
	}
	if err != nil {
		return l.fault(err)
	}
	lk, err = l.choose(ctx, lk.conn)
	if err != nil {
		return l.fault(err)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.made = lk.epoch
	return nil
}

// setAside gives the present folder another name.
func (l *Log) setAside(ctx context.Context, lk *link) error {
	name := lk.box.Name + l.cfg.Clock.Now().UTC().Format("-old-20060102-150405")
	err := lk.conn.Rename(ctx, lk.box.Name, name)
	if imap.KindOf(err) == imap.KindNo {
		return inbox.Errorf(inbox.Forbidden, "The mail server does not let this account rename the folder %s. Ask whoever looks after the mailbox to rename it, and try again.", lk.box.Name).Because(err)
	}
	return err
}

func (l *Log) remake(ctx context.Context, conn *imap.Conn) error {
	name, err := l.place(ctx, conn)
	if err != nil {
		return err
	}
	return l.make(ctx, conn, name)
}

// Landmarks implements teamlog.Landmarker: records whose messages are flagged.
func (l *Log) Landmarks(ctx context.Context, fn func(teamlog.Pos, []byte) error) error {
	lk, err := l.open(ctx)
	if err != nil {
		return err
	}
	defer l.afterUse(ctx)
	if lk.missing {
		return noFolder(l.Folder())
	}
	uids, err := lk.conn.FlaggedUIDs(ctx)
	if err != nil {
		return l.fault(err)
	}
	r := &reading{l: l, lk: lk, fn: fn, peek: true}
	err = r.pipeline(ctx, uids)
	_, err = r.result(teamlog.Pos{}, err)
	return err
}
