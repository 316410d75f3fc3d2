package app

import (
	"context"
	"errors"
	"strings"

	"postvak/backend/imap"
	"postvak/backend/imaplog"
	"postvak/backend/inbox"
	"postvak/backend/teamlog"
	"postvak/backend/teamsync"
)

// teamMailbox is where the team log lies, and as whom this computer signs in
// there. The password is in the keyring.
type teamMailbox struct {
	IMAP   inbox.Server `json:"imap"`
	SMTP   inbox.Server `json:"smtp,omitzero"` // for alerts; may be empty
	Folder string       `json:"folder"`
	LogID  string       `json:"log"`
	// OAuth is set where a provider signs in instead of a password.
	OAuth inbox.OAuthSettings `json:"oauth,omitzero"`
	// grant is a sign-in that is being tried and stands in the keyring not yet.
	grant *grant
	// Invited is the user name that stood in the invitation: the team's login,
	// not a person's own. "" without one.
	Invited string   `json:"invited,omitempty"`
	Words   []string `json:"words,omitempty"` // that an admin compares, of a computer that asked to join
}

const (
	// teamMailboxKey is the setting that makes a team of one a team: without it
	// the log is a table of this computer.
	teamMailboxKey = "team.mailbox"
	// teamPasswordName is the handle of the team mailbox's password.
	teamPasswordName = "team/password"
)

// domain checks a team mailbox that a person typed. With a grant there need be
// no password.
func (r MailboxRequest) domain() (teamMailbox, error) {
	server := Server{r.Host, r.Port, r.Security, r.Username}
	m := teamMailbox{Folder: strings.TrimSpace(r.Folder)}
	var err error
	if m.IMAP, err = server.domain("IMAP"); err != nil {
		return m, err
	}
	if r.SMTP.Host != "" {
		if r.SMTP.Username == "" {
			r.SMTP.Username = m.IMAP.Username
		}
		if m.SMTP, err = r.SMTP.domain("SMTP"); err != nil {
			return m, err
		}
	}
	if r.Password == "" && r.Grant == "" {
		return m, inbox.Errorf(inbox.Invalid, "The password is missing.")
	}
	return m, nil
}

// by has a mailbox signed in to in another way.
func (m *teamMailbox) by(with credential) { m.OAuth, m.grant = with.settings(), with.grant }

// mailboxOfTeam gives the team mailbox of this computer, if it has one.
func (a *App) mailboxOfTeam(ctx context.Context) (m teamMailbox, any bool, err error) {
	any, err = a.db.Setting(ctx, teamMailboxKey, &m)
	return m, any && m.IMAP.Host != "", err
}

// keepMailbox stores the team mailbox and its password; the password first, so
// that what the setting promises is there.
func (a *App) keepMailbox(ctx context.Context, m teamMailbox, password Secret) error {
	if m.grant != nil {
		password, m.grant = m.grant.secret(), nil
	}
	if err := a.secrets.Set(ctx, teamPasswordName, password.reveal()); err != nil {
		return err
	}
	a.teamBox.Store(&m)
	return a.db.PutSetting(ctx, teamMailboxKey, m)
}

// forgetMailbox takes back keepMailbox.
func (a *App) forgetMailbox(ctx context.Context) error {
	a.teamBox.Store(nil)
	err := a.db.PutSetting(ctx, teamMailboxKey, teamMailbox{})
	return errors.Join(err, a.secrets.Delete(ctx, teamPasswordName))
}

// logConfig is how the engine reaches a team mailbox.
func (a *App) logConfig(m teamMailbox, password Secret) imaplog.Config {
	a.known.learnSecret(password.reveal())
	log := a.log.With("part", "team mailbox")
	server := imap.Config{
		Host: m.IMAP.Host, Port: m.IMAP.Port, Security: string(m.IMAP.Security), Username: m.IMAP.Username,
		Password: password.reveal(), RootCAs: a.opt.Roots, Log: log,
	}
	switch {
	case m.grant != nil:
		server.Password, server.Bearer = "", m.grant.bearer(m.IMAP)
	case m.OAuth.On():
		server.Password, server.Bearer = "", a.teamBearer(m.OAuth, m.IMAP)
	}
	return imaplog.Config{
		IMAP:   server,
		Folder: m.Folder, LogID: m.LogID, Address: a.logAddress(m), Name: "Postvak",
		Describe: a.describeRecord, Sentence: a.logSentence(),
		Known:  a.knownOfLog,
		Report: func(f teamlog.Finding) { a.team.Report(f) },
		Clock:  a.clock, Log: log,
	}
}

// logAddress is what stands in the From line of the log's mails: the mailbox's
// own address, never a customer's.
func (a *App) logAddress(m teamMailbox) string {
	if strings.Contains(m.IMAP.Username, "@") {
		return m.IMAP.Username
	}
	return m.IMAP.Username + "@" + m.IMAP.Host
}

