package app

// SectionCount is one section with how many conversations stand in it.
type SectionCount struct {
	ID     string `json:"id"` // unassigned, mine, others, closed
	Total  int    `json:"total"`
	Unread int    `json:"unread"`
}

// ListQuery asks for a page of a section. After is the cursor that the page
// before gave; Offset skips rows after it, for a scroll bar dragged far down.
type ListQuery struct {
	Section   string     `json:"section"`
	ChannelID string     `json:"channelId"`
	Sort      string     `json:"sort"` // newest (default), oldest, window
	Filter    ListFilter `json:"filter"`
	After     string     `json:"after"`
	Offset    int        `json:"offset"`
	Limit     int        `json:"limit"`
}

// ListFilter narrows a list.
type ListFilter struct {
	Unread     bool   `json:"unread"`
	AssigneeID string `json:"assigneeId"`
	Text       string `json:"text"`
	Kind       string `json:"kind"` // email, whatsapp, messenger; "" is every kind
}

// ListPage is a page of rows. Next is "" on the last one; Total counts all
// rows that the query has, on every page.
type ListPage struct {
	Rows  []Row  `json:"rows"`
	Next  string `json:"next"`
	Total int    `json:"total"`
}

// Contact is the customer at the other end.
type Contact struct {
	Name    string `json:"name"`
	Address string `json:"address"`
}

// Row is a conversation as a list shows it.
type Row struct {
	ID         string  `json:"id"`
	Contact    Contact `json:"contact"`
	Subject    string  `json:"subject"`
	ChannelID  string  `json:"channelId"`
	Kind       string  `json:"kind"`
	Section    string  `json:"section"`
	AssigneeID string  `json:"assigneeId"`
	Preview    string  `json:"preview"`
	LastBy     string  `json:"lastBy"` // of a chat's last message: the member who wrote it
	LastAt     string  `json:"lastAt"`
	Unread     int     `json:"unread"`
	Closed     bool    `json:"closed"`
	ReplyBy    string  `json:"replyBy"` // when Window ends; "" when it does not
	// Window is what the channel lets one write now, network or not: free,
	// template_only, human_agent, blocked (R28).
	Window string `json:"window"`
	// Pending: something of it waits for the log or for the mail server.
	Pending      bool `json:"pending"`
	Attention    bool `json:"attention"`    // a message of it could not be sent
	DraftPending bool `json:"draftPending"` // an answer is being written
}

// SearchQuery asks for messages that have all the words of Text, newest first.
type SearchQuery struct {
	Text  string `json:"text"`
	After string `json:"after"`
	Limit int    `json:"limit"`
}

// SearchRow is one message found. Snippet marks the words found with U+0002
// and U+0003, which no message can contain.
type SearchRow struct {
	ConversationID string `json:"conversationId"`
	MessageID      string `json:"messageId"`
	Contact        string `json:"contact"`
	Subject        string `json:"subject"`
	Snippet        string `json:"snippet"`
	At             string `json:"at"`
}

// SearchPage is a page of search results.
type SearchPage struct {
	Rows []SearchRow `json:"rows"`
	Next string      `json:"next"`
}

// OpenQuery asks for a page of a conversation's messages: the newest, those
// before a cursor, or those around a message.
type OpenQuery struct {
	Before string `json:"before"`
	Around string `json:"around"`
	Limit  int    `json:"limit"`
}

// Conversation is a conversation with a page of its messages.
type Conversation struct {
	Row
	Messages []Message  `json:"messages"`
	Activity []Activity `json:"activity"`
	Notes    []Note     `json:"notes"`
	Links    []Link     `json:"links"`
	Earlier  []Related  `json:"earlier"` // this contact's other conversations, newest first
	Related  []Related  `json:"related"` // what a message here refers to without joining it
	Draft    Draft      `json:"draft"`
	// Drafting are the others who are writing an answer now, the latest first.
	Drafting []Drafter `json:"drafting"`
	// Answered is the newest answer of somebody else that is not older than the
	// draft here; nil when there is none. Composer.Send asks because of it.
	Answered *Answered `json:"answered"`
	// DraftFiles are the names of the draft's attachments.
	DraftFiles []Attachment  `json:"draftFiles"`
	Composer   ComposerState `json:"composer"`
	Next       string        `json:"next"`
}

