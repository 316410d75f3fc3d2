package app

// Preferences are this computer's settings.
type Preferences struct {
	Language        string `json:"language"` // "", en, nl; "" follows the system
	Theme           string `json:"theme"`    // "", light, dark; "" follows the system
	SendKey         string `json:"sendKey"`  // enter, mod+enter
	UndoSendSeconds int    `json:"undoSendSeconds"`
	StartAtLogin    bool   `json:"startAtLogin"`
	KeepInTray      bool   `json:"keepInTray"`
	Signature       string `json:"signature"`
	Name            string `json:"name"` // one's own, as the team and customers see it
	// RemoteImages lists the senders whose remote pictures are always shown.
	RemoteImages []string `json:"remoteImages"`
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
	RemoteImages    *[]string `json:"remoteImages,omitempty"`
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
