package app

import "context"

// Replies is the service of the team's canned replies.
type Replies struct{ app *App }

// List gives them by name, own ones that wait for the log included.
func (s *Replies) List() ([]Reply, error) {
	return do(s.app, "Replies.List", s.app.listReplies)
}

// Save makes one or changes one. Of two members who change the same without
// having seen each other the first stands (R7).
func (s *Replies) Save(r ReplyChange) (SavedReply, error) {
	return do(s.app, "Replies.Save", func(ctx context.Context) (SavedReply, error) { return s.app.saveReply(ctx, r) })
}

// Delete takes one away; version is the one that the person saw. One that is
// gone already is no error.
func (s *Replies) Delete(id, version string) (Undo, error) {
	return do(s.app, "Replies.Delete", func(ctx context.Context) (Undo, error) { return s.app.deleteReply(ctx, id, version) })
}
