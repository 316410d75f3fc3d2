package imap

import (
	"context"
	"errors"
	"fmt"
	"slices"

	goimap "github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"
)

const (
	// batchSize is how many messages one FETCH asks for. More is no faster.
	batchSize = 200
	// maxRedials is how often a Fetch reconnects without having got a message
	// in between: one bad message among 200 needs nine.
	maxRedials = 20
	// maxRefusals is how many messages in a row the server may refuse before
	// the folder or the server is held to be ill, not the messages.
	maxRefusals = 200
)

// Fetch gives the messages with these UIDs to fn, batch by batch in the order
// given; inside a batch the order is the server's. What fn gets it may keep. A
// message that was deleted meanwhile is left out. One that the server cannot
// give, or at which it breaks off, comes as an Item with Err: the batch is cut
// in halves until only that one is left, on a new connection where the old one
// broke.
//
// An error of fn ends the fetch, and nearly always the connection; it is
// returned as it is. KindBusy, KindClosed and so on mean that the rest was not
// fetched; what fn got before is good.
func (c *Conn) Fetch(ctx context.Context, uids []uint32, want Want, fn func(Item) error) error {
	if err := c.acquire(ctx); err != nil {
		return err
	}
	defer c.release()
	if c.selected.Name == "" {
		return &Error{Kind: KindConfig, Detail: "no folder is selected"}
	}
	f := &fetch{c: c, want: want, fn: fn, twice: map[uint32]bool{}}
	for batch := range slices.Chunk(uids, batchSize) {
		if err := f.batch(ctx, batch); err != nil {
			return err
		}
	}
	return nil
}

// FetchFrom gives all messages from a UID on to fn, with one command and in the
// server's order; when there are none it may give the last one before. One
// without content is left out. It never tries again: when it breaks off, Fetch
// finds out which message is to blame.
func (c *Conn) FetchFrom(ctx context.Context, from uint32, want Want, fn func(Item) error) error {
	if err := c.acquire(ctx); err != nil {
		return err
	}
	defer c.release()
	if c.selected.Name == "" {
		return &Error{Kind: KindConfig, Detail: "no folder is selected"}
	}
	f := &fetch{c: c, want: want, fn: fn}
	err := f.send(ctx, uidRange(from, 0), map[uint32]bool{})
	if given, ok := errors.AsType[errGiven](err); ok {
		return given.error
	}
	return err
}

// fetch is one call of Fetch.
type fetch struct {
	c        *Conn
	want     Want
	fn       func(Item) error
	twice    map[uint32]bool // messages at which the connection broke before
	redials  int             // since the last message
	refusals int             // since the last message
}

// errNoContent is a message of which there is only the number. Dovecot answers
// so for one that another program has just deleted.
var errNoContent = &Error{Kind: KindNo, Detail: "the server gave no content"}

// errGiven marks an error of the caller's own function.
type errGiven struct{ error }

func (e errGiven) Unwrap() error { return e.error }

