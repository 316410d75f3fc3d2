package app

import (
	"bytes"
	"context"
	"slices"
	"strings"
	"unicode/utf8"

	"postvak/backend/inbox"
	"postvak/backend/mime"
	"postvak/backend/sqlite"
	"postvak/backend/teamlog"
)

// maxLimit is the most rows of one page.
const maxLimit = 200

func checkLimit(limit int) error {
	if limit < 0 || limit > maxLimit {
		return inbox.Errorf(inbox.Invalid, "A page has 1 to %d rows (0: 50), not %d.", maxLimit, limit)
	}
	return nil
}

func (a *App) list(ctx context.Context, q ListQuery) (ListPage, error) {
	if err := checkLimit(q.Limit); err != nil {
		return ListPage{}, err
	}
	if !slices.Contains(inbox.Sections(), inbox.Section(q.Section)) {
		return ListPage{}, inbox.Errorf(inbox.Invalid, "There is no section %q: unassigned, mine, others or closed.", q.Section)
	}
	if q.Sort == "" {
		q.Sort = string(sqlite.Newest)
	}
	if !slices.Contains([]sqlite.Sort{sqlite.Newest, sqlite.Oldest, sqlite.ByWindow}, sqlite.Sort(q.Sort)) {
		return ListPage{}, inbox.Errorf(inbox.Invalid, "There is no order %q: newest, oldest or window.", q.Sort)
	}
	if q.Offset < 0 {
		return ListPage{}, inbox.Errorf(inbox.Invalid, "An offset is not negative.")
	}
	if kinds := []string{"", string(inbox.Email), string(inbox.WhatsApp), string(inbox.Messenger)}; !slices.Contains(kinds, q.Filter.Kind) {
		return ListPage{}, inbox.Errorf(inbox.Invalid, "There is no kind of channel %q: email, whatsapp or messenger.", q.Filter.Kind)
	}
	page, err := a.db.List(ctx, sqlite.ListQuery{
		Section: inbox.Section(q.Section), Channel: inbox.ChannelID(q.ChannelID), Sort: sqlite.Sort(q.Sort),
		Unread: q.Filter.Unread, Assignee: inbox.MemberID(q.Filter.AssigneeID), Text: q.Filter.Text,
		Kind: inbox.ChannelKind(q.Filter.Kind), After: q.After, Offset: q.Offset, Limit: q.Limit,
	})
	if err != nil {
		return ListPage{}, err
	}
	marks, err := a.db.Marks(ctx)
	return ListPage{Next: page.Next, Total: page.Total, Rows: mapped(page.Rows, func(r sqlite.Row) Row {
		row, own := a.listed(r), marks[r.ID]
		row.Pending = row.Pending || own.Waiting
		row.Attention, row.DraftPending = own.Attention, own.Draft
		return row
	})}, err
}

func (a *App) listed(r sqlite.Row) Row {
	window := a.windowOf(r)
	return Row{
		ID: string(r.ID), Contact: Contact{r.Contact.Name, r.Contact.Address}, Subject: r.Subject,
		ChannelID: string(r.Channel), Kind: string(r.Kind), Section: string(r.Section), AssigneeID: string(r.Assignee),
		Preview: a.previewOf(r.Kind, r.Preview), LastBy: string(r.LastBy), LastAt: stamp(r.LastAt), Unread: r.Unread, Closed: r.Closed,
		ReplyBy: stamp(window.Ends), Window: string(window.Mode), Pending: r.Pending,
	}
}

func (a *App) search(ctx context.Context, q SearchQuery) (SearchPage, error) {
	if err := checkLimit(q.Limit); err != nil {
		return SearchPage{}, err
	}
	page, err := a.db.Search(ctx, sqlite.SearchQuery{Text: q.Text, After: q.After, Limit: q.Limit})
	return SearchPage{Next: page.Next, Rows: mapped(page.Hits, func(h sqlite.Hit) SearchRow {
		return SearchRow{
			ConversationID: string(h.Conversation), MessageID: string(h.Message), Contact: nameOrAddress(h.Contact),
			Subject: h.Subject, Snippet: h.Snippet, At: stamp(h.At),
		}
	})}, err
}

func nameOrAddress(who inbox.Address) string {
	if who.Name != "" {
		return who.Name
	}
	return who.Address
}

