package imaplog

import (
	"log/slog"
	"time"

	"postvak/backend/imap"
	"postvak/backend/run"
	"postvak/backend/teamlog"
)

// DefaultFolder is the folder's name where nobody chose another.
const DefaultFolder = "Postvak"

// Description is what a person who opens the folder sees of a record.
type Description struct {
	// Subject is one line. It must say nothing that the inbox does not show
	// anyway: everybody with access to the mailbox reads it.
	Subject string
	// Landmark marks a record that newcomers need, see Log.Landmarks.
	Landmark bool
}

// Known is what the reader has of the folder.
type Known struct {
	Epoch     string
	Positions teamlog.Ranges // handed over in this epoch, empty records too
	Anchor    teamlog.Pos    // of an accepted record, the newest
	AnchorID  string         // and its id
	// Floor is the position up to which records are still being read elsewhere:
	// nothing is missing or late at or below it.
	Floor uint64
}

// Config says which folder, and what to tell whom. IMAP is required; the rest
// may stay zero.
type Config struct {
	IMAP imap.Config
	// Folder is the whole name as the server has it, from Find or Create.
	// DefaultFolder in the account's own namespace when empty.
	Folder string
	// LogID tells this team's folder from any other's. Without it a folder that
	// is not there is not looked for.
	LogID string
	// Address and Name are the From line's: the mailbox's own.
	Address, Name string
	// Describe may be called from several goroutines.
	Describe func(id string, record []byte) Description
	// Sentence stands above each record, in the person's language.
	Sentence string
	// Known is asked at each opening of the folder. Without it only what this
	// Log handed over itself is compared.
	Known func() Known
	// Report hears what was noticed about the folder: each once in a Log's
	// life, as long as it stays the same. It must not block or call the Log.
	Report func(teamlog.Finding)
	Clock  run.Clock
	Log    *slog.Logger

	// Poll is how long Wait relies on the server's word, 150 s when 0.
	Poll time.Duration
	// Short is the pause between two looks at a server that does not let a
	// connection stand, or at a folder that is not there; 30 s when 0.
	Short time.Duration
}

const (
	defaultPoll  = 150 * time.Second
	defaultShort = 30 * time.Second
	// recheck is how often a folder that stays open is compared as a whole.
	recheck = time.Hour
	// briefly is how long no connection stands after the server refused one.
	briefly = 10 * time.Minute
	// maxMessage is more than any record: a snapshot's part is a megabyte before
	// it is encoded.
	maxMessage = 8 << 20
	// maxRecord is more than teamlog takes: 2 MB unpacked.
	maxRecord = 3 << 20
)

func (c Config) withDefaults() Config {
	if c.Describe == nil {
		c.Describe = func(string, []byte) Description { return Description{} }
	}
	if c.Sentence == "" {
		c.Sentence = "These messages keep the team's inbox in step. Do not move or delete them."
	}
	if c.Known == nil {
		c.Known = func() Known { return Known{} }
	}
	if c.Report == nil {
		c.Report = func(teamlog.Finding) {}
	}
	if c.Clock == nil {
		c.Clock = run.System
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	if c.Poll <= 0 {
		c.Poll = defaultPoll
	}
	if c.Short <= 0 {
		c.Short = defaultShort
	}
	c.IMAP.MaxMessage = maxMessage
	if c.IMAP.Log == nil {
		c.IMAP.Log = c.Log
	}
	return c
}
