package sandbox

import (
	"strings"
	"sync"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapserver"
)

const (
	delimiter   = '/'
	inboxFolder = "INBOX"
	sentFolder  = "Sent"
)

// account is the demo company's mailbox: folders of mails, in memory. Mails
// are kept byte for byte as they came, malformed ones too.
type account struct {
	clock    Clock
	user     string
	password string

	mu       sync.Mutex
	folders  map[string]*folder
	validity uint32 // of the folder made last
}

func newAccount(clock Clock, user, password string) *account {
	a := &account{clock: clock, user: user, password: password, folders: map[string]*folder{}}
	a.validity = uint32(clock.Now().Unix()) // each start numbers anew
	a.create(inboxFolder, "")
	a.create(sentFolder, imap.MailboxAttrSent)
	a.create("Archive", imap.MailboxAttrArchive)
	a.create("Trash", imap.MailboxAttrTrash)
	return a
}

// folderName is the name under which a folder is kept: INBOX may be written
// in any case.
func folderName(name string) string {
	if strings.EqualFold(name, inboxFolder) {
		return inboxFolder
	}
	return strings.TrimRight(name, string(delimiter))
}

func (a *account) folder(name string) *folder {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.folders[folderName(name)]
}

// create makes a folder; false: there is one of that name.
func (a *account) create(name string, use imap.MailboxAttr) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	name = folderName(name)
	if a.folders[name] != nil {
		return false
	}
	a.validity++
	a.folders[name] = &folder{
		use: use, validity: a.validity, next: 1, tracker: imapserver.NewMailboxTracker(0),
		changed: make(chan struct{}),
	}
	return true
}

// deliver puts a mail into a folder that is always there.
func (a *account) deliver(folder string, raw []byte, at time.Time, flags ...imap.Flag) {
	a.folder(folder).add(raw, at, flags)
}

// folder is one folder. Its lock is never held while something is written to
// a client, so that a client that does not read stops nobody else.
type folder struct {
	use      imap.MailboxAttr
	validity uint32
	tracker  *imapserver.MailboxTracker

	mu    sync.Mutex
	next  imap.UID
	items []*item
	// changed is closed and made anew at each change.
	changed chan struct{}
}

// item is one mail. All but its flags never change.
type item struct {
	uid   imap.UID
	at    time.Time
	raw   []byte
	flags map[imap.Flag]bool // guarded by the folder's lock
}

func (f *folder) add(raw []byte, at time.Time, flags []imap.Flag) imap.UID {
	f.mu.Lock()
	defer f.mu.Unlock()
	added := &item{uid: f.next, at: at.Truncate(time.Second), raw: raw, flags: map[imap.Flag]bool{}}
	added.change(imap.StoreFlagsAdd, flags)
	f.next++
	f.items = append(f.items, added)
	f.tracker.QueueNumMessages(uint32(len(f.items)))
	f.tell()
	return added.uid
}

// tell wakes who waits for a change. The caller holds the lock.
func (f *folder) tell() {
	close(f.changed)
	f.changed = make(chan struct{})
}

// watch gives what is closed at the next change.
func (f *folder) watch() <-chan struct{} {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.changed
}

// remove takes out what gone says and gives the sequence numbers, the highest
// first, as they were when each one went.
func (f *folder) remove(gone func(*item) bool) (numbers []uint32) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for i := len(f.items) - 1; i >= 0; i-- {
		if gone(f.items[i]) {
			f.items = append(f.items[:i:i], f.items[i+1:]...)
			f.tracker.QueueExpunge(uint32(i) + 1)
			numbers = append(numbers, uint32(i)+1)
		}
	}
	f.tell()
	return numbers
}

func (f *folder) count(which func(*item) bool) uint32 {
	var n uint32
	for _, m := range f.items {
		if which(m) {
			n++
		}
	}
	return n
}

func (m *item) change(op imap.StoreFlagsOp, flags []imap.Flag) {
	if op == imap.StoreFlagsSet {
		clear(m.flags)
	}
	for _, flag := range flags {
		if flag = knownFlag(flag); op == imap.StoreFlagsDel {
			delete(m.flags, flag)
		} else {
			m.flags[flag] = true
		}
	}
}

func (m *item) flagList() []imap.Flag {
	list := make([]imap.Flag, 0, len(m.flags))
	for flag := range m.flags {
		list = append(list, flag)
	}
	return list
}

var systemFlags = []imap.Flag{
	imap.FlagSeen, imap.FlagAnswered, imap.FlagFlagged, imap.FlagDeleted, imap.FlagDraft,
}

// knownFlag gives a system flag its usual spelling: flags are the same in any
// case.
func knownFlag(flag imap.Flag) imap.Flag {
	for _, known := range systemFlags {
		if strings.EqualFold(string(known), string(flag)) {
			return known
		}
	}
	return imap.Flag(strings.ToLower(string(flag)))
}
