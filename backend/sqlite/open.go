package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"github.com/mattn/go-sqlite3"

	"postvak/backend/inbox"
)

// Options are what the cache needs from outside.
type Options struct {
	// Me decides what stands in Assigned to me.
	Me inbox.MemberID
	// Now is the program's clock; nil is the system's.
	Now func() time.Time
	// Parse derives a message from raw bytes and never fails; Parser is its
	// version. What reads them follows from the key (inbox.Key.Chat), never from
	// the bytes, which are a stranger's. Without it Rebuild cannot derive messages
	// and refuses.
	Parse  func(key inbox.Key, raw []byte) inbox.Message
	Parser int
	// Preview gives the start of a text for a list row, of at most max
	// characters. Nil takes the text as it is.
	Preview func(text string, max int) string
	// OurAlert says whether a Message-ID is one that this team gave to an alert
	// (R18), and OurAddress, of a normalised address, whether alerts come from
	// it beside the channels' own. Both are called before a transaction begins
	// and must not use the cache. Without OurAlert no mail is an alert of ours.
	OurAlert   func(messageID string) bool
	OurAddress func(address string) bool
	// OwnText gives of a message's text what its author wrote, without the
	// quoted tail: what a note tells (R22). Nil takes the text as it is.
	OwnText func(text string) string
	// PhoneDigits gives the last digits of a number, which are the same in
	// every way to write it; "" for what is none. Nil takes the last eight.
	PhoneDigits func(number string) string
	// Progress hears how far a rebuild is, when Open has to do one.
	Progress func(done, total int)
	Log      *slog.Logger
}

// DB is the open cache. It is safe for concurrent use. One process at a time
// opens a folder: its caller holds the profile's lock.
type DB struct {
	dir     string
	opt     Options
	write   *writer
	readers *sql.DB
	stmts   sync.Map // query → *sql.Stmt of readers

	channelsMu sync.RWMutex // guards channels and member
	channels   map[inbox.ChannelID]inbox.Channel
	member     inbox.MemberID // Options.Me, until SetMe

	logMu    sync.Mutex
	logGrown chan struct{}

	days atomic.Pointer[daySums] // of the list that was scrolled last

	dormant atomic.Bool // whether anything decided waits for its anchor
}

// FileName is the database's name in its folder.
const FileName = "postvak.db"

// Open opens the cache in a folder, making or upgrading what is there. A
// database of a newer program is refused.
func Open(ctx context.Context, dir string, opt Options) (*DB, error) {
	if opt.Now == nil {
		opt.Now = time.Now
	}
	if opt.Preview == nil {
		opt.Preview = func(text string, most int) string { return cut(text, most) }
	}
	if opt.OwnText == nil {
		opt.OwnText = func(text string) string { return text }
	}
	if opt.PhoneDigits == nil {
		opt.PhoneDigits = lastDigits
	}
	if opt.Log == nil {
		opt.Log = slog.New(slog.DiscardHandler)
	}
	if err := os.MkdirAll(filepath.Join(dir, "files"), 0o700); err != nil {
		return nil, inbox.Errorf(inbox.Unavailable, "The folder %s cannot be written. Choose another place or allow writing there.", dir).Because(err)
	}
	db := &DB{dir: dir, opt: opt, logGrown: make(chan struct{}), member: opt.Me}
	if err := db.open(ctx); err != nil {
		_ = db.Close()
		return nil, whyNotOpen(filepath.Join(dir, FileName), err)
	}
	return db, nil
}

// whyNotOpen says what helps before there is a window to rebuild the cache in.
func whyNotOpen(path string, err error) error {
	var failure sqlite3.Error
	if errors.As(err, &failure) && (failure.Code == sqlite3.ErrCorrupt || failure.Code == sqlite3.ErrNotADB) {
		return inbox.Errorf(inbox.Internal, "The database %s is damaged. Put a copy of it back, or move it elsewhere and connect your mailbox again: "+
			"the mail is still there, but drafts, notes and assignments are in that file only.", path).Because(err)
	}
	return explain(err)
}

func (db *DB) open(ctx context.Context) error {
	path := filepath.Join(db.dir, FileName)
	w, err := openWriter(ctx, path)
	if err != nil {
		return err
	}
	db.write = w
	if err := db.migrate(ctx); err != nil {
		return err
	}
	db.readers = pool(dsn(path, url.Values{"_query_only": {"1"}, "_cache_size": {"-6000"}}))
	db.readers.SetMaxOpenConns(4)
	db.readers.SetMaxIdleConns(4)
	if err := db.loadChannels(ctx); err != nil {
		return err
	}
	return db.deriveAfterOpen(ctx)
}

// dsn carries the pragmas: set by Exec they would reach one connection only.
func dsn(path string, more url.Values) string {
	values := url.Values{
		"_journal_mode": {"WAL"},
		"_busy_timeout": {"10000"},
		"_foreign_keys": {"1"},
		"_synchronous":  {"NORMAL"},
		"_mutex":        {"no"}, // database/sql gives a connection to one goroutine at a time
	}
	for key, value := range more {
		values[key] = value
	}
	return "file:" + (&url.URL{Path: path}).EscapedPath() + "?" + values.Encode()
}

// Close ends all use of the cache. The write-ahead log is folded into the
// database.
func (db *DB) Close() error {
	db.stmts.Range(func(_, stmt any) bool {
		_ = stmt.(*sql.Stmt).Close()
		return true
	})
	var err error
	if db.readers != nil {
		err = db.readers.Close()
	}
	if db.write != nil {
		if closing := db.write.close(); err == nil {
			err = closing
		}
	}
	return explain(err)
}