// conversation gathers everything that the screen shows of a conversation.
func (a *App) conversation(ctx context.Context, id inbox.Key, q OpenQuery) (Conversation, error) {
	if err := checkLimit(q.Limit); err != nil {
		return Conversation{}, err
	}
	view, err := a.db.Conversation(ctx, id, sqlite.OpenQuery{Before: q.Before, Around: inbox.Key(q.Around), Limit: q.Limit})
	if err != nil {
		return Conversation{}, err
	}
	if !a.team.HasAccess(a.team.Me(), view.Channel) {
		return Conversation{}, inbox.Errorf(inbox.NotFound, "This conversation is not known here.")
	}
	prefs, err := a.preferences(ctx)
	if err != nil {
		return Conversation{}, err
	}
	c := Conversation{
		Row: a.listed(view.Row), Next: view.Next,
		Messages: mapped(view.Messages, func(m sqlite.MessageView) Message { return a.messageOf(m, prefs) }),
		Activity: mapped(view.Activity, a.activityOf),
		Notes: mapped(view.Notes, func(n teamlog.NoteState) Note {
			return Note{ID: n.ID, At: stamp(n.At), MemberID: string(n.Author), Text: n.Text, Mentions: texts(n.Mentions), Pending: n.Pending}
		}),
		Earlier: mapped(view.Earlier, relatedOf), Related: mapped(view.Related, relatedOf),
	}
	if view.Draft != nil {
		c.Draft = draftOf(*view.Draft)
		c.DraftFiles = a.filesOf(ctx, view.Draft.Attachments)
		if c.Answered, err = a.answered(ctx, view.ID); err != nil {
			return Conversation{}, err
		}
	}
	if c.Links, err = a.linksOf(ctx, view.ID, view.Links); err != nil {
		return Conversation{}, err
	}
	c.Drafting = a.drafting(view.Drafting)
	c.Composer = a.composerFor(view)
	return c, nil
}

func relatedOf(l sqlite.ConversationLink) Related {
	return Related{ID: string(l.ID), Subject: l.Subject, At: stamp(l.At)}
}

func (a *App) messageOf(m sqlite.MessageView, prefs Preferences) Message {
	own, quoted := mime.SplitQuote(m.Text)
	if own == "" || m.Key.Chat() {
		quoted = "" // nothing but a quotation: it is what was written
	}
	out := Message{
		ID: string(m.Key), Direction: string(m.Direction), Subject: m.Subject, At: stamp(m.At),
		Author: Author{Name: m.From.Name, Address: m.From.Address},
		To:     addresses(m.To), Cc: addresses(m.Cc), Recipients: recipients(m),
		Text: m.Text, Quoted: quoted, HTML: m.HTML, HasHTML: m.HasHTML,
		Attachments: mapped(m.Attachments, attachmentOf),
		State:       string(m.State), Reason: m.Reason, Warnings: m.Warnings, Gone: m.Gone, Detail: m.Detail, Template: m.Template,
		Remote: slices.Contains(prefs.RemoteImages, inbox.NormalAddress(m.From.Address)),
	}
	if out.State == "" {
		out.State = string(inbox.StateReceived)
		if m.Direction == inbox.Out {
			out.State = string(inbox.StateSent)
		}
	}
	if m.Author == "" && m.QueuedHere {
		m.Author = a.team.Me()
	}
	if m.Author != "" {
		out.Author.MemberID, out.Author.Name = string(m.Author), a.nameOf(m.Author)
	}
	if m.SetAside {
		out.SetAside = strings.Join(mapped(m.Warnings, a.inWords), " ")
		if out.SetAside == "" {
			out.SetAside = "This message could not be read."
		}
	}
	return out
}

func addresses(people []inbox.Address) []string {
	return mapped(people, func(p inbox.Address) string { return p.Address })
}

func recipients(m sqlite.MessageView) []Recipient {
	all := []Recipient{}
	for _, group := range []struct {
		kind   string
		people []inbox.Address
	}{{"to", m.To}, {"cc", m.Cc}, {"bcc", m.Bcc}} {
		for _, p := range group.people {
			all = append(all, Recipient{group.kind, p.Name, p.Address})
		}
	}
	return all
}

func attachmentOf(at inbox.Attachment) Attachment {
	return Attachment{ID: string(at.ID), Name: at.Name, Type: at.Type, Size: at.Size, Missing: string(at.Missing)}
}

func draftOf(d inbox.Draft) Draft {
	return Draft{
		To: d.To, Cc: d.Cc, Bcc: d.Bcc, ReplyAll: d.ReplyAll, Subject: d.Subject, Text: d.Text,
		Attachments: texts(d.Attachments), TemplateID: d.TemplateID, Variables: d.Variables, HumanAgent: d.HumanAgent,
	}
}

func (a *App) filesOf(ctx context.Context, ids []inbox.FileID) []Attachment {
	all := []Attachment{}
	for _, id := range ids {
		if f, err := a.db.File(ctx, id); err == nil {
			all = append(all, Attachment{ID: string(f.ID), Name: f.Name, Type: f.Type, Size: f.Size})
		}
	}
	return all
}

// maxSource bounds what crosses to the screen of a raw message.
const maxSource = 4 << 20

// source gives a raw message as text: bytes that are no UTF-8 are replaced.
func (a *App) source(ctx context.Context, id inbox.Key) (string, error) {
	raw, err := a.db.Source(ctx, id)
	if err != nil {
		return "", err
	}
	if id.Chat() { // behind its line of JSON lie the bytes of its files
		raw, _, _ = bytes.Cut(raw, []byte("\n"))
	}
	text := string(raw[:min(len(raw), maxSource)])
	if len(raw) > maxSource {
		text += "\n[…]\n"
	}
	return strings.ToValidUTF8(text, string(utf8.RuneError)), nil
}
