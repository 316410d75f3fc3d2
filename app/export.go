package app

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"slices"
	"time"

	"postvak/backend/export"
	"postvak/backend/inbox"
)

// ExportRequest says what to export, and how.
type ExportRequest struct {
	ConversationID string `json:"conversationId"` // "" is all that this member sees
	Format         string `json:"format"`         // mbox, json, html
}

// Export writes conversations into a file that other programs read, and gives
// its id: those that this member sees, so of private channels only their own
// (R31). No secret is in it (R32).
func (s *Settings) Export(r ExportRequest) (string, error) {
	return doWithin(s.app, "Settings.Export", movingLimit, func(ctx context.Context) (string, error) { return s.app.export(ctx, r) })
}

// Printable gives a conversation as a page to print: text only, as Export's.
func (s *Inbox) Printable(conversationID string) (HTMLPart, error) {
	return do(s.app, "Inbox.Printable", func(ctx context.Context) (HTMLPart, error) {
		var page limitedPage
		err := s.app.exportTo(ctx, &page, ExportRequest{ConversationID: conversationID, Format: "html"})
		return HTMLPart{HTML: page.String()}, err
	})
}

// maxPrintable bounds a page that is printed from the window.
const maxPrintable = 8 << 20

type limitedPage struct{ bytes.Buffer }

func (p *limitedPage) Write(b []byte) (int, error) {
	if p.Len()+len(b) > maxPrintable {
		return 0, inbox.Errorf(inbox.Invalid, "This conversation is too long to print at once. Export it as HTML and print that.")
	}
	return p.Buffer.Write(b)
}

func (a *App) export(ctx context.Context, r ExportRequest) (string, error) {
	done, err := a.oneMove()
	if err != nil {
		return "", err
	}
	defer done()
	file, err := a.parcels.create()
	if err != nil {
		return "", err
	}
	out := bufio.NewWriterSize(file, 1<<16)
	if err = a.exportTo(ctx, out, r); err == nil {
		err = out.Flush()
	}
	if err = errors.Join(err, file.Close()); err == nil {
		var made parcel
		if made, err = a.parcels.take("postvak-"+a.clock.Now().Format(time.DateOnly)+"."+r.Format, file.Name(), true); err == nil {
			return made.id, nil
		}
	}
	_ = os.Remove(file.Name())
	return "", cannotStore(err)
}

func (a *App) exportTo(ctx context.Context, out io.Writer, r ExportRequest) error {
	to, err := a.exportFormat(out, r.Format)
	if err != nil {
		return err
	}
	if r.ConversationID != "" {
		err = a.exportOne(ctx, to, inbox.Key(r.ConversationID))
	} else {
		err = a.exportAll(ctx, to)
	}
	if err != nil {
		return err
	}
	return to.End()
}

func (a *App) exportFormat(out io.Writer, format string) (export.Format, error) {
	now := a.clock.Now()
	switch format {
	case "mbox":
		return export.Mbox(out), nil
	case "json":
		return export.JSON(out, now), nil
	case "html":
		return export.HTML(out, export.Page{Language: a.pageLanguage(), Zone: time.Local, Made: now, Say: a.inWords}), nil //nolint:gosmopolitan // a person reads it here
	}
	return nil, inbox.Errorf(inbox.Invalid, "Postvak exports as mbox, json or html, not as %.20q.", format)
}

func (a *App) pageLanguage() string {
	if language := a.language(); language != "" {
		return language
	}
	return "en"
}

// exportAll goes through all that lists show. What moves from one section to
// another meanwhile is written once all the same.
func (a *App) exportAll(ctx context.Context, to export.Format) error {
	written := map[string]bool{}
	for _, section := range inbox.Sections() {
		for q := (ListQuery{Section: string(section), Sort: "oldest", Limit: 200}); ; {
			page, err := a.list(ctx, q)
			if err != nil {
				return err
			}
			for _, row := range page.Rows {
				if written[row.ID] {
					continue
				}
				written[row.ID] = true
				if err := a.exportOne(ctx, to, inbox.Key(row.ID)); err != nil && inbox.CodeOf(err) != inbox.NotFound {
					return err
				}
			}
			if q.After = page.Next; q.After == "" {
				break
			}
		}
	}
	return nil
}

