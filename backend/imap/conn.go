package imap

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	goimap "github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"
)

// Conn is a connection to one mailbox. Its methods may be called from several
// goroutines; they take turns, and a Wait gives way to any other. Each of them
// ends when its context does, which closes the connection (Wait excepted), and
// when the server stands still for longer than Config.Deadline.
//
// After an error of KindClosed, KindTimeout or KindProtocol, and after the end
// of a context, the connection is gone: Dial again. Fetch and Append reconnect
// by themselves where only one message is to blame.
type Conn struct {
	cfg    Config
	turn   chan struct{} // holds a token while somebody uses the connection
	want   chan struct{} // somebody else would like to
	ended  atomic.Bool   // Close was called
	active atomic.Pointer[session]
	redone atomic.Int64 // how often a session was replaced

	// Only for whoever has the turn.
	selected Mailbox
	readOnly bool
	noIdle   bool // IDLE was offered, and refused
	renewal  time.Duration
}

// Dial connects, signs in and asks what the server can do.
func Dial(ctx context.Context, cfg Config) (*Conn, error) {
	cfg = cfg.withDefaults()
	if err := cfg.check(); err != nil {
		return nil, err
	}
	s, err := open(ctx, cfg)
	if err != nil {
		return nil, err
	}
	c := &Conn{cfg: cfg, turn: make(chan struct{}, 1), want: make(chan struct{}, 1), renewal: idleRenewal}
	c.active.Store(s)
	return c, nil
}

// Close ends the connection and the command that runs on it, and waits for
// both. It may be called again, but not from a function given to Fetch.
func (c *Conn) Close() {
	c.ended.Store(true)
	c.active.Load().fail(&Error{Kind: KindClosed, Detail: "closed by us"})
	c.turn <- struct{}{}
	c.active.Load().close()
	<-c.turn
}

// leaving is how long a server may take to hang up.
const leaving = 5 * time.Second

// Leave signs out and closes the connection once the server has hung up, or
// does not within a few seconds. It is for who needs the place again at once: a
// server that counts connections may count one for a while that was only
// closed. It waits for the command that runs.
func (c *Conn) Leave(ctx context.Context) {
	defer c.Close()
	if c.acquire(ctx) != nil {
		return
	}
	defer c.release()
	s := c.active.Load()
	if s.dead() {
		return
	}
	late := func() { s.fail(&Error{Kind: KindClosed, Detail: "closed by us"}) }
	limit := time.AfterFunc(min(leaving, s.cfg.Deadline), late)
	defer limit.Stop()
	defer context.AfterFunc(ctx, late)()
	s.client.Logout()
	<-s.client.Closed()
}

// Closed reports whether the connection is gone.
func (c *Conn) Closed() bool { return c.active.Load().dead() }

// Redials counts how often Fetch or Append replaced a broken connection. Who
// looks at a folder as a whole looks again when it has grown.
func (c *Conn) Redials() int64 { return c.redone.Load() }

// Expunged counts the messages that the server said are gone from a selected
// folder, on this connection; Redials says when it is another one.
func (c *Conn) Expunged() int64 { return c.active.Load().sig.expunged.Load() }

// Has reports whether the server has a capability, such as "IDLE".
func (c *Conn) Has(capability string) bool {
	return c.active.Load().caps.Has(goimap.Cap(strings.ToUpper(capability)))
}

