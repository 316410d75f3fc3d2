package imap

import (
	"context"

	goimap "github.com/emersion/go-imap/v2"
)

// Rename gives a folder another name. Its messages keep their UIDs on most
// servers. If it was selected, no folder is afterwards.
func (c *Conn) Rename(ctx context.Context, from, to string) error {
	return c.apart(ctx, from, func(s *session) error { return s.client.Rename(from, to, nil).Wait() })
}

// Delete removes a folder with everything in it. If it was selected, no folder
// is afterwards.
func (c *Conn) Delete(ctx context.Context, folder string) error {
	return c.apart(ctx, folder, func(s *session) error { return s.client.Delete(folder).Wait() })
}

// apart runs a command on a folder that must not be selected while it runs:
// servers differ in what happens then.
func (c *Conn) apart(ctx context.Context, folder string, f func(s *session) error) error {
	if err := c.acquire(ctx); err != nil {
		return err
	}
	defer c.release()
	if c.selected.Name == folder {
		if _, err := c.choose(ctx, "INBOX", true); err != nil && KindOf(err) != KindMissing {
			return err
		}
		c.selected = Mailbox{}
	}
	return c.run(ctx, false, func(s *session) error { return missing(s.explain(ctx, f(s))) })
}

// Unsubscribe takes a folder off the list that most mail programs show.
func (c *Conn) Unsubscribe(ctx context.Context, folder string) error {
	return c.do(ctx, false, func(s *session) error { return s.client.Unsubscribe(folder).Wait() })
}

// FlaggedUIDs lists the messages of the selected folder that are \Flagged, in
// ascending order.
func (c *Conn) FlaggedUIDs(ctx context.Context) (uids []uint32, err error) {
	err = c.do(ctx, true, func(s *session) (err error) {
		uids, err = c.search(s, &goimap.SearchCriteria{Flag: []goimap.Flag{goimap.FlagFlagged}})
		return err
	})
	return uids, err
}

// FindHeader lists the messages of the selected folder in one of whose fields
// of that name the value occurs, in ascending order.
func (c *Conn) FindHeader(ctx context.Context, field, value string) (uids []uint32, err error) {
	err = c.do(ctx, true, func(s *session) (err error) {
		uids, err = c.search(s, &goimap.SearchCriteria{Header: []goimap.SearchCriteriaHeaderField{{Key: field, Value: value}}})
		return err
	})
	return uids, err
}