// exportOne writes a conversation, the oldest page first. Nothing is written of
// one that is not there.
func (a *App) exportOne(ctx context.Context, to export.Format, id inbox.Key) error {
	newest, err := a.conversation(ctx, id, OpenQuery{Limit: 200})
	if err != nil {
		return err
	}
	pages := []string{""}
	for c := newest; c.Next != ""; {
		pages = append(pages, c.Next)
		if c, err = a.conversation(ctx, id, OpenQuery{Before: c.Next, Limit: 200}); err != nil {
			return err
		}
	}
	if err := to.Open(a.exportHead(newest)); err != nil {
		return err
	}
	notes := slices.Clone(newest.Notes)
	for _, before := range slices.Backward(pages) {
		c := newest
		if before != "" {
			if c, err = a.conversation(ctx, id, OpenQuery{Before: before, Limit: 200}); err != nil {
				return err
			}
		}
		for _, m := range c.Messages {
			for len(notes) > 0 && notes[0].At < m.At {
				if err := to.Message(a.exportNote(notes[0])); err != nil {
					return err
				}
				notes = notes[1:]
			}
			if err := to.Message(a.exportMessage(ctx, m)); err != nil {
				return err
			}
		}
	}
	for _, n := range notes {
		if err := to.Message(a.exportNote(n)); err != nil {
			return err
		}
	}
	return to.Close(a.exportTail(newest))
}

func (a *App) exportHead(c Conversation) export.Head {
	h := export.Head{ID: c.ID, Kind: c.Kind, Name: c.Contact.Name, Address: c.Contact.Address, Subject: c.Subject, Closed: c.Closed}
	if c.AssigneeID != "" {
		h.Assignee = a.nameOf(inbox.MemberID(c.AssigneeID))
	}
	for _, channel := range a.db.Channels() {
		if string(channel.ID) == c.ChannelID {
			h.Channel = channel.Name
		}
	}
	return h
}

// unsent are the states of what is not with its recipient, or not surely.
var unsent = []string{"queued", "sending", "failed", "needs_attention"}

func (a *App) exportMessage(ctx context.Context, m Message) export.Message {
	made := export.Message{
		ID: m.ID, Direction: m.Direction, At: moment(m.At), Name: m.Author.Name, Address: m.Author.Address, To: m.To, Cc: m.Cc,
		Subject: m.Subject, Text: m.Text, State: m.State, Unsent: slices.Contains(unsent, m.State),
	}
	for _, file := range m.Attachments {
		made.Attachments = append(made.Attachments, export.Attachment{Name: file.Name, Type: file.Type, Size: file.Size,
			Open: func() (io.ReadCloser, error) {
				opened, err := a.openFile(ctx, inbox.FileID(file.ID))
				return opened.content, err
			}})
	}
	if key := inbox.Key(m.ID); !key.Chat() && m.SetAside == "" {
		made.Raw = func() ([]byte, error) { return a.db.Source(ctx, key) }
	}
	return made
}

func (a *App) exportNote(n Note) export.Message {
	return export.Message{ID: n.ID, Note: true, At: moment(n.At), Name: a.nameOf(inbox.MemberID(n.MemberID)), Text: n.Text}
}

func (a *App) exportTail(c Conversation) export.Tail {
	var t export.Tail
	for _, x := range c.Activity {
		t.Activity = append(t.Activity, export.Activity{At: moment(x.At), Member: a.nameOf(inbox.MemberID(x.MemberID)), Kind: x.Kind, Text: x.Text, Void: x.Void})
	}
	for _, l := range c.Links {
		t.Links = append(t.Links, export.Link{Kind: l.Kind, ID: l.TargetID, Title: l.Title})
	}
	return t
}

// moment reads a time as calls carry it.
func moment(text string) time.Time {
	at, _ := time.Parse(time.RFC3339, text)
	return at
}