// Message is one message of a conversation. HTML is one part as sent, for the
// window's sanitiser and nothing else.
type Message struct {
	ID          string       `json:"id"`
	Direction   string       `json:"direction"` // in, out
	Author      Author       `json:"author"`
	To          []string     `json:"to"`
	Cc          []string     `json:"cc"`
	Recipients  []Recipient  `json:"recipients"`
	Subject     string       `json:"subject"`
	At          string       `json:"at"`
	Text        string       `json:"text"`
	Quoted      string       `json:"quoted"` // the part of Text that repeats earlier messages; "" when there is none, and in chats
	HTML        string       `json:"html"`
	HasHTML     bool         `json:"hasHtml"`
	Attachments []Attachment `json:"attachments"`
	State       string       `json:"state"`
	Reason      string       `json:"reason" words:"own"`
	Warnings    []string     `json:"warnings" words:"own"`
	SetAside    string       `json:"setAside" words:"own"` // why it could not be read; "" when it could
	Gone        bool         `json:"gone"`                 // no longer at the provider
	Detail      string       `json:"detail"`               // the provider's own code of a failure
	Template    string       `json:"template"`             // the name of the template that it was sent as
	Remote      bool         `json:"remote"`               // this sender's remote pictures are always shown
}

// Author is who wrote a message; MemberID when it was one of the team.
type Author struct {
	Name     string `json:"name"`
	Address  string `json:"address"`
	MemberID string `json:"memberId"`
}

// Recipient is one person a message went to, with the name the sender gave.
type Recipient struct {
	Kind    string `json:"kind"` // to, cc, bcc
	Name    string `json:"name"`
	Address string `json:"address"`
}

// Attachment is a file of a message or a draft.
type Attachment struct {
	ID   string `json:"id"`
	Name string `json:"name"`
	Type string `json:"type"`
	Size int64  `json:"size"`
	// Missing says why the file is not here: pending, gone, too_large, refused.
	Missing string `json:"missing"`
}

// Drafter is a member who is writing an answer: since when, as far as their
// last sign of it tells. It is told for ten minutes.
type Drafter struct {
	MemberID string `json:"memberId"`
	Since    string `json:"since"`
}

// Answered is an answer that somebody else gave while a draft was written.
// MemberID is "" when it was sent with another program.
type Answered struct {
	MessageID string `json:"messageId"`
	MemberID  string `json:"memberId"`
	Name      string `json:"name"`
	At        string `json:"at"`
}

// Activity is something that a member did, as it stands between messages.
// Void ones had no effect, and Reason says why (R7).
type Activity struct {
	ID       string `json:"id"`
	At       string `json:"at"`
	MemberID string `json:"memberId"`
	Kind     string `json:"kind"`
	Text     string `json:"text"`
	Void     bool   `json:"void"`
	Reason   string `json:"reason" words:"own"`
	Pending  bool   `json:"pending"`
	TargetID string `json:"targetId"` // the member assigned to, for assign; the record, for crm.link and crm.unlink
	// Title and RecordKind are the linked record's, as it was called then.
	Title      string `json:"title"`
	RecordKind string `json:"recordKind"` // person, lead, deal
}

// Note is an internal note. It is never sent. Mentions are the members whom
// its text names as @Name.
type Note struct {
	ID       string   `json:"id"`
	At       string   `json:"at"`
	MemberID string   `json:"memberId"`
	Text     string   `json:"text"`
	Mentions []string `json:"mentions"`
	Pending  bool     `json:"pending"`
}

// Voided is an own decision that had no effect, until it is dismissed. Text says
// in one sentence what happened instead and who was first (R7). Again is what
// would decide it anew; nil where that makes no sense. Wrote is the text of a
// canned reply that was not stored: it is nowhere else.
type Voided struct {
	ID             string `json:"id"`
	ConversationID string `json:"conversationId"` // "" when it was about none, or is not known here
	Subject        string `json:"subject"`
	Kind           string `json:"kind"` // as of Activity
	Text           string `json:"text" words:"own"`
	Wrote          string `json:"wrote"` // "" for all but canned replies
	At             string `json:"at"`
	Again          *Again `json:"again"`
}

// Again is the assignment that was void, for Inbox.Assign; a MemberID of ""
// is for Inbox.Unassign.
type Again struct {
	MemberID string `json:"memberId"`
}

