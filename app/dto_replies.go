package app

// Reply is one of the team's canned replies. Its text may hold variables such as
// {{contact.first}}, which the window fills in where it is put into an answer.
type Reply struct {
	ID       string `json:"id"`
	Name     string `json:"name"`
	Text     string `json:"text"`
	MemberID string `json:"memberId"` // who wrote it so
	At       string `json:"at"`
	Version  string `json:"version"` // for ReplyChange.Was and Replies.Delete
	Pending  bool   `json:"pending"` // it waits for the team's log
}

// ReplyChange makes a canned reply (no ID) or changes one. Was is the version
// that the person saw: another by now is a conflict with the detail "was".
type ReplyChange struct {
	ID   string `json:"id"`
	Name string `json:"name"`
	Text string `json:"text"`
	Was  string `json:"was"`
}

// SavedReply names a canned reply that was stored.
type SavedReply struct {
	ID     string `json:"id"`
	UndoID string `json:"undoId"`
}
