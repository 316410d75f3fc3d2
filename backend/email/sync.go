package email

import (
	"context"
	"slices"
	"time"

	"postvak/backend/imap"
	"postvak/backend/inbox"
)

const (
	// turn is how long old messages of one folder are fetched before the other
	// folder, and new mail, get their turn.
	turn = 2 * time.Second
	// pollEvery is how often a quiet mailbox is looked at beside IDLE.
	pollEvery = time.Minute
	// reconcileEvery is how often flags and what is gone are compared.
	reconcileEvery = time.Hour
	// recent is how many of the newest messages are compared at once when the
	// server says that something changed.
	recent = 200
)

// Sync reads the mailbox into the sink until ctx ends or something fails; the
// caller calls again, after a pause. It begins where the sink's states say:
// new mail first, then older mail, newest first, in steps that are saved with
// the messages they brought. When all is there it stays connected and goes on
// with what arrives.
//
// It returns ctx's error, the sink's, or an *inbox.Error: Auth when a person
// has to sign in again, Unavailable when the server cannot be had, Invalid
// when settings, certificate or folders are wrong.
//
// A session that ends because its access token did is no fault: Exchange Online
// ends each within the hour. Another one follows at once.
func (m *Mailbox) Sync(ctx context.Context, sink Sink) error {
	for {
		began := m.cfg.Clock.Now()
		err := m.session(ctx, sink)
		if ctx.Err() != nil || !m.isOver(err) || m.cfg.Clock.Now().Sub(began) < shortSession {
			return err
		}
	}
}

// session is one connection's part of Sync.
func (m *Mailbox) session(ctx context.Context, sink Sink) error {
	states, err := sink.States(ctx)
	if err != nil {
		return err
	}
	c, err := m.dial(ctx)
	if err != nil {
		return err
	}
	defer c.Close()
	s := &syncing{m: m, c: c, sink: sink}
	if err := s.begin(ctx, states); err != nil {
		return err
	}
	if err := s.history(ctx); err != nil {
		return err
	}
	return s.live(ctx)
}

// syncing is one connection's life. Only Sync's goroutine uses it; while a
// pipe is open, its storing goroutine tells the status.
type syncing struct {
	m        *Mailbox
	c        *imap.Conn
	sink     Sink
	folders  []*folder // the inbox, then Sent if there is one
	selected *folder
	compared time.Time // when all folders were last reconciled
	steps    int       // how many messages the next step has
}

// step is how many messages the next step of a sync has: few at first, so that
// there is something on the screen at once, and so that a line that breaks
// again and again gets on all the same.
func (s *syncing) step() int {
	s.steps = min(max(2*s.steps, firstChunk), chunk)
	return s.steps
}

// pace shortens the steps of a slow line, so that new mail does not wait long
// for the end of one.
func (s *syncing) pace(step time.Duration) {
	if step > turn/2 {
		s.steps /= 4
	}
}

// folder is a folder as far as it was read.
type folder struct {
	state inbox.FolderState
	older []uint32 // what is still to come, ascending
	fresh bool     // everything in it was fetched on this connection
	next  uint32   // UIDNEXT and EXISTS when it was last looked at from outside
	exist uint32
}

// begin finds the folders and catches up with what is new in each.
func (s *syncing) begin(ctx context.Context, states []inbox.FolderState) error {
	names, err := s.m.folders(ctx, s.c)
	if err != nil {
		return err
	}
	for _, role := range []inbox.FolderRole{inbox.FolderInbox, inbox.FolderSent} {
		name := names[role]
		if name == "" || role == inbox.FolderSent && name == names[inbox.FolderInbox] {
			continue
		}
		f := &folder{state: inbox.FolderState{Role: role}}
		for _, known := range states {
			if known.Role == role {
				f.state = known
			}
		}
		if f.state.Name != name && f.state.Name != "" && s.exists(ctx, f.state.Name) {
			f.state = inbox.FolderState{Role: role} // another folder has the role now
		}
		f.state.Name = name
		s.folders = append(s.folders, f)
	}
	for _, f := range s.folders {
		if err := s.open(ctx, f); err != nil {
			return err
		}
	}
	return nil
}

