package imaplog

import (
	"context"
	"net"
	"time"

	"postvak/backend/imap"
	"postvak/backend/teamlog"
)

// open gives the folder, open and compared with what is known of it. A folder
// that is not there is no error: link.missing says so.
func (l *Log) open(ctx context.Context) (*link, error) {
	if err := l.hold(ctx); err != nil {
		return nil, err
	}
	defer func() { <-l.turn }()
	conn, err := l.connect(ctx)
	if err != nil {
		return nil, l.fault(err)
	}
	lk := l.standing(conn)
	if lk == nil {
		if lk, err = l.choose(ctx, conn); err != nil {
			return nil, l.fault(err)
		}
	}
	if err := l.compare(ctx, lk); err != nil {
		return nil, l.fault(err)
	}
	return lk, nil
}

// connect gives the standing connection, or a new one. The caller has the turn.
func (l *Log) connect(ctx context.Context) (*imap.Conn, error) {
	l.mu.Lock()
	conn, closed := l.conn, l.closed
	l.mu.Unlock()
	if closed {
		return nil, net.ErrClosed
	}
	if conn != nil {
		if !conn.Closed() {
			return conn, nil
		}
		conn.Close() // waits for what still runs on it
	}
	conn, err := imap.Dial(ctx, l.cfg.IMAP)
	if imap.KindOf(err) == imap.KindBusy {
		l.setBrief()
	}
	if err != nil {
		return nil, err
	}
	l.mu.Lock()
	l.conn, l.link = conn, nil
	closed = l.closed
	l.mu.Unlock()
	if closed {
		conn.Close()
		return nil, net.ErrClosed
	}
	return conn, nil
}

// standing is the open folder, nil when it must be opened (again): it was not
// there, the connection was replaced, messages went from it, or it was compared
// long ago.
func (l *Log) standing(conn *imap.Conn) *link {
	l.mu.Lock()
	defer l.mu.Unlock()
	lk := l.link
	if lk == nil || lk.conn != conn || lk.missing || lk.redials != conn.Redials() || lk.expunged != conn.Expunged() {
		return nil
	}
	if !lk.checked.IsZero() && l.cfg.Clock.Now().Sub(lk.checked) >= recheck {
		return nil
	}
	return lk
}

// present is the open folder, nil when none is.
func (l *Log) present() *link {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.link
}

// stale reports whether what came by this link may be of another folder.
func (l *Log) stale(lk *link) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.link != lk || lk.redials != lk.conn.Redials()
}

// choose opens the folder, under its own name if it has that, else under the
// one that somebody gave it. The caller has the turn.
func (l *Log) choose(ctx context.Context, conn *imap.Conn) (*link, error) {
	l.mu.Lock()
	l.link = nil
	l.mu.Unlock()
	lk := &link{conn: conn, redials: conn.Redials(), expunged: conn.Expunged()}
	name, err := l.place(ctx, conn)
	if err != nil {
		return nil, err
	}
	lk.box, err = conn.Select(ctx, name, false)
	if imap.KindOf(err) == imap.KindMissing {
		lk.box, err = l.elsewhere(ctx, conn, name)
	}
	if imap.KindOf(err) == imap.KindMissing {
		lk.missing, lk.box, err = true, imap.Mailbox{}, nil
	}
	if err != nil {
		return nil, err
	}
	lk.epoch, lk.news = epochName(lk.box.UIDValidity), !lk.missing
	l.mu.Lock()
	defer l.mu.Unlock()
	l.link = lk
	if !lk.missing {
		l.folder = lk.box.Name
	} else if l.folder == "" {
		l.folder = name
	}
	return lk, nil
}

// place is the folder's own name.
func (l *Log) place(ctx context.Context, conn *imap.Conn) (string, error) {
	if l.cfg.Folder != "" {
		return l.cfg.Folder, nil
	}
	place, err := placeOf(ctx, conn)
	return place.full(DefaultFolder), err
}

// elsewhere looks for a folder that somebody gave another name: it is told by
// the log's first record.
func (l *Log) elsewhere(ctx context.Context, conn *imap.Conn, name string) (imap.Mailbox, error) {
	gone := &imap.Error{Kind: imap.KindMissing, Detail: "no folder of this log"}
	l.mu.Lock()
	id := l.logID
	l.mu.Unlock()
	if id == "" {
		return imap.Mailbox{}, gone
	}
	found, err := search(ctx, conn, id, name)
	if err != nil {
		return imap.Mailbox{}, err
	}
	if found.Folder == "" {
		return imap.Mailbox{}, gone
	}
	box, err := conn.Select(ctx, found.Folder, false)
	if err == nil {
		l.report(teamlog.FolderRenamed, found.Folder, 1)
	}
	return box, err
}

// setBrief lets no connection stand for a while.
func (l *Log) setBrief() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.brief = l.cfg.Clock.Now().Add(briefly)
}

func (l *Log) isBrief() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.cfg.Clock.Now().Before(l.brief)
}

// afterUse gives the connection back to a server that has few, in good order:
// the next use makes another.
func (l *Log) afterUse(ctx context.Context) {
	if !l.isBrief() {
		return
	}
	l.mu.Lock()
	conn := l.conn
	l.mu.Unlock()
	if conn != nil {
		conn.Leave(ctx)
	}
}

// forget lets the folder be opened again before its next use.
func (l *Log) forget() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.link = nil
}

// later is how long ago something was, by the wall clock: a computer's own
// clock stands still while it sleeps.
func later(now, then time.Time) time.Duration { return now.Round(0).Sub(then.Round(0)) }
