package app

// NotificationSettings are the choices behind the bell (R14).
type NotificationSettings struct {
	Desktop NotificationBell `json:"desktop"` // this computer's own
	Email   NotificationBell `json:"email"`   // the member's, on whichever computer they sit
	// QuietHours and PausedUntil hold desktop notifications back (R20); e-mail
	// goes on.
	QuietHours QuietHours `json:"quietHours"`
	Sound      bool       `json:"sound"`
	Tone       string     `json:"tone"` // tick, chime, low; "" is tick
	// Preview shows the start of the text, not only who wrote where.
	Preview     bool     `json:"preview"`
	Muted       []string `json:"muted"`       // ids of channels that never notify
	PausedUntil string   `json:"pausedUntil"` // Notifications.Pause sets it, Save leaves it
}

// NotificationBell says of which events a person wants to hear: new messages in
// conversations of theirs, of others and of nobody, assignments to them, and
// reply windows of theirs that end within the hour.
type NotificationBell struct {
	Mine          bool `json:"mine"`
	Others        bool `json:"others"`
	Unassigned    bool `json:"unassigned"`
	AssignedToMe  bool `json:"assignedToMe"`
	WindowClosing bool `json:"windowClosing"`
}

// QuietHours are a part of the day in this computer's time, "18:00" to "08:30".
// Both empty: none. Both the same: the whole day. One that runs over midnight
// counts to the day it began on. No days: every day.
type QuietHours struct {
	From string   `json:"from"`
	To   string   `json:"to"`
	Days []string `json:"days"` // mon, tue, wed, thu, fri, sat, sun
}

// NotificationQuery asks for a page of the history.
type NotificationQuery struct {
	After    string `json:"after"`
	Limit    int    `json:"limit"`
	Everyone bool   `json:"everyone"` // also what this computer knows of teammates' e-mails
}

// NotificationPage is a page of the history, newest first.
type NotificationPage struct {
	Rows []NotificationRow `json:"rows"`
	Next string            `json:"next"`
}

// NotificationRow says what became of one event, for one member and medium
// (R19).
type NotificationRow struct {
	At             string `json:"at"`
	Event          string `json:"event"` // mine, others, unassigned, assignedToMe, windowClosing
	MemberID       string `json:"memberId"`
	ConversationID string `json:"conversationId"`
	Medium         string `json:"medium"`             // desktop, email
	Outcome        string `json:"outcome"`            // shown, sent, suppressed, failed, unknown
	Reason         string `json:"reason" words:"own"` // a sentence
	Code           string `json:"code"`               // the reason, for programs
	// Fix says where something can be done about it: bell, channels, you (one's
	// own address), system; "" when there is nothing to press.
	Fix       string `json:"fix"`
	ChannelID string `json:"channelId"`
	Contact   string `json:"contact"`
	Subject   string `json:"subject"`
	DecidedAt string `json:"decidedAt"`
}

// SelfTestStep is what was found out about one thing that a notification needs.
type SelfTestStep struct {
	Step    string `json:"step"` // bell, focus, running, tray, permission, do_not_disturb, desktop, email
	OK      bool   `json:"ok"`
	Message string `json:"message" words:"own"`
	Fix     string `json:"fix"` // as in NotificationRow
}
