package email

import (
	"context"
	"fmt"
	"runtime"
	"slices"
	"sync"

	"postvak/backend/imap"
	"postvak/backend/inbox"
	"postvak/backend/mime"

	"golang.org/x/sync/semaphore"
)

const (
	// chunk is how many messages one step of a sync has at most; the first one
	// has firstChunk.
	chunk, firstChunk = 500, 10
	// batchBytes of raw mail are stored at once; more of it is stored in parts,
	// of which only the last one moves the folder's state.
	batchBytes = 4 << 20
	// flightBytes of raw mail are in memory at a time, parsed several times as
	// much; a larger message is alone.
	flightBytes = 10 << 20
)

// pipe carries messages from the connection into the sink, so that fetching,
// parsing and storing go on at the same time: the connection's goroutine puts
// them in, a few workers parse, one goroutine stores batch by batch, in order.
type pipe struct {
	m      *Mailbox
	sink   Sink
	stored func(inbox.FolderState) // after each batch, by the storing goroutine

	ctx    context.Context
	cancel context.CancelCauseFunc
	budget *semaphore.Weighted
	jobs   chan job
	queue  chan *load
	done   sync.WaitGroup
}

// load is a batch on its way.
type load struct {
	batch  inbox.Batch
	bytes  int64
	parsed sync.WaitGroup
}

// job is one message to be parsed. The rest of its load belongs to whoever
// fills it.
type job struct {
	load *load
	into *inbox.Fetched
	role inbox.FolderRole
	item imap.Item
}

func (m *Mailbox) newPipe(ctx context.Context, sink Sink, stored func(inbox.FolderState)) *pipe {
	p := &pipe{m: m, sink: sink, stored: stored, budget: semaphore.NewWeighted(flightBytes),
		jobs: make(chan job, chunk), queue: make(chan *load, 2)}
	p.ctx, p.cancel = context.WithCancelCause(ctx)
	for range max(1, min(4, runtime.GOMAXPROCS(0))) {
		p.done.Go(p.parse)
	}
	p.done.Go(p.store)
	return p
}

// close waits until everything that was put in is stored, and says why not.
func (p *pipe) close() error {
	close(p.jobs)
	close(p.queue)
	p.done.Wait()
	err := context.Cause(p.ctx)
	p.cancel(nil)
	return err
}

// fetch takes one chunk of a folder through the pipe; before is the folder's
// state without it and after the one with it.
func (p *pipe) fetch(c *imap.Conn, uids []uint32, before, after inbox.FolderState, live bool) error {
	l := p.newLoad(before, live)
	err := c.Fetch(p.ctx, uids, imap.WantBody, func(item imap.Item) error {
		n := min(int64(len(item.Raw)), flightBytes)
		if len(l.batch.Messages) == chunk || l.bytes > 0 && l.bytes+n > batchBytes {
			if err := p.send(l); err != nil {
				return err
			}
			l = p.newLoad(before, live)
		}
		if err := p.budget.Acquire(p.ctx, n); err != nil {
			return context.Cause(p.ctx)
		}
		p.add(l, item, n)
		return nil
	})
	if err == nil {
		l.batch.Folder = after
	}
	if sent := p.send(l); err == nil {
		err = sent
	}
	if cause := context.Cause(p.ctx); cause != nil {
		return cause
	}
	return err
}

func (p *pipe) newLoad(state inbox.FolderState, live bool) *load {
	return &load{batch: inbox.Batch{Channel: p.m.cfg.Channel.ID, Folder: state, Live: live,
		Messages: make([]inbox.Fetched, 0, chunk)}}
}

// add gives one message to the parsing workers. The batch never grows beyond
// what was made room for, so its elements stay where they are.
func (p *pipe) add(l *load, item imap.Item, n int64) {
	l.bytes += n
	l.batch.Messages = append(l.batch.Messages, inbox.Fetched{})
	l.parsed.Add(1)
	p.jobs <- job{l, &l.batch.Messages[len(l.batch.Messages)-1], l.batch.Folder.Role, item}
}

func (p *pipe) send(l *load) error {
	select {
	case p.queue <- l:
		return nil
	case <-p.ctx.Done():
		return context.Cause(p.ctx)
	}
}

func (p *pipe) parse() {
	for j := range p.jobs {
		*j.into = p.m.fetched(j.item, j.role)
		j.load.parsed.Done()
	}
}

// store hands over batch after batch. After a failure the rest is dropped: the
// next sync begins where the stored state says.
func (p *pipe) store() {
	for l := range p.queue {
		l.parsed.Wait()
		if p.ctx.Err() == nil {
			if err := p.sink.Batch(p.ctx, l.batch); err != nil {
				p.cancel(err)
			} else {
				p.stored(l.batch.Folder)
			}
		}
		p.budget.Release(l.bytes)
	}
}

// fetched makes a message of what the server gave. One that it could not give,
// or that cannot be read, is set aside.
func (m *Mailbox) fetched(item imap.Item, role inbox.FolderRole) (f inbox.Fetched) {
	f = inbox.Fetched{Raw: item.Raw, UID: item.UID, Seen: item.Flags.Has(imap.Seen)}
	defer func() {
		if r := recover(); r != nil {
			m.cfg.Log.Error("a message could not be parsed", "channel", m.cfg.Channel.ID, "uid", item.UID, "panic", fmt.Sprint(r))
			f.Message = inbox.Message{Channel: m.cfg.Channel.ID, At: item.InternalDate}
			f.Problem = "This message could not be read. Its source is kept."
		}
	}()
	if item.Err != nil {
		f.Message = inbox.Message{Channel: m.cfg.Channel.ID, At: m.received(item, f.Message)}
		f.Problem = asideText(item)
		return f
	}
	f.Message = mime.Parse(item.Raw)
	for i := range f.Message.Attachments { // the store has them in the raw mail
		f.Message.Attachments[i].Data = nil
	}
	f.Message.Channel = m.cfg.Channel.ID
	f.Message.Key = inbox.MailKey(m.cfg.Channel.ID, mime.Digest(item.Raw))
	f.Message.At = m.received(item, f.Message)
	f.Message.Direction = m.direction(&f.Message, role)
	return f
}

// direction says whose a mail is. From is the sender's claim: contact forms
// write as us with their visitor in Reply-To, and so can anybody. What came in
// as from us and goes to nobody else is there to be read, like any other mail:
// it must not pass for an answer of ours, which nobody has to look at.
func (m *Mailbox) direction(mail *inbox.Message, role inbox.FolderRole) inbox.Direction {
	if role == inbox.FolderSent {
		return inbox.Out
	}
	if !m.isOwn(mail.From) || slices.ContainsFunc(mail.ReplyTo, m.isForeign) ||
		!slices.ContainsFunc(slices.Concat(mail.To, mail.Cc, mail.Bcc), m.isForeign) {
		return inbox.In
	}
	return inbox.Out // a copy to ourselves, written in another program
}

func (m *Mailbox) isOwn(a inbox.Address) bool { return m.own[inbox.NormalAddress(a.Address)] }

func (m *Mailbox) isForeign(a inbox.Address) bool { return a.Address != "" && !m.isOwn(a) }

func asideText(item imap.Item) string {
	if imap.KindOf(item.Err) == imap.KindTooLarge {
		return fmt.Sprintf("This message has %d MB, more than Postvak reads. It is still at the mail server.", item.Size>>20)
	}
	return "The mail server could not give this message. It may still be readable there with another program."
}