// exists tells a folder that was renamed from one that lost its role.
func (s *syncing) exists(ctx context.Context, name string) bool {
	_, err := s.c.Status(ctx, name)
	return err == nil
}

// open selects a folder, sees whether what is known of it still holds, lists
// it, and takes in what is new.
func (s *syncing) open(ctx context.Context, f *folder) error {
	box, err := s.choose(ctx, f)
	if err != nil {
		return err
	}
	uids, err := s.c.UIDs(ctx, 1, 0)
	if err != nil {
		return s.m.fault(err)
	}
	if f.state.UIDValidity != box.UIDValidity || f.state.Low == 0 || box.UIDNext != 0 && box.UIDNext <= f.state.High {
		f.renumber(box, uids)
	}
	f.measure(uids)
	f.next, f.exist = box.UIDNext, box.Exists
	newer := uids[after(uids, f.state.High):]
	if err := s.take(ctx, f, newer); err != nil {
		return err
	}
	return s.finished(ctx, f)
}

// choose selects a folder for reading only.
func (s *syncing) choose(ctx context.Context, f *folder) (imap.Mailbox, error) {
	s.selected = nil
	box, err := s.c.Select(ctx, f.state.Name, true)
	if err != nil {
		return box, s.m.fault(err)
	}
	s.selected = f
	return box, nil
}

// renumber starts a folder anew: it was never read, or the server numbered its
// messages anew. What we have of it is recognised by content.
func (f *folder) renumber(box imap.Mailbox, uids []uint32) {
	if box.UIDNext > 0 { // what came since it was selected is new
		uids = uids[:after(uids, box.UIDNext-1)]
	}
	high := uint32(0)
	if len(uids) > 0 {
		high = uids[len(uids)-1]
	}
	f.state = inbox.FolderState{Role: f.state.Role, Name: f.state.Name, UIDValidity: box.UIDValidity, Low: high + 1, High: high}
	f.fresh = true
}

// measure counts what there is and what was dealt with.
func (f *folder) measure(uids []uint32) {
	low := after(uids, f.state.Low-1)
	if f.state.Complete {
		low = 0
	}
	f.older = uids[:low]
	f.state.Total = len(uids)
	f.state.Done = after(uids, f.state.High) - low
}

// after is how many of the ascending uids are at most uid.
func after(uids []uint32, uid uint32) int {
	n, found := slices.BinarySearch(uids, uid)
	if found {
		n++
	}
	return n
}

// take fetches new messages, oldest first: each step moves High up.
func (s *syncing) take(ctx context.Context, f *folder, uids []uint32) error {
	if len(uids) == 0 {
		return nil
	}
	f.state.Total = max(f.state.Total, f.state.Done+len(uids)+len(f.older))
	return s.through(ctx, len(uids) > chunk, func(p *pipe) error {
		for len(uids) > 0 {
			part := uids[:min(s.step(), len(uids))]
			next := f.state
			next.High = part[len(part)-1]
			next.Done += len(part)
			if err := p.fetch(s.c, part, f.state, next, true); err != nil {
				return err
			}
			f.state, uids = next, uids[len(part):]
		}
		return nil
	})
}

// through runs f with a pipe and waits until all is stored. What takes long is
// shown as it goes.
func (s *syncing) through(ctx context.Context, long bool, f func(*pipe) error) error {
	p := s.m.newPipe(ctx, s.sink, s.progress(long))
	err := f(p)
	stored := p.close()
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case stored != nil:
		return stored // the sink's own error
	}
	return s.m.fault(err)
}

