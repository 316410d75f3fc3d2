package app

import (
	"context"
	"log/slog"
	"os"
	"sync"
	"sync/atomic"

	"postvak/app/about"
	"postvak/backend/alerts"
	"postvak/backend/chat"
	"postvak/backend/inbox"
	"postvak/backend/intake"
	"postvak/backend/keyring"
	"postvak/backend/mime"
	"postvak/backend/notify"
	"postvak/backend/outbox"
	"postvak/backend/phone"
	"postvak/backend/run"
	"postvak/backend/sqlite"
	"postvak/backend/teamsync"
)

// App is the whole program but its host.
type App struct {
	opt      Options
	profile  profile
	clock    run.Clock
	logFile  *os.File
	log      *slog.Logger
	known    *redactor
	secrets  keyring.Store
	tokens   *tokenDesk
	grants   grantDesk
	db       *sqlite.DB
	team     *teamsync.Sync
	outbox   *outbox.Outbox
	intake   *intake.Intake[sqlite.Changed]
	hub      *hub
	board    statusBoard
	running  channelSet
	undo     undoList
	latest   latest
	notices  *noticeDesk
	sight    sight
	notify   *notify.Notify
	alerts   *alerts.Alerts
	teamBox  atomic.Pointer[teamMailbox] // nil: a team of one
	began    atomic.Pointer[start]       // see since
	signs    signs
	voids    voidDesk
	demo     *demo
	opened   atomic.Pointer[openedWindow] // see mainWindow
	follower follower
	// noticeKeeper looks after what the desktop shows.
	noticeKeeper follower
	crm          crmDesk
	// windowKeeper ends reply windows, templateKeeper keeps templates.
	windowKeeper, templateKeeper follower
	// closingKeeper tells of reply windows that end soon.
	closingKeeper follower
	// sightKeeper looks after what is in front of the person.
	sightKeeper follower
	bellSaving  sync.Mutex

	ctx    context.Context
	cancel context.CancelFunc
	group  *run.Group // what outlives channels: events, team log, outbox
	// tellers outlive the team log: what its last record tells must be noted.
	tellers *run.Group
	saving  sync.Mutex // one change of settings at a time
	// changing is held while this computer makes or joins a team.
	changing sync.Mutex

	// moving is held by a backup, a restore or an export. parcels are the files
	// that come and go with them; endings tells the host what a restore or a
	// removal asks of it; notRestored is why a restore was undone.
	moving      sync.Mutex
	parcels     *parcels
	endings     chan Ending
	notRestored atomic.Pointer[error]

	rebuilding atomic.Bool
	speaks     atomic.Pointer[string] // the language in settings, once it was asked for
	browsers   atomic.Pointer[string] // that of the browser which opened Postvak last
}

// New builds everything and starts it. The caller holds the folder (Acquire)
// and calls Close. What cannot start says why in one sentence.
func New(opt Options) (*App, error) {
	a := &App{opt: opt, parcels: newParcels(opt.Dir), endings: make(chan Ending, 1), clock: opt.Clock, known: newRedactor(), follower: newFollower(), noticeKeeper: newFollower(), sightKeeper: newFollower(), windowKeeper: newFollower(), templateKeeper: newFollower(), closingKeeper: newFollower()}
	a.board.channels = map[inbox.ChannelID]inbox.ChannelStatus{}
	a.ctx, a.cancel = context.WithCancel(context.Background())
	if err := a.start(); err != nil {
		a.Close()
		return nil, err
	}
	return a, nil
}

func (a *App) start() error {
	if err := makeDir(a.opt.Dir); err != nil {
		return err
	}
	var err error
	if a.logFile, err = openLog(a.opt.Dir); err != nil {
		return cannotWrite(a.opt.Dir, err)
	}
	a.log = newLogger(a.logFile, a.opt.LogLevel, a.known)
	if err = a.parcels.clear(); err != nil {
		return cannotWrite(a.opt.Dir, err)
	}
	if a.profile, err = openProfile(a.opt.Dir, a.opt.Sandbox); err != nil {
		return err
	}
	if err := a.openSecrets(); err != nil {
		return err
	}
	if err := a.beginDemo(); err != nil {
		return err
	}
	if a.clock == nil {
		a.clock = run.System
	}
	a.group, a.tellers = run.NewGroup(a.ctx), run.NewGroup(a.ctx)
	a.hub = newHub(run.System)
	a.group.Go("events", a.hub.deliver)
	if err := a.openCache(); err != nil {
		return err
	}
	if err := a.arrive(); err != nil {
		return err
	}
	if err := a.joinTeam(); err != nil {
		return err
	}
	if err := a.startOutbox(); err != nil {
		return err
	}
	if err := a.startChannels(); err != nil {
		return err
	}
	a.startNotify()
	a.startCrm()
	a.group.Go("team's channels", a.followTeam)
	a.group.Go("network", a.watchReturn().Watch)
	a.group.Go("reply windows", a.keepWindows)
	a.group.Go("templates", a.keepTemplates)
	a.log.Info("started", "version", about.Line(), "sandbox", a.opt.Sandbox, "kept", string(a.secrets.Kind()))
	return nil
}

