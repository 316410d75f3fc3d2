package app

import (
	"bytes"
	"encoding/json"

	"postvak/backend/inbox"
)

// CrmProvider says which CRM the team uses, and whether it can be asked from
// this computer.
type CrmProvider struct {
	Kind      string    `json:"kind"`    // builtin, pipedrive
	Account   string    `json:"account"` // whose token is here: the name; "" without
	Connected bool      `json:"connected"`
	Admin     bool      `json:"admin"` // who sits here may change which CRM the team uses (R30)
	Company   string    `json:"company"`
	Reason    string    `json:"reason" words:"own"` // why it cannot be asked, or not changed
	Budget    CrmBudget `json:"budget"`
}

// CrmBudget is what an account may still ask of its CRM today, in its own
// units; Known is false where nobody counts, or nothing was asked yet.
type CrmBudget struct {
	Left  int  `json:"left"`
	Limit int  `json:"limit"`
	Known bool `json:"known"`
}

// CrmConnect chooses the team's CRM, or signs this computer's member in to the
// one that the team uses.
type CrmConnect struct {
	Kind    string `json:"kind"` // builtin, pipedrive
	Token   string `json:"token"`
	BaseURL string `json:"baseUrl"` // "" but for tests
}

// RecordHit is one answer of a search as you type.
type RecordHit struct {
	Kind     string `json:"kind"` // person, lead, deal
	ID       string `json:"id"`
	Title    string `json:"title"` // a person's name
	Subtitle string `json:"subtitle"`
}

// Record is a person, lead or deal.
type Record struct {
	RecordHit
	Emails        []string             `json:"emails"`
	Phones        []string             `json:"phones"`
	Organization  string               `json:"organization"`
	PersonID      string               `json:"personId"` // whom a lead or deal is about
	Person        string               `json:"person"`
	Value         Amount               `json:"value"`
	Currency      string               `json:"currency"`
	Stage         string               `json:"stage"`  // of a deal
	Status        string               `json:"status"` // open, won, lost; of a lead: open, archived
	Label         string               `json:"label"`  // of a lead: hot, warm, cold
	Owner         string               `json:"owner"`
	OwnerID       string               `json:"ownerId"` // a member, where it is known which
	URL           string               `json:"url"`     // "" for the built-in contact book
	Notes         []BookNote           `json:"notes"`
	Conversations []LinkedConversation `json:"conversations"`
	Duplicates    []DuplicateHint      `json:"duplicates"`
	Records       []RelatedRecord      `json:"records"` // of a person: open ones first, at most 50
	Pending       bool                 `json:"pending"`
	ChangedAt     string               `json:"changedAt"`
}

// BookNote is a note at a record of the built-in contact book. Kept says that
// Postvak writes it for a linked conversation, until a person changes it (R24).
type BookNote struct {
	ID        string `json:"id"`
	At        string `json:"at"`
	ChangedAt string `json:"changedAt"`
	MemberID  string `json:"memberId"`
	Text      string `json:"text"`
	Pending   bool   `json:"pending"`
	Kept      bool   `json:"kept"`
}

// LinkedConversation is a conversation that is linked to a record.
type LinkedConversation struct {
	ID      string `json:"id"`
	Subject string `json:"subject"`
	Contact string `json:"contact"`
	At      string `json:"at"`
}

// RelatedRecord is a lead or deal that is about a person of the built-in contact
// book.
type RelatedRecord struct {
	RecordHit
	Stage    string `json:"stage"`
	Status   string `json:"status"`
	Label    string `json:"label"`
	Value    Amount `json:"value"`
	Currency string `json:"currency"`
}

// DuplicateHint names a record that may be the same.
type DuplicateHint struct {
	Kind  string `json:"kind"`
	ID    string `json:"id"`
	Title string `json:"title"`
	Why   string `json:"why"` // email, phone
}

// DuplicateGroup are records that may be one.
type DuplicateGroup struct {
	Why     string   `json:"why"` // email, phone
	Records []Record `json:"records"`
	More    int      `json:"more"` // how many are alike beside those
}

// RecordFields are what a record is made of. What is left out stays empty, or
// as it is. Name, Email and Phone are a person's, also the one's that a lead or
// deal brings along; Emails and Phones are all of them.
type RecordFields struct {
	Name         *string   `json:"name,omitempty"`
	Title        *string   `json:"title,omitempty"`
	Email        *string   `json:"email,omitempty"`
	Phone        *string   `json:"phone,omitempty"`
	Emails       *[]string `json:"emails,omitempty"`
	Phones       *[]string `json:"phones,omitempty"`
	Organization *string   `json:"organization,omitempty"`
	PersonID     *string   `json:"personId,omitempty"` // somebody who is there already
	Value        *Amount   `json:"value,omitempty"`
	Currency     *string   `json:"currency,omitempty"`
	Stage        *string   `json:"stage,omitempty"`
	Status       *string   `json:"status,omitempty"`
	Label        *string   `json:"label,omitempty"`
	Owner        *string   `json:"owner,omitempty"` // a member's id
}