// openLog gives the engine that this computer's team uses: the table of a team
// of one, or the folder of the team mailbox.
func (a *App) openLog(ctx context.Context) (teamlog.Log, string, error) {
	m, any, err := a.mailboxOfTeam(ctx)
	if err == nil && any {
		any, err = a.arrived(ctx, m)
	}
	switch {
	case err != nil:
		return nil, "", err
	case !any && a.opt.TeamLog != nil:
		return a.opt.TeamLog, "", nil
	case !any:
		return a.db.Log(), "", nil
	}
	a.teamBox.Store(&m)
	return a.mailboxLog(ctx, m), m.LogID, nil
}

// arrived says whether this computer really follows the log in a mailbox. One
// that was ended between finding a team and asking to join it does not: it must
// never take that team's folder for its own.
func (a *App) arrived(ctx context.Context, m teamMailbox) (bool, error) {
	known, err := teamsync.KnownLog(ctx, teamStore{a})
	if err != nil || known == "" || known == m.LogID {
		return true, err
	}
	return false, a.forgetMailbox(ctx)
}

// mailboxLog gives the engine of a team mailbox, with the password from the
// keyring. Without it everything here can be read, and the status asks for it.
func (a *App) mailboxLog(ctx context.Context, m teamMailbox) teamlog.Log {
	password, err := a.secrets.Get(ctx, teamPasswordName)
	if err != nil {
		a.log.Warn("the team mailbox's password is missing", "error", err.Error())
		return lockedLog{}
	}
	return imaplog.New(a.logConfig(m, Secret(password)))
}

// lockedLog stands for a team mailbox whose password is not here. Who left the
// team is not asked for one.
type lockedLog struct{ left bool }

func (lockedLog) refuse() error {
	return inbox.Errorf(inbox.Auth, "The password of the team mailbox is not on this computer. Sign in again.")
}

// Append implements teamlog.Log.
func (l lockedLog) Append(context.Context, string, []byte) (teamlog.Pos, error) {
	return teamlog.Pos{}, l.refuse()
}

// Read implements teamlog.Log.
func (l lockedLog) Read(_ context.Context, after teamlog.Pos, _ func(teamlog.Pos, []byte) error) (teamlog.Pos, error) {
	if l.left {
		return after, nil
	}
	return after, l.refuse()
}

// Wait implements teamlog.Log. There is nothing to wait for until somebody
// signs in.
func (l lockedLog) Wait(ctx context.Context, _ teamlog.Pos) error {
	<-ctx.Done()
	return nil
}

// Close implements teamlog.Log.
func (lockedLog) Close() error { return nil }

// Remote implements teamlog.Remote.
func (lockedLog) Remote() {}

// checkMailbox tries a mailbox as a place for a team, step by step.
func (a *App) checkMailbox(ctx context.Context, r MailboxRequest) ([]Step, error) {
	var m teamMailbox
	var err error
	if r.Password == "" && r.Grant == "" {
		known, any, err := a.mailboxOfTeam(ctx)
		if err != nil {
			return nil, err
		}
		if r.Password, err = a.secrets.Get(ctx, teamPasswordName); !any || err != nil {
			return nil, inbox.Errorf(inbox.Invalid, "The password is missing.")
		}
		m = known
	} else if m, err = a.mailboxIn(r); err != nil {
		return nil, err
	}
	checks, err := imaplog.Doctor(ctx, a.logConfig(m, Secret(r.Password)))
	if len(checks) == 0 && err != nil {
		return nil, err
	}
	return mapped(checks, func(c imaplog.Check) Step { return Step{c.Step, c.OK, c.Message} }), nil
}

// signInTeam tries a new password for the team mailbox, or another login, and
// goes on with it.
func (a *App) signInTeam(ctx context.Context, r SignInRequest) error {
	m, any, err := a.mailboxOfTeam(ctx)
	if err != nil {
		return err
	}
	if !any {
		return inbox.Errorf(inbox.Conflict, "This is a team of one, without a mailbox.")
	}
	with, err := a.loginWith(r.Password, r.Grant)
	if err != nil {
		return err
	}
	m.by(with)
	if name := strings.TrimSpace(r.Username); name != "" {
		m.IMAP.Username = name
		if m.SMTP.Host != "" {
			m.SMTP.Username = name
		}
	}
	if _, err := imaplog.Find(ctx, a.logConfig(m, Secret(r.Password))); err != nil {
		return err
	}
	old, _ := a.secrets.Get(ctx, teamPasswordName)
	if err := a.grants.use(m.grant, func() error { return a.keepMailbox(ctx, m, Secret(r.Password)) }); err != nil {
		return err
	}
	m.grant = nil
	if err := a.goOn(ctx, imaplog.New(a.logConfig(m, Secret(r.Password)))); err != nil || old == r.Password {
		return err
	}
	return a.passwordChanged(ctx, "")
}

// goOn follows another engine, or closes it when that cannot be.
func (a *App) goOn(ctx context.Context, engine teamlog.Log) error {
	if err := a.team.Switch(ctx, engine); err != nil {
		return errors.Join(err, engine.Close())
	}
	return nil
}

// describeRecord is what people see of a record who open the folder.
func (a *App) describeRecord(id string, record []byte) imaplog.Description {
	subject, landmark := a.describe(id, record)
	return imaplog.Description{Subject: subject, Landmark: landmark}
}

// knownOfLog is what this computer has of the folder.
func (a *App) knownOfLog() imaplog.Known { return imaplog.Known(a.team.Known()) }
