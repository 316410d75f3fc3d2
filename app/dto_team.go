package app

// ChannelInfo is a connected account as the screen shows it.
type ChannelInfo struct {
	ID        string        `json:"id"`
	Kind      string        `json:"kind"`
	Name      string        `json:"name"`
	Address   string        `json:"address"`
	Shared    bool          `json:"shared"`
	Installer string        `json:"installer"`
	State     string        `json:"state"`
	Reason    string        `json:"reason" words:"own"`
	OpenSince string        `json:"openSince"`
	IMAP      Server        `json:"imap"`
	SMTP      Server        `json:"smtp"`
	Folders   FolderChoices `json:"folders"`
}

// Server is where and as whom to sign in.
type Server struct {
	Host     string `json:"host"`
	Port     int    `json:"port"`
	Security string `json:"security"` // tls, starttls, none
	Username string `json:"username"`
}

// Guess is what a mail address suggests.
type Guess struct {
	IMAP Server `json:"imap"`
	SMTP Server `json:"smtp"`
}

// FolderChoices name the folders to read; "" lets the server decide.
type FolderChoices struct {
	Inbox string `json:"inbox"`
	Sent  string `json:"sent"`
}

// ConnectEmailRequest is what the connect dialog asks for.
type ConnectEmailRequest struct {
	Name      string        `json:"name"`
	Address   string        `json:"address"`
	Shared    bool          `json:"shared"`
	OpenSince string        `json:"openSince"`
	SignIn    string        `json:"signIn"` // shared, own
	Folders   FolderChoices `json:"folders"`
	IMAP      Server        `json:"imap"`
	SMTP      Server        `json:"smtp"`
	Password  string        `json:"password"`
}

// ChannelChanges are the fields of a channel that may change; nil leaves one
// as it is.
type ChannelChanges struct {
	Name    *string        `json:"name,omitempty"`
	Shared  *bool          `json:"shared,omitempty"`
	Folders *FolderChoices `json:"folders,omitempty"`
	IMAP    *Server        `json:"imap,omitempty"`
	SMTP    *Server        `json:"smtp,omitempty"`
}

// SignInRequest has a channel's new secrets.
type SignInRequest struct {
	Password string `json:"password"`
}

// Step is one line of a check, in the order a person would check.
type Step struct {
	Step    string `json:"step"`
	OK      bool   `json:"ok"`
	Message string `json:"message" words:"own"`
}

// TeamStatus is the team as this computer sees it.
type TeamStatus struct {
	Team  string    `json:"team"`
	Me    string    `json:"me"`
	Role  string    `json:"role"`
	State string    `json:"state"`
	Log   LogStatus `json:"log"`
}

// LogStatus is how far the team log was read here.
type LogStatus struct {
	Position string   `json:"position"`
	Pending  int      `json:"pending"`
	Alarms   []string `json:"alarms" words:"own"`
}

// Member is a person of the team.
type Member struct {
	ID        string   `json:"id"`
	Name      string   `json:"name"`
	Email     string   `json:"email"`
	Role      string   `json:"role"`
	State     string   `json:"state"`
	Available bool     `json:"available"`
	Words     []string `json:"words"`
	Since     string   `json:"since"` // of being available, or not
}
