package app

import (
	"context"

	"postvak/backend/inbox"
	"postvak/backend/sqlite"
)

// Inbox is the contract's service of that name: lists, conversations, and what
// is decided about them.
type Inbox struct{ app *App }

// Sections gives the four sections with their counts, in the screen's order.
func (s *Inbox) Sections() ([]SectionCount, error) {
	return do(s.app, "Inbox.Sections", func(ctx context.Context) ([]SectionCount, error) {
		counts, err := s.app.db.Sections(ctx)
		return mapped(counts, func(c sqlite.SectionCount) SectionCount {
			return SectionCount{ID: string(c.Section), Total: c.Total, Unread: c.Unread}
		}), err
	})
}

// List gives a page of a section.
func (s *Inbox) List(q ListQuery) (ListPage, error) {
	return do(s.app, "Inbox.List", func(ctx context.Context) (ListPage, error) { return s.app.list(ctx, q) })
}

// Search finds messages, newest first.
func (s *Inbox) Search(q SearchQuery) (SearchPage, error) {
	return do(s.app, "Inbox.Search", func(ctx context.Context) (SearchPage, error) { return s.app.search(ctx, q) })
}

// Open gives a conversation with a page of its messages.
func (s *Inbox) Open(conversationID string, q OpenQuery) (Conversation, error) {
	return do(s.app, "Inbox.Open", func(ctx context.Context) (Conversation, error) {
		return s.app.conversation(ctx, inbox.Key(conversationID), q)
	})
}

// Html gives a message's one HTML part for the window's sanitiser.
func (s *Inbox) Html(messageID string, q HTMLQuery) (HTMLPart, error) {
	return do(s.app, "Inbox.Html", func(ctx context.Context) (HTMLPart, error) {
		return s.app.htmlOf(ctx, inbox.Key(messageID), q)
	})
}

// Source gives a message's raw text.
func (s *Inbox) Source(messageID string) (string, error) {
	return do(s.app, "Inbox.Source", func(ctx context.Context) (string, error) {
		return s.app.source(ctx, inbox.Key(messageID))
	})
}

// Assign gives a conversation to a member who is available (R2, R3).
func (s *Inbox) Assign(conversationID, memberID string) (Undo, error) {
	return s.decide("Inbox.Assign", BulkRequest{Do: doAssign, ConversationIDs: []string{conversationID}, MemberID: memberID})
}

// Unassign gives a conversation back to nobody (R5).
func (s *Inbox) Unassign(conversationID string) (Undo, error) {
	return s.decide("Inbox.Unassign", BulkRequest{Do: doUnassign, ConversationIDs: []string{conversationID}})
}

// Close closes a conversation (R8). It covers the messages known here: one
// that arrived meanwhile opens it again (R9).
func (s *Inbox) Close(conversationID string) (Undo, error) {
	return s.decide("Inbox.Close", BulkRequest{Do: doClose, ConversationIDs: []string{conversationID}})
}

// Reopen opens a closed conversation.
func (s *Inbox) Reopen(conversationID string) (Undo, error) {
	return s.decide("Inbox.Reopen", BulkRequest{Do: doReopen, ConversationIDs: []string{conversationID}})
}

// MarkRead marks a conversation as read by me.
func (s *Inbox) MarkRead(conversationID string) (Undo, error) {
	return s.decide("Inbox.MarkRead", BulkRequest{Do: doRead, ConversationIDs: []string{conversationID}})
}

// MarkUnread marks a conversation as unread by me.
func (s *Inbox) MarkUnread(conversationID string) (Undo, error) {
	return s.decide("Inbox.MarkUnread", BulkRequest{Do: doUnread, ConversationIDs: []string{conversationID}})
}

// Bulk does one thing to many conversations. It does all or, when one of them
// does not allow it, nothing.
func (s *Inbox) Bulk(r BulkRequest) (Undo, error) { return s.decide("Inbox.Bulk", r) }

func (s *Inbox) decide(name string, r BulkRequest) (Undo, error) {
	return do(s.app, name, func(ctx context.Context) (Undo, error) { return s.app.bulk(ctx, r) })
}

// Undo takes back what an undo id names.
func (s *Inbox) Undo(undoID string) error {
	return s.app.run("Inbox.Undo", func(ctx context.Context) error { return s.app.undoOne(ctx, undoID) })
}

// Delete removes a conversation for good. Only the channel's installer may
// (R11).
func (s *Inbox) Delete(conversationID string) error {
	return s.app.run("Inbox.Delete", func(ctx context.Context) error {
		return s.app.deleteConversation(ctx, inbox.Key(conversationID))
	})
}

// AddNote adds an internal note, which is never sent, and gives its id.
func (s *Inbox) AddNote(conversationID, text string) (string, error) {
	return do(s.app, "Inbox.AddNote", func(ctx context.Context) (string, error) {
		return s.app.addNote(ctx, inbox.Key(conversationID), text)
	})
}

// NameContact gives the contact of a conversation a name that the team sees; ""
// takes it back, and the provider's name, or the number, stands there again.
func (s *Inbox) NameContact(conversationID, name string) (Undo, error) {
	return do(s.app, "Inbox.NameContact", func(ctx context.Context) (Undo, error) {
		return s.app.nameContact(ctx, inbox.Key(conversationID), name)
	})
}

// OpenLink opens a link of a message in the system's browser. Window only.
func (s *Inbox) OpenLink(messageID, address string) error {
	return s.app.run("Inbox.OpenLink", func(context.Context) error { return s.app.openLink("Inbox.OpenLink", address) })
}

// mapped is a slice, each element turned into something else; never nil.
func mapped[A, B any](in []A, f func(A) B) []B {
	out := make([]B, len(in))
	for i, a := range in {
		out[i] = f(a)
	}
	return out
}
