package whatsapp

import (
	"context"
	"errors"
	"slices"
	"time"

	"postvak/backend/chat"
	"postvak/backend/inbox"
	"postvak/backend/rest"
)

const (
	// fileTurn is how long a look, or a page of the past, waits for files. What
	// takes longer loads on beside the polls.
	fileTurn = 5 * time.Second
	// roomTime is how long messages wait, at most, for those before them to get
	// their files, where more files are owed than the cursor can name.
	roomTime = 5 * time.Minute
	// maxRow is after how many faults in a row nothing waits for room any more.
	maxRow = 3
	// faultPause is how long all files wait after a fault of Twilio's own.
	faultPause = 30 * time.Second
	// maxFaults is how often a file may fail, firstFault how long it waits after
	// the first time, twice as long after each further one, up to mostFault.
	maxFaults  = 8
	firstFault = time.Minute
	mostFault  = time.Hour
)

// lateAfter is when files that are not there yet are asked for again.
var lateAfter = []time.Duration{time.Second, 3 * time.Second, 9 * time.Second}

// owe notes that a message's files are to be fetched; false: too many are owed
// already.
func (s *syncing) owe(m message) bool {
	if slices.ContainsFunc(s.cur.Pending, func(p pending) bool { return p.SID == m.sid }) {
		return true
	}
	if len(s.cur.Pending) >= maxPending {
		return false
	}
	s.cur.Pending = append(s.cur.Pending, pending{SID: m.sid, Inbound: m.inbound, From: m.from, To: m.to, At: m.at, Media: m.media, Text: &m.body})
	return true
}

// nextFile is when files are to be asked for again.
func (s *syncing) nextFile() (at time.Time, some bool) {
	for i, p := range s.cur.Pending {
		if i == 0 || p.Next.Before(at) {
			at = p.Next
		}
	}
	return at, len(s.cur.Pending) > 0
}

// due is the message whose files are asked for next: those that failed come
// last.
func (s *syncing) due() (p pending, some bool) {
	now := s.a.cfg.Clock.Now()
	for _, q := range s.cur.Pending {
		left := q.Next.Sub(now)
		waits := left > 0 && left <= rest.Longest // else the computer's clock was set back
		if !waits && (!some || q.Faults < p.Faults) {
			p, some = q, true
		}
	}
	return p, some
}

// loaded is what became of a message's files.
type loaded struct {
	p     pending
	files []chat.File
	err   error
}

// load begins to fetch what is due, one message's files at a time; false when
// nothing is. Sync's goroutine takes what comes from s.loading.
func (s *syncing) load(ctx context.Context) bool {
	if s.loading != nil {
		return true
	}
	p, some := s.due()
	if !some {
		return false
	}
	loading := make(chan loaded, 1)
	s.loading = loading
	s.loads.Go(func() {
		files, err := s.a.files.of(ctx, &p)
		loading <- loaded{p, files, err}
	})
	return true
}

// dueFiles fetches the files whose time has come, for as long as a look waits
// for them.
func (s *syncing) dueFiles(ctx context.Context) error {
	return s.fetch(ctx, fileTurn, 0, func() bool { return false })
}

// makeRoom waits until n more messages may owe their files, for as long as files
// do come.
func (s *syncing) makeRoom(ctx context.Context, n int) error {
	patience := lateAfter[len(lateAfter)-1]
	return s.fetch(ctx, roomTime, patience, func() bool { return len(s.cur.Pending)+n <= maxPending || s.faults >= maxRow })
}

// fetch takes files until it is enough, most is over, or none is due within
// patience.
func (s *syncing) fetch(ctx context.Context, most, patience time.Duration, enough func() bool) error {
	var end <-chan time.Time
	for !enough() {
		var due <-chan time.Time
		if !s.load(ctx) {
			at, some := s.nextFile()
			left := at.Sub(s.a.cfg.Clock.Now())
			if !some || left > patience {
				return nil
			}
			due = s.a.cfg.Clock.After(left)
		}
		if end == nil {
			end = s.a.cfg.Clock.After(most)
		}
		select {
		case got := <-s.loading:
			if err := s.took(ctx, got); err != nil {
				return err
			}
		case <-due:
		case <-end:
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return nil
}

// took does what follows from what was loaded. Its errors are the sink's: no
// fault of a file ends a run.
func (s *syncing) took(ctx context.Context, got loaded) error {
	s.loading = nil
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case got.err != nil:
		return s.failed(ctx, got)
	}
	s.faults = 0
	return s.arrived(ctx, got.p, got.files)
}

// failed lets a message's files wait, and gives them up after the last time. All
// others wait, too, where Twilio itself has a fault or asks for it.
func (s *syncing) failed(ctx context.Context, got loaded) error {
	p, now := got.p, s.a.cfg.Clock.Now()
	s.faults++
	p.Faults++
	wait := min(firstFault<<min(p.Faults-1, 10), mostFault)
	if everybodys(got.err) {
		pause := max(faultPause, rest.WaitOf(got.err))
		wait = max(wait, pause)
		s.postpone(now.Add(pause))
	}
	if p.Faults >= maxFaults {
		s.a.cfg.Log.Warn("a message's files are not to be had", "channel", s.a.cfg.Channel.ID, "error", got.err)
		p.Tried = len(lateAfter)
		return s.arrived(ctx, p, got.files)
	}
	return s.later(ctx, p, now.Add(wait))
}

// everybodys says whether a fault would meet all files.
func everybodys(err error) bool {
	_, own := errors.AsType[*storeFault](err)
	code := inbox.CodeOf(err)
	return rest.WaitOf(err) > 0 || !own && (code == inbox.Unavailable || code == inbox.Auth)
}

// postpone lets all files wait.
func (s *syncing) postpone(next time.Time) {
	for i := range s.cur.Pending {
		if s.cur.Pending[i].Next.Before(next) {
			s.cur.Pending[i].Next = next
		}
	}
}

// later asks for a message's files again then, also in the next run.
func (s *syncing) later(ctx context.Context, p pending, next time.Time) error {
	p.Next = next
	s.cur.Pending[s.place(p)] = p
	return s.store(ctx, nil, true)
}

// place is where a pending message stands. Only arrived takes one away.
func (s *syncing) place(p pending) int {
	return slices.IndexFunc(s.cur.Pending, func(q pending) bool { return q.SID == p.SID })
}

// arrived stores a message again with its files, or asks for those that are late
// once more. After the last time they are gone.
func (s *syncing) arrived(ctx context.Context, p pending, files []chat.File) error {
	late := slices.ContainsFunc(files, func(f chat.File) bool { return f.Missing == inbox.MissingPending })
	if late && p.Tried < len(lateAfter) {
		p.Tried++
		return s.later(ctx, p, s.a.cfg.Clock.Now().Add(lateAfter[p.Tried-1]))
	}
	i := s.place(p)
	s.cur.Pending = slices.Delete(s.cur.Pending, i, i+1)
	if p.Text == nil { // the message itself is gone there: its stored copy stays
		return s.store(ctx, nil, true)
	}
	m := message{sid: p.SID, inbound: p.Inbound, from: p.From, to: p.To, at: p.At, media: p.Media, body: *p.Text}
	better := s.a.fetched(m, gone(files))
	better.Better = true
	return s.store(ctx, []inbox.Fetched{better}, true)
}

// gone are files of which those that are pending do not come any more.
func gone(files []chat.File) []chat.File {
	for i := range files {
		if files[i].Missing == inbox.MissingPending {
			files[i].Missing = inbox.MissingGone
		}
	}
	return files
}