// batch fetches uids, and cuts them in halves when that fails.
func (f *fetch) batch(ctx context.Context, uids []uint32) error {
	left, err := f.once(ctx, uids)
	switch {
	case err == nil && (len(left) == 0 || f.want == WantMeta):
		return nil
	case err == nil:
		return f.settle(ctx, left, errNoContent)
	}
	if given, ok := errors.AsType[errGiven](err); ok {
		return given.error
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if e, ok := errors.AsType[*Error](err); ok && throttled(e) {
		return err // no message is to blame, whether the server hangs up or not
	}
	broken := f.c.Closed()
	if broken {
		if err := f.again(ctx, err); err != nil {
			return err
		}
	} else if KindOf(err) == KindBusy {
		return err
	}
	switch {
	case len(left) == 0:
		return nil
	case len(left) > 1:
		if err := f.batch(ctx, left[:len(left)/2]); err != nil {
			return err
		}
		return f.batch(ctx, left[len(left)/2:])
	case broken && !f.twice[left[0]]: // perhaps it was only the network
		f.twice[left[0]] = true
		return f.batch(ctx, left)
	}
	return f.settle(ctx, left, err)
}

// again reconnects, a limited number of times.
func (f *fetch) again(ctx context.Context, why error) error {
	if f.redials++; f.redials > maxRedials {
		return why
	}
	return f.c.redial(ctx)
}

// settle sets messages aside that the server did not give, for the reason why.
// Those that were deleted meanwhile are no fault and left out.
func (f *fetch) settle(ctx context.Context, uids []uint32, why error) error {
	there, err := f.existing(ctx, uids)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if err != nil {
		there = uids // nobody knows
		if f.c.Closed() {
			if err := f.again(ctx, err); err != nil {
				return err
			}
		}
	}
	for _, uid := range there {
		if f.refusals++; f.refusals > maxRefusals {
			return why
		}
		if err := f.fn(Item{UID: uid, Err: why}); err != nil {
			return err
		}
	}
	return nil
}

// existing says which of uids are still in the folder. A server tells of
// deletions only between commands, and until then answers from its index.
func (f *fetch) existing(ctx context.Context, uids []uint32) (there []uint32, err error) {
	err = f.c.run(ctx, false, func(s *session) error { return s.client.Noop().Wait() })
	if err != nil {
		return nil, err
	}
	look := &fetch{c: f.c, want: WantMeta, fn: func(i Item) error {
		there = append(there, i.UID)
		return nil
	}}
	_, err = look.once(ctx, uids)
	return there, err
}

// once sends one FETCH, and says which messages did not come.
func (f *fetch) once(ctx context.Context, uids []uint32) (left []uint32, err error) {
	got := make(map[uint32]bool, len(uids))
	var set goimap.UIDSet
	for _, uid := range uids {
		set.AddNum(goimap.UID(uid))
	}
	err = f.send(ctx, set, got)
	for _, uid := range uids {
		if !got[uid] {
			left = append(left, uid)
		}
	}
	return left, err
}

func (f *fetch) send(ctx context.Context, set goimap.UIDSet, got map[uint32]bool) error {
	return f.c.runWatched(ctx, true, func(s *session, w *watch) error {
		s.sig.fetching.Store(f.mode())
		defer s.sig.fetching.Store(fetchNone)
		return f.receive(s, w, set, got)
	})
}

func (f *fetch) receive(s *session, w *watch, set goimap.UIDSet, got map[uint32]bool) error {
	cmd := s.client.Fetch(set, f.options())
	for m := cmd.Next(); m != nil; m = cmd.Next() {
		item, err := f.read(s, m)
		if err != nil {
			// The body broke off. From here on the library must not be asked to
			// finish this message: it would read beside its own goroutine, which
			// ends by itself now.
			s.fail(&Error{Kind: KindClosed, Err: err})
			return s.cause.Load()
		}
		if why := s.cause.Load(); why != nil { // it may have been cut short
			cmd.Close()
			return why
		}
		if item.UID == 0 || got[item.UID] || KindOf(item.Err) == KindNo {
			continue // settle looks at what has no content
		}
		got[item.UID] = true
		f.redials, f.refusals = 0, 0
		if err := w.handOver(func() error { return f.fn(item) }); err != nil {
			s.fail(&Error{Kind: KindClosed, Detail: "the fetch was given up"})
			cmd.Close()
			return errGiven{err}
		}
	}
	return cmd.Close()
}

// mode says which responses are answers.
func (f *fetch) mode() int32 {
	if f.want == WantMeta {
		return fetchAny
	}
	return fetchBody
}

func (f *fetch) options() *goimap.FetchOptions {
	o := &goimap.FetchOptions{UID: true, Flags: true, InternalDate: true, RFC822Size: true}
	switch f.want {
	case WantMeta:
	case WantHeader:
		o.BodySection = []*goimap.FetchItemBodySection{{Specifier: goimap.PartSpecifierHeader, Peek: true}}
	case WantBody:
		o.BodySection = []*goimap.FetchItemBodySection{{Peek: true}}
	}
	return o
}

// read takes one message out of the library's hands. An error means that the
// connection broke in the middle of it.
func (f *fetch) read(s *session, m *imapclient.FetchMessageData) (item Item, err error) {
	for data := m.Next(); data != nil; data = m.Next() {
		switch data := data.(type) {
		case imapclient.FetchItemDataUID:
			item.UID = uint32(data.UID)
		case imapclient.FetchItemDataFlags:
			item.Flags = ourFlags(data.Flags)
		case imapclient.FetchItemDataInternalDate:
			item.InternalDate = data.Time
		case imapclient.FetchItemDataRFC822Size:
			item.Size = data.Size
		case imapclient.FetchItemDataBodySection:
			if data.Literal == nil {
				item.Err = f.noContent(s, item.Size)
			} else if item.Raw, err = readGrowing(data.Literal, data.Literal.Size()); err != nil {
				return item, err
			}
		}
	}
	return item, nil
}

func (f *fetch) noContent(s *session, size int64) error {
	if size > s.cfg.MaxMessage {
		return &Error{Kind: KindTooLarge, Detail: fmt.Sprintf("%d bytes, more than %d", size, s.cfg.MaxMessage)}
	}
	return errNoContent
}
