package imaplog

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"postvak/backend/imap"
	"postvak/backend/teamlog"
)

// compare holds a folder that was opened against what is known of it: the
// numbering, the record at a known place, and the count. It notes in the link
// what it finds. The caller has the turn.
func (l *Log) compare(ctx context.Context, lk *link) error {
	l.mu.Lock()
	due := !lk.missing && (lk.checked.IsZero() || lk.broken)
	l.mu.Unlock()
	if !due {
		return nil
	}
	c := comparison{lk: lk, known: l.cfg.Known()}
	l.mu.Lock()
	if l.epoch == lk.epoch {
		c.handed, c.last, c.missed = l.handed, l.last, l.missed
	}
	floor := l.floor
	l.mu.Unlock()
	if c.known.Epoch != lk.epoch {
		c.known = Known{}
	}
	if c.known.Positions.Max() == 0 {
		c.known.Floor = max(c.known.Floor, floor)
	}
	fits, err := c.anchors(ctx)
	if err == nil && fits {
		err = c.count(ctx)
	}
	if err != nil {
		return err
	}
	l.note(&c, fits)
	l.tell(&c, fits)
	return l.rights(ctx, lk)
}

// note keeps what the comparison found.
func (l *Log) note(c *comparison, fits bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	c.lk.checked, c.lk.broken, c.lk.late = l.cfg.Clock.Now(), !fits, c.late
	if !fits || l.epoch != c.lk.epoch {
		l.begin(c.lk.epoch)
	}
	l.missed = c.missed
}

// begin forgets what was handed over: it was of another numbering. The caller
// holds mu.
func (l *Log) begin(epoch string) {
	l.epoch, l.handed, l.missed, l.last, l.floor = epoch, teamlog.Ranges{}, teamlog.Ranges{}, anchor{}, 0
}

// tell reports what the comparison found.
func (l *Log) tell(c *comparison, fits bool) {
	folder := c.lk.box.Name
	if !fits {
		l.report(teamlog.NewEpoch, folder, 1)
	}
	if n := c.missed.Count(); n > 0 {
		l.report(teamlog.Vanished, folder+" "+list(c.missed), n)
	}
	if len(c.late) > 0 {
		l.report(teamlog.Late, fmt.Sprintf("%s %d", folder, c.late[0]), uint64(len(c.late)))
	}
}

// comparison is one folder against what is known of it.
type comparison struct {
	lk     *link
	known  Known
	handed teamlog.Ranges
	last   anchor
	late   []uint32
	missed teamlog.Ranges // known, and not there any more
}

// anchors looks at records whose places are known, the newest first. A server
// that brought an old copy of the folder back gives their numbers to others, or
// to none yet.
func (c *comparison) anchors(ctx context.Context) (fits bool, err error) {
	all := []anchor{c.last, {uint32(c.known.Anchor.N), c.known.AnchorID}}
	if all[1].uid > all[0].uid {
		all[0], all[1] = all[1], all[0]
	}
	top := c.top()
	if next := c.lk.box.UIDNext; next != 0 && next <= top {
		return false, nil
	}
	for _, a := range all {
		if a.uid == 0 || a.id == "" {
			continue
		}
		is, there, err := c.same(ctx, a)
		if err != nil || there {
			return is, err
		}
	}
	return true, nil
}

// top is the highest position that is known.
func (c *comparison) top() uint32 {
	return uint32(max(c.known.Positions.Max(), c.handed.Max(), c.known.Anchor.N, uint64(c.last.uid)))
}

// same reports whether the message there is the record that it was.
func (c *comparison) same(ctx context.Context, a anchor) (is, there bool, err error) {
	err = c.lk.conn.Fetch(ctx, []uint32{a.uid}, imap.WantBody, func(item imap.Item) error {
		there = there || item.Err == nil
		is = is || item.Err == nil && recordID(parse(item.Raw)) == a.id
		return nil
	})
	return is, there, err
}

// count compares how many messages there are with how many are known, and
// looks for the difference when there is one.
func (c *comparison) count(ctx context.Context) error {
	top, floor := c.top(), uint32(c.known.Floor)
	known := c.known.Positions
	more := c.handed.Diff(known)
	have := known.Count() + more.Count() - c.missed.Count()
	if known.Count()+more.Count() == 0 || top <= floor {
		return nil
	}
	if floor == 0 {
		newer, err := c.lk.conn.UIDs(ctx, top+1, 0)
		if err != nil || have+uint64(len(newer)) == uint64(c.lk.box.Exists) {
			return err
		}
	}
	uids, err := c.lk.conn.UIDs(ctx, floor+1, top)
	if err != nil {
		return err
	}
	var there teamlog.Ranges
	for _, uid := range uids {
		there.Add(uint64(uid))
		if n := uint64(uid); !known.Has(n) && !more.Has(n) {
			c.late = append(c.late, uid)
		}
	}
	c.missed = teamlog.Ranges{}
	for _, span := range slices.Concat(known.Diff(there).Spans(), more.Diff(there).Spans()) {
		if from := max(span.From, uint64(floor)+1); from <= span.To {
			c.missed.AddSpan(teamlog.Span{From: from, To: span.To})
		}
	}
	return nil
}

// list names positions, not all of them when they are many.
func list(r teamlog.Ranges) string {
	var parts []string
	for _, span := range r.Spans() {
		if len(parts) == 5 {
			parts = append(parts, "…")
			break
		}
		if span.From == span.To {
			parts = append(parts, fmt.Sprint(span.From))
		} else {
			parts = append(parts, fmt.Sprintf("%d–%d", span.From, span.To))
		}
	}
	return strings.Join(parts, ", ")
}

// rights says so when this account may only read.
func (l *Log) rights(ctx context.Context, lk *link) error {
	rights, err := lk.conn.Rights(ctx, lk.box.Name)
	if err != nil && lk.conn.Closed() {
		return err
	}
	if err == nil && !rights.Has("i") {
		l.report(teamlog.ReadOnly, lk.box.Name, 1)
	}
	return nil
}
