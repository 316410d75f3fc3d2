package whatsapp

import (
	"context"
	"sync"
	"time"

	"postvak/backend/inbox"
)

const (
	// quick is the pause of whoever asks often; the pace makes it 12 to 18 s.
	quick = 15 * time.Second
	// sweepEvery is how often everything of the last sweepBack is looked at: what
	// Twilio listed late, and states that changed late.
	sweepEvery = time.Hour
	sweepBack  = 48 * time.Hour
	// overlap is how far a look goes behind what is whole: lists filter by days.
	overlap = 24 * time.Hour
	// usualBack is how far the first look goes where nothing says since when
	// mail counts as work (R36).
	usualBack = 30 * 24 * time.Hour
)

// Sync reads messages into the sink until ctx ends or something fails; the
// caller calls again, after a pause. It begins where the sink's states say:
// first the past, newest first, in steps that are saved with the messages they
// brought; then, on its pace, what is new. The text of a message is stored at
// once, its files as soon as they are there.
func (a *Account) Sync(ctx context.Context, sink inbox.Sink) error {
	states, err := sink.States(ctx)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(ctx)
	s := &syncing{a: a, sink: sink, told: map[uint64]told{}}
	defer s.loads.Wait()
	defer cancel()
	var known bool
	if s.cur, known = cursorOf(states); !known {
		s.begin()
	}
	if s.cur.History != nil {
		if err := s.history(ctx); err != nil {
			return err
		}
	}
	return s.live(ctx)
}

// syncing is one run of Sync. Only its goroutine uses it.
type syncing struct {
	a     *Account
	sink  inbox.Sink
	cur   cursor
	told  map[uint64]told
	swept time.Time // when this run last looked at everything
	done  int       // messages that this run stored

	loads   sync.WaitGroup
	loading <-chan loaded // the files that are under way; nil for none
	faults  int           // of files, in a row
}

// told is what the sink was last told of a message.
type told struct {
	print uint64
	at    time.Time
}

func (s *syncing) begin() {
	now := s.a.Now()
	back := s.a.cfg.Channel.OpenSince
	if back.IsZero() || back.After(now) {
		back = now.Add(-usualBack)
	}
	s.cur = cursor{History: &history{Back: back, Began: now}}
}

// history is the first look: both lists in turn, a page at a time.
func (s *syncing) history(ctx context.Context) error {
	h := s.cur.History
	var in, out descent
	for !h.In.Done || !h.Out.Done {
		for _, l := range []struct {
			list list
			p    *progress
			down *descent
		}{{incoming, &h.In, &in}, {outgoing, &h.Out, &out}} {
			if err := s.older(ctx, l.list, l.p, l.down); err != nil {
				return err
			}
		}
		s.tell(inbox.ChannelSyncing)
		if err := s.dueFiles(ctx); err != nil {
			return err
		}
	}
	s.cur.History, s.cur.Whole = nil, h.Began
	return s.store(ctx, nil, false)
}

// older reads a list's next page of the past.
func (s *syncing) older(ctx context.Context, l list, p *progress, down *descent) error {
	if p.Done {
		return nil
	}
	page, err := s.a.page(ctx, l, p.Next, s.cur.History.Back, largePage)
	if p.Next != "" && forgotten(err) {
		p.Next = "" // the place is forgotten there: what comes twice changes nothing
		return s.older(ctx, l, p, down)
	}
	if err == nil {
		err = down.step(page)
	}
	if err != nil {
		return err
	}
	came := func() { p.Next, p.Done = page.next, page.next == "" || page.reaches(s.cur.History.Back) }
	if err := s.keep(ctx, page.messages, s.cur.History.Back, false, came); err != nil {
		return err
	}
	return s.store(ctx, nil, false)
}

// forgotten says that Twilio does not know a list's page any more.
func forgotten(err error) bool {
	code := inbox.CodeOf(err)
	return code == inbox.Invalid || code == inbox.NotFound
}

// live looks for what is new, again and again. A look after a pause goes as far
// back as the pause was long.
func (s *syncing) live(ctx context.Context) error {
	for {
		if err := s.look(ctx); err != nil {
			return err
		}
		s.tell(inbox.ChannelOK)
		if err := s.wait(ctx); err != nil {
			return err
		}
	}
}