func (a *App) openSecrets() error {
	store := a.opt.Secrets
	if store == nil {
		var err error
		store, err = keyring.Open(a.opt.keyringOf(a.opt.Dir, a.profile.ID))
		if err != nil {
			return err
		}
	}
	a.tokens = newTokenDesk(store, a.known)
	a.secrets = watchedSecrets{store, a.known, a.tokens}
	return nil
}

func (a *App) openCache() (err error) {
	a.db, err = sqlite.Open(a.ctx, a.opt.Dir, sqlite.Options{
		Me: a.profile.Member, Now: a.clock.Now, Parse: parse, Parser: parserVersion, Preview: mime.Preview,
		OurAlert: a.ourAlert, OurAddress: a.ourAddress, OwnText: ownText, PhoneDigits: phone.Digits,
		Progress: func(done, total int) { a.board.rebuilding(&Progress{done, total}) },
		Log:      a.log.With("part", "cache"),
	})
	a.board.rebuilding(nil)
	return err
}

// parserVersion changes with either parser: what the cache holds is then derived
// anew.
const parserVersion = mime.Version*1000 + chat.Version

// parse reads a stored message by what its key says that it is: what a stranger
// wrote decides nothing.
func parse(key inbox.Key, raw []byte) inbox.Message {
	if key.Chat() {
		return chat.Parse(raw)
	}
	return mime.Parse(raw)
}

// ownText is what a message's author wrote, without what they quoted.
func ownText(text string) string {
	own, quoted := mime.SplitQuote(text)
	if own == "" {
		return quoted // nothing but a quotation: it is what was written
	}
	return own
}

func (a *App) joinTeam() error {
	name := a.opt.Person
	team, email := "", ""
	if a.demo != nil {
		team, name, email = a.demo.world.Company(), a.demo.world.Me().Name, a.demo.world.Me().Email
	}
	if name == "" {
		name = personName()
	}
	engine, logID, err := a.openLog(a.ctx)
	if err != nil {
		return err
	}
	a.team = teamsync.New(teamsync.Config{
		Log: engine, LogID: logID, Store: teamStore{a}, Secrets: a.secrets, KeyName: deviceKeyName, Clock: a.clock,
		Me: a.profile.Member, Team: team, Name: name, Email: email,
		Changed: a.teamChanged, BecameMe: a.becameMe,
		Logger: a.log.With("part", "team"),
	})
	a.buildNotify()
	a.buildCrm()
	if err := a.team.Start(a.ctx, a.group); err != nil {
		return err
	}
	return a.noteStart(a.ctx)
}

// Close ends everything, the newest first: channels, then the outbox and the
// log, then what tells of their last news, then the cache. It may be called
// after a failed start.
func (a *App) Close() {
	a.endChannels()
	a.endDemo()
	if a.group != nil {
		a.group.Stop()
		a.tellers.Stop()
	}
	if a.opt.Desktop != nil {
		a.opt.Desktop.Close()
	}
	a.cancel()
	if a.db != nil {
		if err := a.db.Close(); err != nil {
			a.log.Error("closing the cache", "error", err.Error())
		}
	}
	if a.logFile != nil {
		_ = a.logFile.Close()
	}
}

// Services are what the window binds and headless mode serves: one thin struct
// for each service of the contract. Every exported method of theirs is a call.
func (a *App) Services() []any {
	return []any{
		&Inbox{a}, &Composer{a}, &Availability{a}, &Notifications{a}, &Crm{a}, &Channels{a}, &Team{a}, &Replies{a},
		&Settings{a}, &Files{a}, &Window{app: a}, &Sandbox{a},
	}
}

// changed tells the screen what a commit changed, and what notifies of
// what came with it.
func (a *App) changed(c sqlite.Changed) {
	if !c.Empty() || len(c.Sections) > 0 {
		a.hub.emit("inbox.changed", InboxChanged{ConversationIDs: texts(c.Conversations), Sections: texts(c.Sections)})
	}
	a.heard(c)
	a.windowKeeper.poke()
	a.closingKeeper.poke()
	a.crmHeard(c)
	a.foundVoid(c.Voided)
}

func texts[T ~string](values []T) []string {
	out := make([]string, len(values))
	for i, v := range values {
		out[i] = string(v)
	}
	return out
}