// RecordChanges changes the fields it is given. Was is what the person saw when
// they began: what somebody else changed since is not overwritten. Without it,
// it is what stands now.
type RecordChanges struct {
	RecordFields
	Was *RecordFields `json:"was,omitempty"`
}

// Amount is a decimal number as a text, "3250.00"; "" is none. A JSON number is
// taken, too.
type Amount string

// UnmarshalJSON takes a text or a number; what it says is checked where it is
// used.
func (a *Amount) UnmarshalJSON(text []byte) error {
	text = bytes.TrimSpace(text)
	if len(text) > 0 && text[0] == '"' {
		return json.Unmarshal(text, (*string)(a))
	}
	var number json.Number
	if err := json.Unmarshal(text, &number); err != nil {
		return inbox.Errorf(inbox.Invalid, "A value is a number such as 3250.00.").Because(err)
	}
	*a = Amount(number.String())
	return nil
}

// CrmStage is where a deal can stand; ID is what RecordFields.Stage takes.
type CrmStage struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

// RecordQuery asks for a page of records; After is the id of the last one of
// the page before.
type RecordQuery struct {
	After string `json:"after"`
	Limit int    `json:"limit"`
	Text  string `json:"text"`
}

// CrmNote is one note that Postvak keeps in the CRM for a link (R22).
type CrmNote struct {
	ID       string `json:"id"`
	LinkID   string `json:"linkId"`
	Kind     string `json:"kind"`
	TargetID string `json:"targetId"`
	From     string `json:"from"`
	Until    string `json:"until"` // it takes in messages until then (R23)
	State    string `json:"state"` // current, past, edited, deleted, pending
	Text     string `json:"text"`  // "" where it is not known here
	Reason   string `json:"reason" words:"own"`
}

// ContactMatch is a record that may be the contact.
type ContactMatch struct {
	Record
	Confidence string `json:"confidence"` // sure, maybe
	Why        string `json:"why"`        // email, phone, name
}

// ContactCard says who the contact of a conversation is.
type ContactCard struct {
	Matches []ContactMatch `json:"matches"`
	AsOf    string         `json:"asOf"` // when the CRM said so; "" when it was not asked yet
	// Reason says why the CRM could not be asked; "" when it could.
	Reason  string         `json:"reason" words:"own"`
	Prefill ContactPrefill `json:"prefill"`
	Earlier []EarlierTalk  `json:"earlier"`
}

// ContactPrefill is what a new record begins with.
type ContactPrefill struct {
	Name  string `json:"name"`
	Email string `json:"email"`
	Phone string `json:"phone"`
	Title string `json:"title"` // of a lead or deal
}

// EarlierTalk is another conversation of the same contact, on any channel.
type EarlierTalk struct {
	ID        string `json:"id"`
	Subject   string `json:"subject"`
	Kind      string `json:"kind"`
	ChannelID string `json:"channelId"`
	At        string `json:"at"`
	Closed    bool   `json:"closed"`
}

// ImportPreview is what a file of contacts holds, before it is taken in.
type ImportPreview struct {
	Columns    []ImportColumn `json:"columns"`
	Rows       [][]string     `json:"rows"` // the first five
	Total      int            `json:"total"`
	Duplicates int            `json:"duplicates"` // known here already
}

// ImportColumn is one column, and what it seems to hold; "" leaves it out.
type ImportColumn struct {
	Name  string `json:"name"`
	Field string `json:"field"`
}

// ImportOrder says what each column holds, in the file's order.
type ImportOrder struct {
	Columns []string `json:"columns"`
}

// ImportResult is what became of a file's rows: each is one of added, updated,
// skipped (it brought nothing new) and left out.
type ImportResult struct {
	Added    int             `json:"added"`
	Updated  int             `json:"updated"`
	Skipped  int             `json:"skipped"`
	LeftOut  int             `json:"leftOut"`
	Problems []ImportProblem `json:"problems"` // at most 100
}

// ImportProblem is a row that was left out.
type ImportProblem struct {
	Line    int    `json:"line"`
	Message string `json:"message" words:"own"`
}

// CrmChanged is what the event crm.changed carries; both lists empty: anything
// may have changed.
type CrmChanged struct {
	ConversationIDs []string `json:"conversationIds"`
	Records         []string `json:"records"`
}

func (c CrmChanged) join(later payload) payload {
	next := later.(CrmChanged)
	if c.everything() || next.everything() {
		return CrmChanged{ConversationIDs: []string{}, Records: []string{}}
	}
	return CrmChanged{
		ConversationIDs: union(c.ConversationIDs, next.ConversationIDs),
		Records:         union(c.Records, next.Records),
	}
}

func (c CrmChanged) everything() bool { return len(c.ConversationIDs) == 0 && len(c.Records) == 0 }