// progress tells how far all folders are after each stored batch, when there
// is more than a few messages to come.
func (s *syncing) progress(busy bool) func(inbox.FolderState) {
	var done, total int
	stand := map[inbox.FolderRole]inbox.FolderState{}
	for _, f := range s.folders {
		stand[f.state.Role] = f.state
		busy = busy || !f.state.Complete
	}
	return func(now inbox.FolderState) {
		if !busy {
			return
		}
		stand[now.Role] = now
		done, total = 0, 0
		for _, state := range stand {
			done, total = done+state.Done, total+state.Total
		}
		s.sink.Status(inbox.ChannelStatus{Channel: s.m.cfg.Channel.ID, State: inbox.ChannelSyncing, Done: done, Total: total})
	}
}

// history fetches older mail, by turns from each folder.
func (s *syncing) history(ctx context.Context) error {
	for s.pending() {
		for _, f := range s.folders {
			if f.state.Complete {
				continue
			}
			if err := s.visit(ctx, f); err != nil {
				return err
			}
			if err := s.earlier(ctx, f); err != nil {
				return err
			}
		}
	}
	return nil
}

func (s *syncing) pending() bool {
	return slices.ContainsFunc(s.folders, func(f *folder) bool { return !f.state.Complete })
}

// visit goes to a folder, unless it is there, and takes in what is new.
func (s *syncing) visit(ctx context.Context, f *folder) error {
	if s.selected != f {
		box, err := s.choose(ctx, f)
		if err != nil {
			return err
		}
		if box.UIDValidity != f.state.UIDValidity {
			return inbox.Errorf(inbox.Unavailable, "The mail server has numbered the folder %s anew. It is read again.", f.state.Name)
		}
	}
	_, err := s.catchUp(ctx, f)
	return err
}

// catchUp takes in what is new in the selected folder, and says how much.
func (s *syncing) catchUp(ctx context.Context, f *folder) (int, error) {
	if f.state.High == ^uint32(0) {
		return 0, nil
	}
	newer, err := s.c.UIDs(ctx, f.state.High+1, 0)
	if err != nil {
		return 0, s.m.fault(err)
	}
	return len(newer), s.take(ctx, f, newer)
}

// earlier fetches older messages for a turn, newest first: each step moves Low
// down.
func (s *syncing) earlier(ctx context.Context, f *folder) error {
	end, began := len(f.older), s.m.cfg.Clock.Now()
	err := s.through(ctx, true, func(p *pipe) error {
		for end > 0 && s.m.cfg.Clock.Now().Sub(began) < turn {
			asked, begin := s.m.cfg.Clock.Now(), max(0, end-s.step())
			part := f.older[begin:end]
			next := f.state
			next.Low = part[0]
			next.Done += len(part)
			next.Complete = begin == 0
			if err := p.fetch(s.c, part, f.state, next, false); err != nil {
				return err
			}
			f.state, end = next, begin
			s.pace(s.m.cfg.Clock.Now().Sub(asked))
		}
		return nil
	})
	f.older = f.older[:end]
	if err != nil {
		return err
	}
	return s.finished(ctx, f)
}

// finished saves the state of a folder that has no older mail, also when it is
// empty.
func (s *syncing) finished(ctx context.Context, f *folder) error {
	if len(f.older) > 0 || f.state.Complete {
		return nil
	}
	f.state.Complete = true
	return s.sink.Batch(ctx, inbox.Batch{Channel: s.m.cfg.Channel.ID, Folder: f.state})
}

// endOfSecond is where in its second a mail stands, which servers give whole:
// behind what was written here in that second, which it may answer.
const endOfSecond = 999 * time.Millisecond

// received is when the provider took the message; where it does not say, the
// author's clock or ours.
func (m *Mailbox) received(item imap.Item, msg inbox.Message) time.Time {
	now := m.cfg.Clock.Now()
	for _, t := range []time.Time{item.InternalDate, msg.Sent} {
		if t.Year() >= 1971 && t.Before(now.Add(24*time.Hour)) {
			return t.Truncate(time.Second).Add(endOfSecond)
		}
	}
	return now
}