// Link ties a conversation to a CRM record (R21). What is known of the record
// may be from when it was last asked for.
type Link struct {
	ID       string `json:"id"`
	Kind     string `json:"kind"`     // person, lead, deal
	TargetID string `json:"targetId"` // "" while the record waits to be made
	Title    string `json:"title"`
	URL      string `json:"url"` // "" for the built-in contact book
	Pending  bool   `json:"pending"`
	Subtitle string `json:"subtitle"`
	Stage    string `json:"stage"`
	Value    Amount `json:"value"`
	Currency string `json:"currency"`
	Label    string `json:"label"`
	// Inert: another CRM's than the one in use, or of a record that is gone:
	// nothing is written there. Reason says why, or why it is pending.
	Inert  bool   `json:"inert"`
	Reason string `json:"reason" words:"own"`
}

// Draft is what a person is writing. In a reply, what is left out follows
// from the thread.
type Draft struct {
	To          []string          `json:"to"`
	Cc          []string          `json:"cc"`
	Bcc         []string          `json:"bcc"`
	ReplyAll    bool              `json:"replyAll"`
	Subject     string            `json:"subject"`
	Text        string            `json:"text"`
	Attachments []string          `json:"attachments"`
	TemplateID  string            `json:"templateId"`
	Variables   map[string]string `json:"variables"`
	// HumanAgent is the tick "written by me, no advertising" (R27).
	HumanAgent bool `json:"humanAgent"`
}

// ComposerState says what may be written now and what a reply would be.
type ComposerState struct {
	Mode    string     `json:"mode"` // free, template_only, human_agent, blocked, queue_only
	Reason  string     `json:"reason" words:"own"`
	ReplyBy string     `json:"replyBy"` // when Mode ends
	Next    string     `json:"next"`    // the mode that comes then; "" when none does
	Limits  Limits     `json:"limits"`
	Reply   ReplyDraft `json:"reply"`
	All     ReplyDraft `json:"all"`
}

// Limits are what the channel takes; 0 is no limit.
type Limits struct {
	Text       int   `json:"text"`       // characters
	ImageBytes int64 `json:"imageBytes"` // of one picture
	FileBytes  int64 `json:"fileBytes"`  // of one other file, or of all of a mail's
	Templates  bool  `json:"templates"`  // there are templates to choose from
	Subject    bool  `json:"subject"`    // subject, cc and bcc make sense
}

// ReplyDraft is what follows from the thread where a draft says nothing.
type ReplyDraft struct {
	To      []string `json:"to"`
	Cc      []string `json:"cc"`
	Subject string   `json:"subject"`
}

// Related names another conversation.
type Related struct {
	ID      string `json:"id"`
	Subject string `json:"subject"`
	At      string `json:"at"`
}

// HTMLQuery says whether remote images may be fetched: this once, or always
// for this sender.
type HTMLQuery struct {
	Remote bool `json:"remote"`
	Always bool `json:"always"`
}

// HTMLPart is one capped part with its own images mapped to data: addresses.
type HTMLPart struct {
	HTML string `json:"html"`
	// Remote counts the pictures that were left out because they lie elsewhere.
	Remote int `json:"remote"`
}

// Undo names what Inbox.Undo takes back; "" when there is nothing to undo.
type Undo struct {
	UndoID string `json:"undoId"`
}

// BulkRequest does one thing to many conversations.
type BulkRequest struct {
	Do              string   `json:"do"` // close, reopen, assign, unassign, read, unread
	ConversationIDs []string `json:"conversationIds"`
	MemberID        string   `json:"memberId"`
}

// SendRequest is a draft to send; Reopen also reopens a closed conversation
// (R10). Anyway sends although somebody answered while it was written: without
// it that is a conflict with the detail "answered". Signature is what the window
// put under the text as one, as it stands there: with it an e-mail goes as HTML
// too.
type SendRequest struct {
	Draft
	Reopen    bool   `json:"reopen"`
	Anyway    bool   `json:"anyway"`
	Signature string `json:"signature"`
}

// StartRequest is the first message of a new conversation. Signature is as in
// SendRequest.
type StartRequest struct {
	Draft
	ChannelID string `json:"channelId"`
	Signature string `json:"signature"`
}

// Started names a new conversation and its first message.
type Started struct {
	ConversationID string `json:"conversationId"`
	MessageID      string `json:"messageId"`
}

// OutboxRow is one message that is on its way or could not go.
type OutboxRow struct {
	MessageID      string `json:"messageId"`
	ConversationID string `json:"conversationId"`
	State          string `json:"state"`
	Reason         string `json:"reason" words:"own"`
	NextTry        string `json:"nextTry"`
	// Doubt: it is not known whether the provider has it.
	Doubt bool `json:"doubt"`
	// Over: its reply window is; trying it again only looks whether it was sent.
	Over   bool   `json:"over"`
	Detail string `json:"detail"` // the provider's own code for the reason
}
