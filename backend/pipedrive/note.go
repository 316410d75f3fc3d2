package pipedrive

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"postvak/backend/inbox"
)

// ReadNote implements crm.Provider.
func (c *Client) ReadNote(ctx context.Context, on inbox.RecordRef, id string) (inbox.NoteVersion, error) {
	n := inbox.NoteVersion{ID: id, On: on, Deleted: true}
	if !numeric.MatchString(id) {
		return n, ctx.Err()
	}
	said, err := c.call(ctx, ask{method: http.MethodGet, path: "/v1/notes/" + id})
	if isGone(err) {
		return n, nil
	}
	if err != nil {
		return inbox.NoteVersion{}, err
	}
	return version(said.Sub("data"), on, id)
}

// WriteNote implements crm.Provider. Pipedrive has no condition to write under:
// the caller has read the note just before, and was is not asked for again.
func (c *Client) WriteNote(ctx context.Context, on inbox.RecordRef, id, _ string, b Body) (inbox.NoteVersion, error) {
	ctx, cancel := context.WithTimeout(ctx, maxTime)
	defer cancel()
	a := ask{method: http.MethodPut, path: "/v1/notes/" + id, body: fields{"content": b.HTML}}
	switch {
	case id == "":
		if _, err := c.read(ctx, on); err != nil {
			return inbox.NoteVersion{}, err
		}
		content := fields{"content": b.HTML}
		content.set(string(on.Kind)+"_id", on.ID)
		a = ask{method: http.MethodPost, path: "/v1/notes", body: content}
	case !numeric.MatchString(id):
		return inbox.NoteVersion{}, gone()
	}
	said, err := c.call(ctx, a)
	if err != nil {
		return inbox.NoteVersion{}, err
	}
	n, err := version(said.Sub("data"), on, id)
	if err == nil && n.Deleted {
		return inbox.NoteVersion{}, gone()
	}
	return n, err
}

// FindNote implements crm.Provider. It looks through the newest 500 notes of a
// record.
func (c *Client) FindNote(ctx context.Context, on inbox.RecordRef, marker string) (inbox.NoteVersion, bool, error) {
	ctx, cancel := context.WithTimeout(ctx, maxTime)
	defer cancel()
	mark := ink(marker)
	if !proper(on) || mark == "" {
		return inbox.NoteVersion{}, false, ctx.Err()
	}
	query := url.Values{"sort": {"add_time DESC"}, "start": {"0"}, "limit": {strconv.Itoa(notePage)}}
	query.Set(string(on.Kind)+"_id", on.ID)
	var oldest object
	err := c.pages(ctx, "/v1/notes", query, func(o object) (bool, error) {
		if !denied(o, "active_flag") && strings.Contains(ink(textOfHTML(o.Text("content"))), mark) && (oldest == nil || before(o, oldest)) {
			oldest = o
		}
		return true, nil
	})
	if err != nil || oldest == nil {
		return inbox.NoteVersion{}, false, err
	}
	n, err := version(oldest, on, "")
	return n, err == nil, err
}

// before says whether a note was written before another one; of those of one
// second the smaller id is older.
func before(a, b object) bool {
	if at, other := a.When("add_time"), b.When("add_time"); !at.Equal(other) {
		return at.Before(other)
	}
	x, y := idOf(a, "id"), idOf(b, "id")
	return len(x) < len(y) || len(x) == len(y) && x < y
}

// version is a note as it stands: the one of an id, where one was asked for. On
// is another record than it was when somebody moved it there. Its update time
// has whole seconds, so that what it says is part of its version, too.
func version(o object, on inbox.RecordRef, id string) (inbox.NoteVersion, error) {
	n := inbox.NoteVersion{ID: idOf(o, "id"), On: on, Content: o.Text("content"), Deleted: denied(o, "active_flag") || o.Flag("is_deleted")}
	if n.ID == "" || id != "" && n.ID != id {
		return inbox.NoteVersion{}, unreadable("a note without its id")
	}
	if now := idOf(o, string(on.Kind)+"_id"); now != "" {
		n.On.ID = now
	}
	if n.Content == "" && !n.Deleted {
		return inbox.NoteVersion{}, unreadable("a note without content")
	}
	n.Text = textOfHTML(n.Content)
	sum := sha256.Sum256([]byte(o.Text("update_time") + "/" + n.Content))
	n.Version = hex.EncodeToString(sum[:12])
	return n, nil
}
