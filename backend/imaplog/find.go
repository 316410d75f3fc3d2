package imaplog

import (
	"context"
	"regexp"
	"slices"
	"strings"

	"postvak/backend/imap"
	"postvak/backend/inbox"
	"postvak/backend/teamlog"
)

const (
	// maxSearched is in how many folders a log is looked for.
	maxSearched = 300
	// maxFirst is how many messages of a folder may stand before a log's first.
	maxFirst = 20
	// maxGenesis is more than a log's first message has, in bytes.
	maxGenesis = 32 << 10
)

// Found is a team's folder.
type Found struct {
	Folder  string // empty: there is none
	LogID   string
	Genesis []byte // the record that begins the log
}

// Find looks for a team's folder in a mailbox: the one with the log
// Config.LogID, any when that is empty. Folders are told by their log's first
// record, not by name; Config.Folder and DefaultFolder only come first. The
// error is an *inbox.Error; not_found when there is no such folder.
func Find(ctx context.Context, cfg Config) (Found, error) {
	l := New(cfg)
	conn, err := imap.Dial(ctx, l.cfg.IMAP)
	if err != nil {
		return Found{}, l.fault(err)
	}
	defer conn.Leave(ctx) // a server with one connection needs the place
	found, err := search(ctx, conn, cfg.LogID, cfg.Folder)
	if err != nil {
		return Found{}, l.fault(err)
	}
	if found.Folder == "" {
		return Found{}, inbox.Errorf(inbox.NotFound, "There is no team in this mailbox, or this account may not see its folder. Ask the person who invited you which mailbox it is.")
	}
	return found, nil
}

// search goes through the account's folders, the likely ones first.
func search(ctx context.Context, conn *imap.Conn, logID, likely string) (Found, error) {
	p, err := placeOf(ctx, conn)
	if err != nil {
		return Found{}, err
	}
	for _, f := range p.candidates(likely) {
		box, err := conn.Select(ctx, f.Name, true)
		if conn.Closed() {
			return Found{}, err
		}
		if err != nil || box.Exists == 0 {
			continue
		}
		record, err := genesisOf(ctx, conn, logID)
		if err != nil {
			return Found{}, err
		}
		if record != nil {
			return Found{f.Name, recordID(record), record}, nil
		}
	}
	return Found{}, nil
}

// setAside is how Renew calls a folder that it replaces.
var setAside = regexp.MustCompile(`-old-\d{8}-\d{6}$`)

// candidates are the folders that may hold a log, the likely ones first: none
// with another purpose, none below such a one (a bin), none set aside.
func (p place) candidates(likely string) []imap.Folder {
	var all []imap.Folder
	for _, f := range p.folders {
		if f.Selectable && f.Role == "" && p.special(f.Name) == "" && !setAside.MatchString(f.Name) {
			all = append(all, f)
		}
	}
	likely = p.full(likely)
	rank := func(f imap.Folder) int {
		last := f.Name
		if f.Delimiter != "" {
			last = f.Name[strings.LastIndex(f.Name, f.Delimiter)+len(f.Delimiter):]
		}
		switch {
		case f.Name == likely:
			return 0
		case strings.EqualFold(last, DefaultFolder):
			return 1
		case strings.Contains(strings.ToLower(f.Name), strings.ToLower(DefaultFolder)):
			return 2
		}
		return 3
	}
	slices.SortStableFunc(all, func(a, b imap.Folder) int { return rank(a) - rank(b) })
	return all[:min(len(all), maxSearched)]
}

// genesisOf looks for the record that begins a log in the selected folder:
// among the first messages, else by what its header says.
func genesisOf(ctx context.Context, conn *imap.Conn, logID string) ([]byte, error) {
	uids, err := conn.UIDs(ctx, 1, 10*maxFirst)
	if err != nil {
		return nil, ifClosed(conn, err)
	}
	record, err := firstOf(ctx, conn, logID, uids)
	if record != nil || err != nil {
		return record, err
	}
	if logID == "" {
		uids, err = conn.FlaggedUIDs(ctx)
	} else {
		uids, err = conn.FindHeader(ctx, "Message-ID", messageID(logID, logID))
	}
	if err != nil {
		return nil, ifClosed(conn, err)
	}
	return firstOf(ctx, conn, logID, uids)
}

// ifClosed drops an error of one folder: the others are looked at all the same.
func ifClosed(conn *imap.Conn, err error) error {
	if conn.Closed() {
		return err
	}
	return nil
}

// firstOf looks into some messages for the record that begins a log.
func firstOf(ctx context.Context, conn *imap.Conn, logID string, uids []uint32) (record []byte, err error) {
	var small []uint32
	uids = uids[:min(len(uids), maxFirst)]
	err = conn.Fetch(ctx, uids, imap.WantMeta, func(item imap.Item) error {
		if item.Err == nil && item.Size <= maxGenesis {
			small = append(small, item.UID)
		}
		return nil
	})
	if err != nil || len(small) == 0 {
		return nil, ifClosed(conn, err)
	}
	slices.Sort(small)
	err = conn.Fetch(ctx, small, imap.WantBody, func(item imap.Item) error {
		if r := parse(item.Raw); record == nil && item.Err == nil && begins(r, logID) {
			record = r
		}
		return nil
	})
	return record, ifClosed(conn, err)
}

// begins reports whether a record begins a log, this one if it has a name: it
// brings the key that signed it.
func begins(record []byte, logID string) bool {
	opened, err := teamlog.Open(record)
	if err != nil || opened.Log != "" || len(opened.Events) == 0 || logID != "" && opened.ID != logID {
		return false
	}
	genesis, ok := opened.Events[0].(*teamlog.Genesis)
	return ok && opened.Verify(genesis.Key)
}
