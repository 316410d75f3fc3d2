package imaplog

import (
	"context"
	"strconv"
	"sync"
	"time"

	"postvak/backend/imap"
	"postvak/backend/inbox"
	"postvak/backend/teamlog"
)

// Log is a folder as a team log. It connects when it is first used, and is
// safe for concurrent use.
type Log struct {
	cfg  Config
	turn chan struct{} // held while connecting, opening and comparing

	mu     sync.Mutex // guards what follows, and the changing half of link
	closed bool
	logID  string // Config's, else as own records say
	conn   *imap.Conn
	link   *link          // conn's folder; nil while it is being opened
	folder string         // where the log was found
	epoch  string         // of what follows, down to last
	handed teamlog.Ranges // positions handed over by this Log
	missed teamlog.Ranges // known ones without a message
	floor  uint64         // the lowest position that a Read began after
	last   anchor
	told   map[teamlog.FindingKind]string
	brief  time.Time // until then no connection stands
	made   string    // the epoch of the folder that Renew made or kept
	// careful: the connection broke while much was read, and one message may be
	// to blame.
	careful bool
}

// anchor is a record whose place is known.
type anchor struct {
	uid uint32
	id  string
}

// link is the folder as one connection has it open. Opening it again makes a
// new link, and the old one is stale: nothing that came by it counts.
type link struct {
	conn    *imap.Conn
	box     imap.Mailbox
	epoch   string
	missing bool // there is no such folder
	redials int64
	// expunged is conn's count when it was opened: more means that a look is due.
	expunged int64

	checked time.Time // when it was compared; zero: not yet
	broken  bool      // it does not fit what is known
	late    []uint32  // messages to hand over out of order
	floor   uint32    // the highest UID that an own append got
	end     uint32    // the last message, when everything was read
	fresh   bool      // the server has just said what is new
	news    bool      // somebody should read
}

var (
	_ teamlog.Log        = (*Log)(nil)
	_ teamlog.Landmarker = (*Log)(nil)
	_ teamlog.Renewer    = (*Log)(nil)
	_ teamlog.Remote     = (*Log)(nil)
)

// New makes a Log. Nothing is connected before it is used.
func New(cfg Config) *Log {
	cfg = cfg.withDefaults()
	return &Log{
		cfg: cfg, turn: make(chan struct{}, 1), logID: cfg.LogID, folder: cfg.Folder, told: map[teamlog.FindingKind]string{},
	}
}

// Remote implements teamlog.Remote.
func (l *Log) Remote() {}

// Folder is where the log is, as far as is known: it may have been renamed
// since Config was written.
func (l *Log) Folder() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.folder
}

// Close ends the connection and whatever runs on it. The Log is of no use
// afterwards.
func (l *Log) Close() error {
	l.mu.Lock()
	l.closed = true
	conn := l.conn
	l.mu.Unlock()
	if conn != nil {
		conn.Close()
	}
	l.turn <- struct{}{} // whoever connects sees that it is closed
	<-l.turn
	return nil
}

// hold takes the turn, or gives up with the context.
func (l *Log) hold(ctx context.Context) error {
	select {
	case l.turn <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Append implements teamlog.Log. An *inbox.Error with code forbidden says that
// this account may not write there, not_found that there is no folder (Renew
// makes one), unavailable anything that another try may mend, a full mailbox
// too. Whether the record was stored is certain only without an error.
func (l *Log) Append(ctx context.Context, id string, record []byte) (teamlog.Pos, error) {
	lk, err := l.open(ctx)
	if err != nil {
		return teamlog.Pos{}, err
	}
	defer l.afterUse(ctx)
	switch {
	case lk.missing:
		return teamlog.Pos{}, noFolder(l.Folder())
	case l.barred(lk):
		return teamlog.Pos{}, teamlog.ErrEpoch
	}
	about := l.cfg.Describe(id, record)
	flags := imap.Flags{imap.Seen}
	if about.Landmark {
		flags = append(flags, imap.Flagged)
	}
	added, err := lk.conn.Add(ctx, lk.box.Name, flags, time.Time{}, l.letter(id, record, about).render())
	if err != nil {
		return teamlog.Pos{}, l.refused(lk, err)
	}
	return l.appended(lk, added), nil
}

// Message is what Append would append, for whoever fills a folder at once:
// measurements.
func (l *Log) Message(id string, record []byte) []byte {
	return l.letter(id, record, l.cfg.Describe(id, record)).render()
}

func (l *Log) letter(id string, record []byte, about Description) letter {
	subject := about.Subject
	if subject == "" {
		subject = "[Postvak]"
	}
	return letter{
		address: l.cfg.Address, name: l.cfg.Name, id: id, logID: l.name(record), subject: subject,
		sentence: l.cfg.Sentence, date: l.cfg.Clock.Now(), record: record,
	}
}

// name is the log's: of one that has just begun the records know it.
func (l *Log) name(record []byte) string {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.logID == "" {
		if opened, err := teamlog.Open(record); err == nil {
			l.logID = opened.Log
			if begins(record, "") {
				l.logID = opened.ID
			}
		}
	}
	return l.logID
}

// appended notes where a record went.
func (l *Log) appended(lk *link, added imap.Added) teamlog.Pos {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.told, teamlog.Quota) // worth saying again, should it come back
	delete(l.told, teamlog.ReadOnly)
	lk.news = true
	epoch := lk.epoch
	if added.UIDValidity != 0 {
		epoch = epochName(added.UIDValidity)
	}
	if epoch != lk.epoch { // somebody made the folder anew under us
		l.link = nil
		return teamlog.Pos{Epoch: epoch, N: uint64(added.UID)}
	}
	lk.floor = max(lk.floor, added.UID)
	return teamlog.Pos{Epoch: epoch, N: uint64(added.UID)}
}

// barred reports whether the folder is not to be written: it does not fit what
// the caller has, and the caller did not ask for it.
func (l *Log) barred(lk *link) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return lk.broken && l.made != lk.epoch
}

func epochName(validity uint32) string { return strconv.FormatUint(uint64(validity), 10) }

// report tells a finding, once as long as it is the same.
func (l *Log) report(kind teamlog.FindingKind, detail string, count uint64) {
	l.mu.Lock()
	same := detail + "/" + strconv.FormatUint(count, 10)
	known := l.told[kind] == same
	l.told[kind] = same
	l.mu.Unlock()
	if !known {
		l.cfg.Report(teamlog.Finding{Kind: kind, At: l.cfg.Clock.Now(), Detail: detail, Count: max(count, 1)})
	}
}

func noFolder(name string) error {
	return inbox.Errorf(inbox.NotFound, "The mailbox has no folder %s any more. Somebody deleted it, or this account may not see it.", name)
}
