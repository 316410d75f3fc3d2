package sandbox

import (
	"crypto/subtle"
	"io"
	"maps"
	"net"
	"slices"
	"strings"
	"sync"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapserver"
)

const maxMail = 30 << 20 // bytes of one mail, as usual with providers

// serveIMAP is the IMAP server over an account.
func serveIMAP(a *account) func(net.Listener) error {
	server := imapserver.New(&imapserver.Options{
		NewSession: func(*imapserver.Conn) (imapserver.Session, *imapserver.GreetingData, error) {
			return &imapSession{account: a}, nil, nil
		},
		Caps: imap.CapSet{
			imap.CapIMAP4rev1: {}, imap.CapNamespace: {}, imap.CapUIDPlus: {}, imap.CapESearch: {},
			imap.CapSpecialUse: {}, imap.CapMove: {}, imap.CapLiteralPlus: {}, imap.CapListExtended: {},
			imap.CapListStatus: {},
		},
		InsecureAuth: true, // on loopback, with a throw-away password
		Logger:       silent{},
	})
	return server.Serve
}

// imapSession is one signed-in client: what concerns the account. What
// concerns the selected folder is in imapfolder.go.
type imapSession struct {
	account *account
	mu      sync.Mutex // Idle runs in a goroutine of its own
	view    *view      // nil: no folder is selected
}

var _ imapserver.SessionNamespace = (*imapSession)(nil)
var _ imapserver.SessionMove = (*imapSession)(nil)
var _ imapserver.SessionAppendLimit = (*imapSession)(nil)

func no(code imap.ResponseCode, text string) error {
	return &imap.Error{Type: imap.StatusResponseTypeNo, Code: code, Text: text}
}

var errNoFolder = no(imap.ResponseCodeNonExistent, "There is no such folder")

// Close leaves the selected folder. When a connection is cut in the middle of
// IDLE, the library does not wait for its end: this does.
func (s *imapSession) Close() error {
	if v := s.swap(nil); v != nil {
		v.idling.Wait()
		v.tracker.Close()
	}
	return nil
}

func (s *imapSession) swap(v *view) (before *view) {
	s.mu.Lock()
	defer s.mu.Unlock()
	before, s.view = s.view, v
	return before
}

func (s *imapSession) Login(username, password string) error {
	same := subtle.ConstantTimeCompare([]byte(password), []byte(s.account.password)) == 1
	if !strings.EqualFold(username, s.account.user) || !same {
		return imapserver.ErrAuthFailed
	}
	return nil
}

func (s *imapSession) Namespace() (*imap.NamespaceData, error) {
	return &imap.NamespaceData{Personal: []imap.NamespaceDescriptor{{Delim: delimiter}}}, nil
}

func (s *imapSession) AppendLimit() uint32 { return maxMail }

func (s *imapSession) Select(name string, _ *imap.SelectOptions) (*imap.SelectData, error) {
	f := s.account.folder(name)
	if f == nil {
		return nil, errNoFolder
	}
	_ = s.Close()
	f.mu.Lock()
	defer f.mu.Unlock()
	s.swap(&view{folder: f, tracker: f.tracker.NewSession()})
	return &imap.SelectData{
		Flags:          systemFlags,
		PermanentFlags: append(slices.Clone(systemFlags), imap.FlagWildcard),
		NumMessages:    uint32(len(f.items)),
		UIDNext:        f.next,
		UIDValidity:    f.validity,
	}, nil
}

func (s *imapSession) Unselect() error { return s.Close() }

func (s *imapSession) Create(name string, _ *imap.CreateOptions) error {
	if !s.account.create(name, "") {
		return no(imap.ResponseCodeAlreadyExists, "There is a folder of that name")
	}
	return nil
}

func (s *imapSession) Delete(name string) error {
	s.account.mu.Lock()
	defer s.account.mu.Unlock()
	name = folderName(name)
	switch {
	case s.account.folders[name] == nil:
		return errNoFolder
	case name == inboxFolder || name == sentFolder:
		return no(imap.ResponseCodeCannot, "This folder stays")
	}
	delete(s.account.folders, name)
	return nil
}

func (s *imapSession) Rename(from, to string, _ *imap.RenameOptions) error {
	s.account.mu.Lock()
	defer s.account.mu.Unlock()
	from, to = folderName(from), folderName(to)
	f := s.account.folders[from]
	switch {
	case f == nil:
		return errNoFolder
	case from == inboxFolder || from == sentFolder || s.account.folders[to] != nil:
		return no(imap.ResponseCodeCannot, "This folder cannot get that name")
	}
	delete(s.account.folders, from)
	s.account.folders[to] = f
	return nil
}

