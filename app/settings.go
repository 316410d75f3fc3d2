package app

import (
	"context"
	"net/mail"
	"slices"

	"postvak/backend/inbox"
	"postvak/backend/teamlog"
)

// Settings is the contract's service of that name: this computer's own
// settings, its status, and its care.
type Settings struct{ app *App }

// Get gives the preferences.
func (s *Settings) Get() (Preferences, error) {
	return do(s.app, "Settings.Get", s.app.preferences)
}

// Save changes the preferences it is given.
func (s *Settings) Save(changes PreferenceChanges) error {
	return s.app.run("Settings.Save", func(ctx context.Context) error { return s.app.savePreferences(ctx, changes) })
}

// Status tells what is going on (R35).
func (s *Settings) Status() (Status, error) {
	return do(s.app, "Settings.Status", s.app.status)
}

// Rebuild drops the cache and derives it anew from what it came from.
func (s *Settings) Rebuild() error {
	return s.app.run("Settings.Rebuild", s.app.rebuild)
}

// OpenDemo starts the demo team in a window of its own. Window only.
func (s *Settings) OpenDemo() error {
	return s.app.run("Settings.OpenDemo", func(context.Context) error {
		if s.app.mainWindow() == nil {
			return notBuilt("Settings.OpenDemo")
		}
		return s.app.mainWindow().openDemo()
	})
}

const preferencesKey = "preferences"

// defaultPreferences are what a new profile starts with.
func defaultPreferences() Preferences {
	return Preferences{SendKey: "mod+enter", UndoSendSeconds: 5, KeepInTray: true}
}

// storedPreferences gives what this computer keeps.
func (a *App) storedPreferences(ctx context.Context) (Preferences, error) {
	p := defaultPreferences()
	_, err := a.db.Setting(ctx, preferencesKey, &p)
	return p, err
}

// preferences gives what is stored; name and address are the team log's.
func (a *App) preferences(ctx context.Context) (Preferences, error) {
	p, err := a.storedPreferences(ctx)
	if err != nil {
		return p, err
	}
	if me, ok := a.team.Member(a.team.Me()); ok {
		p.Name, p.Email = me.Name, me.Email
	}
	p.NeutralSubjects = a.neutralSubjects()
	p.SystemLanguage = a.systemLanguage()
	p.StartAtLogin = a.startsAtLogin(p.StartAtLogin)
	return p, nil
}

// maxUndoSend bounds how long a message can be held back.
const maxUndoSend = 120

// maxSignature bounds what is added to every mail.
const maxSignature = 10_000

func (a *App) savePreferences(ctx context.Context, changes PreferenceChanges) error {
	a.saving.Lock()
	defer a.saving.Unlock()
	p, err := a.preferences(ctx)
	if err != nil {
		return err
	}
	before := p
	set(&p.Language, changes.Language)
	set(&p.Theme, changes.Theme)
	set(&p.SendKey, changes.SendKey)
	set(&p.UndoSendSeconds, changes.UndoSendSeconds)
	set(&p.StartAtLogin, changes.StartAtLogin)
	set(&p.KeepInTray, changes.KeepInTray)
	set(&p.Signature, changes.Signature)
	set(&p.Name, changes.Name)
	set(&p.Email, changes.Email)
	set(&p.RemoteImages, changes.RemoteImages)
	set(&p.NeutralSubjects, changes.NeutralSubjects)
	if err := p.check(); err != nil {
		return err
	}
	if p.Name != before.Name || p.Email != before.Email {
		if err := a.introduce(ctx, p.Name, p.Email); err != nil {
			return err
		}
	}
	if p.NeutralSubjects != before.NeutralSubjects {
		if err := a.setNeutralSubjects(ctx, p.NeutralSubjects); err != nil {
			return err
		}
	}
	if p.StartAtLogin != before.StartAtLogin {
		if err := a.startAtLogin(p.StartAtLogin); err != nil {
			return err
		}
	}
	if p.KeepInTray != before.KeepInTray { // who chose need not be asked
		if err := a.answeredClosing(ctx); err != nil {
			return err
		}
	}
	if err := a.db.PutSetting(ctx, preferencesKey, p); err != nil {
		return err
	}
	a.speaks.Store(&p.Language)
	a.emitStatus() // its reasons are sentences too
	if p.Language != before.Language {
		a.hub.emit("team.changed", Ping{}) // and so are the team's and the channels'
		return a.sayNow(ctx)               // alerts are in it
	}
	return nil
}

func set[T any](field *T, change *T) {
	if change != nil {
		*field = *change
	}
}

// check refuses what the contract does not know.
func (p *Preferences) check() error {
	switch {
	case !slices.Contains([]string{"", "en", "nl"}, p.Language):
		return inbox.Errorf(inbox.Invalid, "Postvak speaks English (en) and Dutch (nl), not %q.", p.Language)
	case !slices.Contains([]string{"", "light", "dark"}, p.Theme):
		return inbox.Errorf(inbox.Invalid, "The theme is light, dark or empty for the system's, not %q.", p.Theme)
	case !slices.Contains([]string{"enter", "mod+enter"}, p.SendKey):
		return inbox.Errorf(inbox.Invalid, "The send key is enter or mod+enter, not %q.", p.SendKey)
	case p.UndoSendSeconds < 0 || p.UndoSendSeconds > maxUndoSend:
		return inbox.Errorf(inbox.Invalid, "Sending can be held back for 0 to %d seconds.", maxUndoSend)
	case len(p.Signature) > maxSignature:
		return inbox.Errorf(inbox.Invalid, "The signature is too long.")
	}
	for _, sender := range p.RemoteImages {
		if _, err := mail.ParseAddress(sender); err != nil {
			return inbox.Errorf(inbox.Invalid, "%q is not a mail address.", sender)
		}
	}
	return nil
}

// introduce tells the team one's name and address; without an address no e-mail
// alert comes (R14).
func (a *App) introduce(ctx context.Context, name, email string) error {
	me, _ := a.team.Member(a.team.Me())
	if email != "" && email != me.Email {
		address, err := mail.ParseAddress(email)
		if err != nil || address.Address != email || len(email) > maxAddress {
			return inbox.Errorf(inbox.Invalid, "%q is not a mail address.", email)
		}
	}
	update := &teamlog.MemberUpdate{Name: name, Email: email}
	if err := update.Validate(); err != nil {
		return inbox.Errorf(inbox.Invalid, "A name has 1 to 200 characters.")
	}
	_, err := a.team.Decide(ctx, update)
	return err
}

// allowRemote remembers that a sender's remote pictures are always shown.
func (a *App) allowRemote(ctx context.Context, sender string) error {
	p, err := a.preferences(ctx)
	if err != nil || sender == "" || slices.Contains(p.RemoteImages, sender) {
		return err
	}
	senders := append(p.RemoteImages, sender)
	return a.savePreferences(ctx, PreferenceChanges{RemoteImages: &senders})
}