// acquire waits for the turn. Whoever gets it calls release.
func (c *Conn) acquire(ctx context.Context) error {
	select {
	case c.turn <- struct{}{}:
		return nil
	default:
	}
	select {
	case c.want <- struct{}{}: // a Wait will give way
	default:
	}
	select {
	case c.turn <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (c *Conn) release() { <-c.turn }

// do runs one command, with the turn and under a watch.
func (c *Conn) do(ctx context.Context, transfer bool, f func(s *session) error) error {
	if err := c.acquire(ctx); err != nil {
		return err
	}
	defer c.release()
	return c.run(ctx, transfer, f)
}

// run is do for those who have the turn.
func (c *Conn) run(ctx context.Context, transfer bool, f func(s *session) error) error {
	return c.runWatched(ctx, transfer, func(s *session, _ *watch) error { return f(s) })
}

// runWatched is run for those who hand something over while the command runs.
func (c *Conn) runWatched(ctx context.Context, transfer bool, f func(s *session, w *watch) error) error {
	s := c.active.Load()
	if s.dead() {
		return s.explain(ctx, s.cause.Load().orClosed())
	}
	w := s.watch(ctx, transfer)
	defer w.stop()
	return s.explain(ctx, f(s, w))
}

// redial replaces a session that is gone, and selects the folder again.
func (c *Conn) redial(ctx context.Context) error {
	c.active.Load().close()
	if c.ended.Load() {
		return &Error{Kind: KindClosed, Detail: "closed by us"}
	}
	s, err := open(ctx, c.cfg)
	if err != nil {
		return err
	}
	c.active.Store(s)
	c.redone.Add(1)
	if c.ended.Load() { // Close has looked at the old one
		s.fail(&Error{Kind: KindClosed, Detail: "closed by us"})
	}
	if c.selected.Name == "" {
		return nil
	}
	before := c.selected
	now, err := c.choose(ctx, before.Name, c.readOnly)
	s.sig.changed()
	if err == nil && now.UIDValidity != before.UIDValidity {
		err = &Error{Kind: KindChanged, Detail: "the folder has other UIDs than before the connection was lost"}
	}
	return err
}

// Select opens a folder. ReadOnly changes no flags, not even \Recent. When it
// fails, no folder is selected.
func (c *Conn) Select(ctx context.Context, folder string, readOnly bool) (Mailbox, error) {
	if err := c.acquire(ctx); err != nil {
		return Mailbox{}, err
	}
	defer c.release()
	return c.choose(ctx, folder, readOnly)
}

// choose is Select for those who have the turn.
func (c *Conn) choose(ctx context.Context, folder string, readOnly bool) (Mailbox, error) {
	c.selected = Mailbox{}
	err := c.run(ctx, false, func(s *session) error {
		select {
		case <-s.sig.news: // of the folder before
		default:
		}
		s.sig.selecting.Store(new(string))
		data, err := s.client.Select(folder, &goimap.SelectOptions{ReadOnly: readOnly}).Wait()
		s.sig.selecting.Store(nil)
		if err != nil {
			return missing(s.explain(ctx, err))
		}
		c.selected = Mailbox{Name: folder, UIDValidity: data.UIDValidity, UIDNext: uint32(data.UIDNext), Exists: data.NumMessages}
		c.readOnly = readOnly
		return nil
	})
	return c.selected, err
}

// missing reads from a refused SELECT or STATUS that there is no such folder:
// many servers send no response code.
func missing(err error) error {
	e, ok := errors.AsType[*Error](err)
	if ok && e.Kind == KindNo && containsAny(strings.ToLower(e.Server), []string{"doesn't exist", "does not exist", "nonexistent", "non-existent", "unknown mailbox", "unknown folder", "not found", "no such", "no folder"}) {
		e.Kind = KindMissing
	}
	return err
}

// Status asks about a folder without selecting it.
func (c *Conn) Status(ctx context.Context, folder string) (Mailbox, error) {
	mailbox := Mailbox{Name: folder}
	err := c.do(ctx, false, func(s *session) error {
		options := &goimap.StatusOptions{NumMessages: true, UIDNext: true, UIDValidity: true}
		data, err := s.client.Status(folder, options).Wait()
		if err != nil {
			return missing(s.explain(ctx, err))
		}
		mailbox.UIDValidity, mailbox.UIDNext = data.UIDValidity, uint32(data.UIDNext)
		if data.NumMessages != nil {
			mailbox.Exists = *data.NumMessages
		}
		return nil
	})
	return mailbox, err
}

// Create makes a folder.
func (c *Conn) Create(ctx context.Context, folder string) error {
	return c.do(ctx, false, func(s *session) error { return s.client.Create(folder, nil).Wait() })
}

// UIDs lists the selected folder's UIDs from one to another, both included, in
// ascending order. To 0 means no end.
func (c *Conn) UIDs(ctx context.Context, from, to uint32) ([]uint32, error) {
	var uids []uint32
	err := c.do(ctx, true, func(s *session) error {
		found, err := c.search(s, &goimap.SearchCriteria{UID: []goimap.UIDSet{uidRange(from, to)}})
		// "n:*" means the last message too when its UID is less than n.
		uids = slices.DeleteFunc(found, func(uid uint32) bool { return uid < from || to != 0 && uid > to })
		return err
	})
	return uids, err
}

func uidRange(from, to uint32) goimap.UIDSet {
	var set goimap.UIDSet
	set.AddRange(goimap.UID(max(from, 1)), goimap.UID(to))
	return set
}

func (c *Conn) search(s *session, criteria *goimap.SearchCriteria) ([]uint32, error) {
	if c.selected.Name == "" {
		return nil, &Error{Kind: KindConfig, Detail: "no folder is selected"}
	}
	data, err := s.client.UIDSearch(criteria, nil).Wait()
	if err != nil {
		return nil, err
	}
	var uids []uint32
	for _, uid := range data.AllUIDs() { // at most as many as fit into a line
		uids = append(uids, uint32(uid))
	}
	return uids, nil
}

// FindMessageID gives the UIDs of the messages in folder that have this
// Message-ID, with or without its angle brackets. An empty one matches
// nothing. Another folder that was selected is selected again afterwards.
func (c *Conn) FindMessageID(ctx context.Context, folder, messageID string) ([]uint32, error) {
	id := strings.Trim(strings.TrimSpace(messageID), "<>")
	if id == "" || strings.ContainsAny(id, "\r\n\x00") {
		return nil, nil
	}
	if err := c.acquire(ctx); err != nil {
		return nil, err
	}
	defer c.release()
	if before, readOnly := c.selected.Name, c.readOnly; before != folder {
		if _, err := c.choose(ctx, folder, true); err != nil {
			if before != "" && !c.Closed() {
				c.goBack(ctx, before, readOnly)
			}
			return nil, err
		}
		if before != "" {
			defer c.goBack(ctx, before, readOnly)
		}
	}
	var uids []uint32
	err := c.run(ctx, true, func(s *session) (err error) {
		uids, err = c.search(s, &goimap.SearchCriteria{Header: []goimap.SearchCriteriaHeaderField{{Key: "Message-ID", Value: "<" + id + ">"}}})
		return err
	})
	return uids, err
}

// goBack selects the folder that was selected before. What happened in it
// meanwhile is news. Where it fails nothing is selected, and the next command
// says so.
func (c *Conn) goBack(ctx context.Context, folder string, readOnly bool) {
	if _, err := c.choose(ctx, folder, readOnly); err == nil {
		c.active.Load().sig.changed()
	}
}

// Append adds a message to a folder, which need not be the selected one, and
// gives its UID, 0 when the server does not tell. raw must have CRLF line
// ends; it is stored as it is. A zero date leaves the date to the server.
//
// KindMissing: there is no such folder, Create it. KindQuota, KindNo: not
// stored. KindTimeout, KindClosed, KindProtocol and the end of ctx: nobody
// knows; look with FindMessageID before trying again.
func (c *Conn) Append(ctx context.Context, folder string, flags Flags, date time.Time, raw []byte) (uid uint32, err error) {
	added, err := c.Add(ctx, folder, flags, date, raw)
	return added.UID, err
}

// Added is where an appended message stands. Both are 0 when the server does
// not tell.
type Added struct{ UIDValidity, UID uint32 }

// Add is Append, and also says which folder of that name it was.
func (c *Conn) Add(ctx context.Context, folder string, flags Flags, date time.Time, raw []byte) (added Added, err error) {
	if err := c.acquire(ctx); err != nil {
		return Added{}, err
	}
	defer c.release()
	err = c.run(ctx, true, func(s *session) error {
		cmd := s.client.Append(folder, int64(len(raw)), &goimap.AppendOptions{Flags: appendable(flags), Time: date})
		cmd.Write(raw) // an error comes back from Wait
		cmd.Close()
		data, err := cmd.Wait()
		added = Added{data.UIDValidity, uint32(data.UID)}
		return missing(s.explain(ctx, err))
	})
	if known := KindOf(err); (known == KindNo || known == KindMissing || known == KindQuota || known == KindBusy) && c.Closed() {
		// The library ends the connection when a literal is refused. Whether
		// we can come back does not change the answer; where we cannot, the
		// next command says why.
		if again := c.redial(ctx); again != nil {
			c.cfg.Log.Debug("imap: no connection after a refused APPEND", "error", again)
		}
	}
	return added, err
}

// appendable leaves out flags that are not flags: the library would end the
// connection.
func appendable(flags Flags) []goimap.Flag {
	var out []goimap.Flag
	for _, f := range flags {
		if atom([]byte(strings.TrimPrefix(f, `\`))) {
			out = append(out, goimap.Flag(f))
		}
	}
	return out
}

// Flags gives the flags of the selected folder's messages from one UID to
// another, both included. To 0 means no end.
func (c *Conn) Flags(ctx context.Context, from, to uint32) (map[uint32]Flags, error) {
	all := map[uint32]Flags{}
	err := c.do(ctx, true, func(s *session) error {
		if c.selected.Name == "" {
			return &Error{Kind: KindConfig, Detail: "no folder is selected"}
		}
		s.sig.fetching.Store(fetchAny)
		defer s.sig.fetching.Store(fetchNone)
		cmd := s.client.Fetch(uidRange(from, to), &goimap.FetchOptions{UID: true, Flags: true})
		defer cmd.Close()
		for m := cmd.Next(); m != nil; m = cmd.Next() {
			uid, flags := flagsOf(m)
			if uid >= from && (to == 0 || uid <= to) && uid != 0 {
				all[uid] = flags
			}
		}
		return cmd.Close()
	})
	return all, err
}

func flagsOf(m *imapclient.FetchMessageData) (uid uint32, flags Flags) {
	for item := m.Next(); item != nil; item = m.Next() {
		switch item := item.(type) {
		case imapclient.FetchItemDataUID:
			uid = uint32(item.UID)
		case imapclient.FetchItemDataFlags:
			flags = ourFlags(item.Flags)
		}
	}
	return uid, flags
}

func ourFlags(in []goimap.Flag) Flags {
	out := make(Flags, len(in))
	for i, f := range in {
		out[i] = string(f)
	}
	return out
}