// Subscribe does nothing: every folder counts as subscribed.
func (s *imapSession) Subscribe(string) error { return nil }

// Unsubscribe does nothing, too.
func (s *imapSession) Unsubscribe(string) error { return nil }

func (s *imapSession) List(w *imapserver.ListWriter, ref string, patterns []string, options *imap.ListOptions) error {
	if len(patterns) == 0 { // asks for the delimiter alone
		return w.WriteList(&imap.ListData{Attrs: []imap.MailboxAttr{imap.MailboxAttrNoSelect}, Delim: delimiter})
	}
	for _, name := range s.account.names() {
		matches := slices.ContainsFunc(patterns, func(pattern string) bool {
			return imapserver.MatchList(name, delimiter, ref, pattern)
		})
		f := s.account.folder(name)
		if !matches || f == nil || options.SelectSpecialUse && f.use == "" {
			continue
		}
		if err := w.WriteList(f.listing(name, options)); err != nil {
			return err
		}
	}
	return nil
}

func (a *account) names() []string {
	a.mu.Lock()
	defer a.mu.Unlock()
	return slices.Sorted(maps.Keys(a.folders))
}

func (f *folder) listing(name string, options *imap.ListOptions) *imap.ListData {
	data := &imap.ListData{Mailbox: name, Delim: delimiter}
	if f.use != "" {
		data.Attrs = append(data.Attrs, f.use)
	}
	if options.ReturnSubscribed {
		data.Attrs = append(data.Attrs, imap.MailboxAttrSubscribed)
	}
	if options.ReturnStatus != nil {
		data.Status = f.status(name, options.ReturnStatus)
	}
	return data
}

func (s *imapSession) Status(name string, options *imap.StatusOptions) (*imap.StatusData, error) {
	f := s.account.folder(name)
	if f == nil {
		return nil, errNoFolder
	}
	return f.status(folderName(name), options), nil
}

func (f *folder) status(name string, options *imap.StatusOptions) *imap.StatusData {
	f.mu.Lock()
	defer f.mu.Unlock()
	data := &imap.StatusData{Mailbox: name, UIDNext: f.next, UIDValidity: f.validity}
	number := func(asked bool, which func(*item) bool) *uint32 {
		if !asked {
			return nil
		}
		n := f.count(which)
		return &n
	}
	data.NumMessages = number(options.NumMessages, func(*item) bool { return true })
	data.NumRecent = number(options.NumRecent, func(*item) bool { return false })
	data.NumUnseen = number(options.NumUnseen, func(m *item) bool { return !m.flags[imap.FlagSeen] })
	data.NumDeleted = number(options.NumDeleted, func(m *item) bool { return m.flags[imap.FlagDeleted] })
	if options.Size {
		var size int64
		for _, m := range f.items {
			size += int64(len(m.raw))
		}
		data.Size = &size
	}
	return data
}

func (s *imapSession) Append(name string, r imap.LiteralReader, options *imap.AppendOptions) (*imap.AppendData, error) {
	f := s.account.folder(name)
	if f == nil {
		return nil, no(imap.ResponseCodeTryCreate, "There is no such folder")
	}
	raw, err := io.ReadAll(io.LimitReader(r, maxMail))
	if err != nil {
		return nil, err
	}
	at := options.Time
	if at.IsZero() {
		at = s.account.clock.Now()
	}
	return &imap.AppendData{UIDValidity: f.validity, UID: f.add(raw, at, options.Flags)}, nil
}

func (s *imapSession) Poll(w *imapserver.UpdateWriter, allowExpunge bool) error {
	if s.view == nil {
		return nil
	}
	return s.view.tracker.Poll(w, allowExpunge)
}

// Idle tells of everything that changes, also of what changed just before it
// began, which the library's own Idle leaves for later.
func (s *imapSession) Idle(w *imapserver.UpdateWriter, stop <-chan struct{}) error {
	s.mu.Lock()
	v := s.view
	if v != nil {
		v.idling.Add(1)
	}
	s.mu.Unlock()
	if v == nil {
		<-stop
		return nil
	}
	defer v.idling.Done()
	for {
		changed := v.folder.watch()
		if err := v.tracker.Poll(w, true); err != nil {
			return err
		}
		select {
		case <-changed:
		case <-stop:
			return nil
		}
	}
}
