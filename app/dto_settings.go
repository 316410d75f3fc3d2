package app

// Preferences are this computer's settings.
type Preferences struct {
	Language string `json:"language"` // "", en, nl; "" follows the system
	// SystemLanguage is what "" stands for: en, nl, or "" when nothing says so.
	SystemLanguage  string `json:"systemLanguage"`
	Theme           string `json:"theme"`   // "", light, dark; "" follows the system
	SendKey         string `json:"sendKey"` // enter, mod+enter
	UndoSendSeconds int    `json:"undoSendSeconds"`
	StartAtLogin    bool   `json:"startAtLogin"`
	KeepInTray      bool   `json:"keepInTray"`
	Signature       string `json:"signature"`
	Name            string `json:"name"` // one's own, as the team and customers see it
	// Email is one's own address: alerts go there, and the team sees it.
	Email string `json:"email"`
	// RemoteImages lists the senders whose remote pictures are always shown.
	RemoteImages []string `json:"remoteImages"`
	// NeutralSubjects keeps names and subjects out of the subject lines of the
	// team log's mails. It is the team's, in the team log: admins change it (R30).
	NeutralSubjects bool `json:"neutralSubjects"`
}

// PreferenceChanges are the settings to change; nil leaves one as it is.
type PreferenceChanges struct {
	Language        *string   `json:"language,omitempty"`
	Theme           *string   `json:"theme,omitempty"`
	SendKey         *string   `json:"sendKey,omitempty"`
	UndoSendSeconds *int      `json:"undoSendSeconds,omitempty"`
	StartAtLogin    *bool     `json:"startAtLogin,omitempty"`
	KeepInTray      *bool     `json:"keepInTray,omitempty"`
	Signature       *string   `json:"signature,omitempty"`
	Name            *string   `json:"name,omitempty"`
	Email           *string   `json:"email,omitempty"`
	RemoteImages    *[]string `json:"remoteImages,omitempty"`
	NeutralSubjects *bool     `json:"neutralSubjects,omitempty"`
}

// Status is what the status line tells (R35).
type Status struct {
	Online   bool            `json:"online"`
	Text     string          `json:"text"`
	Secrets  string          `json:"secrets"` // keyring, passphrase, file
	Channels []ChannelStatus `json:"channels"`
	Sandbox  bool            `json:"sandbox"`
	Demo     bool            `json:"demo"` // there is a window to open the demo team in
	Version  string          `json:"version"`
	// Now is the program's clock, which the demo team can move.
	Now string `json:"now"`
	// Team is how the team log is, and State the team's: solo, pending, member,
	// removed.
	Team  LogStatus `json:"team"`
	State string    `json:"state"`
	// Rebuilding is how far a rebuild of the cache is; nil when there is none.
	Rebuilding *Progress `json:"rebuilding"`
}

// Progress is how far something is.
type Progress struct {
	Done  int `json:"done"`
	Total int `json:"total"`
}

// ChannelStatus is what one channel is doing.
type ChannelStatus struct {
	ID       string `json:"id"`
	State    string `json:"state"`
	Done     int    `json:"done"`
	Total    int    `json:"total"`
	SetAside int    `json:"setAside"`
	LastSync string `json:"lastSync"`
	Reason   string `json:"reason" words:"own"`
	Since    string `json:"since"`
	RetryAt  string `json:"retryAt"`
	Syncing  bool   `json:"syncing"`
}

// About is which Postvak this is. Commit and Date are "" when the build did not
// say.
type About struct {
	Version  string      `json:"version"`
	Commit   string      `json:"commit"`
	Date     string      `json:"date"` // of the commit
	Licences []Component `json:"licences"`
}

// Component is something that others wrote and that is in the program.
type Component struct {
	Name    string `json:"name"`
	Version string `json:"version"`
	Licence string `json:"licence"` // as SPDX writes it
}

// Diagnostics is what can be told about this computer without any secret.
// Text is all of it as plain text that can be sent to a helper.
type Diagnostics struct {
	Text     string    `json:"text"`
	Findings []Finding `json:"findings"` // the newest first
	Log      LogReport `json:"log"`
}

// Finding is something that was noticed about the team log: what was seen, what
// it means and what to do.
type Finding struct {
	Kind    string `json:"kind"`
	At      string `json:"at"`
	Count   int    `json:"count"` // how often it was seen
	Text    string `json:"text" words:"own"`
	Meaning string `json:"meaning" words:"own"`
	Todo    string `json:"todo" words:"own"`
}

// LogReport is where this computer stands in the team log.
type LogReport struct {
	Engine   string `json:"engine"` // local, mailbox
	ID       string `json:"id"`
	Position string `json:"position"`
	Records  int    `json:"records"` // accepted ones
	Pending  int    `json:"pending"`
	Phase    string `json:"phase"`
	Done     int    `json:"done"`
	Total    int    `json:"total"`
	Reason   string `json:"reason" words:"own"`
	Checked  bool   `json:"checked"` // every record up to here was checked here
}