// wait ends with the pace's next turn. Files that are due until then are
// fetched; none keeps the turn waiting.
func (s *syncing) wait(ctx context.Context) error {
	inner, cancel := context.WithCancel(ctx)
	turn := make(chan error, 1)
	var waiting sync.WaitGroup
	waiting.Go(func() { turn <- s.a.cfg.Pace.Next(inner, quick) })
	defer waiting.Wait()
	defer cancel()
	for {
		var due <-chan time.Time
		if at, some := s.nextFile(); !s.load(ctx) && some {
			due = s.a.cfg.Clock.After(at.Sub(s.a.cfg.Clock.Now()))
		}
		select {
		case err := <-turn:
			return err
		case got := <-s.loading:
			if err := s.took(ctx, got); err != nil {
				return err
			}
		case <-due:
		}
	}
}

// look is one look at both lists.
func (s *syncing) look(ctx context.Context) error {
	now := s.a.Now()
	whole := s.cur.Whole.Add(-overlap) // however long ago that was
	l := look{back: earlier(whole, now.Add(-overlap)), size: smallPage}
	switch {
	case s.swept.IsZero(): // the first of this run: all that it was not there for
		l = look{back: whole, size: largePage, all: true}
	case now.Sub(s.swept) >= sweepEvery:
		l = look{back: earlier(whole, now.Add(-sweepBack)), size: largePage, all: true}
	}
	var newest message
	for _, list := range []list{incoming, outgoing} {
		fresh, err := s.walk(ctx, list, l)
		if err != nil {
			return err
		}
		if fresh.at.After(newest.at) {
			newest = fresh
		}
	}
	s.a.cfg.Pace.Found(newest.sid)
	if l.all {
		s.swept = now
		s.forget(now.Add(-sweepBack - overlap))
	}
	if now.After(s.cur.Whole) {
		s.cur.Whole = now
	}
	if l.all { // the others are told with the next messages
		if err := s.store(ctx, nil, true); err != nil {
			return err
		}
	}
	return s.dueFiles(ctx)
}

func earlier(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}

// look says how far one goes.
type look struct {
	back time.Time
	size int
	all  bool // not only to the first page that is known
}

// walk reads a list from its newest page on, until a page is known or it is back
// far enough, and gives the newest of the first page that was not known. One that
// is broken off ends this run, and the next run's first look stops at nothing
// that is known.
func (s *syncing) walk(ctx context.Context, l list, k look) (newest message, err error) {
	var down descent
	for at := ""; ; {
		page, err := s.a.page(ctx, l, at, k.back, k.size)
		if at != "" && forgotten(err) {
			return newest, inbox.Errorf(inbox.Unavailable, "Twilio has a fault at present (%d). Postvak tries again later.", 400).Because(err)
		}
		if err == nil {
			err = down.step(page)
		}
		if err != nil {
			return newest, err
		}
		fresh, err := s.unknown(ctx, page.messages)
		if err != nil {
			return newest, err
		}
		end := page.next == "" || page.reaches(k.back) || !k.all && fresh.sid == ""
		if err := s.keep(ctx, page.messages, k.back, true, nil); err != nil {
			return newest, err
		}
		if at == "" {
			newest = fresh
		}
		if end {
			return newest, nil
		}
		at = page.next
	}
}

// unknown gives the newest message of a page that the sink has not, none when it
// has them all.
func (s *syncing) unknown(ctx context.Context, page []message) (message, error) {
	keys := make([]inbox.Key, len(page))
	for i, m := range page {
		keys[i] = s.a.key(m.sid)
	}
	known, err := s.sink.Known(ctx, keys)
	if err != nil {
		return message{}, err
	}
	for i, m := range page {
		if !known[keys[i]] {
			return m, nil
		}
	}
	return message{}, nil
}

// forget keeps what was told from growing with every message there ever was.
func (s *syncing) forget(before time.Time) {
	for sid, t := range s.told {
		if t.at.Before(before) {
			delete(s.told, sid)
		}
	}
}

func (s *syncing) tell(state inbox.ChannelState) {
	status := inbox.ChannelStatus{Channel: s.a.cfg.Channel.ID, State: state, Done: s.done}
	if state == inbox.ChannelOK {
		status.LastSync = s.a.cfg.Clock.Now()
	}
	s.sink.Status(status)
}
