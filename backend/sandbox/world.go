package sandbox

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"fmt"
	"sync"
	"time"

	"postvak/backend/inbox"
	"postvak/backend/run"
)

// The company of the demo: a workshop for lamps.
const (
	company        = "Zomerlicht"
	companyDomain  = "zomerlicht.example"
	companyAddress = "hallo@" + companyDomain
	// workSpan is how far back the mailbox begins to count as work (R36).
	workSpan = 30 * 24 * time.Hour
)

// Options say how a demo begins.
type Options struct {
	Clock Clock  // the whole program's; nil: NewClock
	Seed  uint64 // the same seed and time give the same mails, byte for byte
	Me    Person // the member at this desktop; a name is made up if there is none
	// Began is when the demo in this folder began for the first time, so that a
	// later start has the same past; zero: now.
	Began time.Time
	// Quiet leaves out what happens by itself: nobody writes or answers of
	// their own accord, and teammates do nothing.
	Quiet bool
}

// World is the demo's outside world. All of its methods may be called from
// several goroutines.
type World struct {
	opt      Options
	me       Person
	clock    Clock
	began    time.Time
	start    string // of this time, if it is not the first
	account  *account
	imap     *gate
	smtp     *gate
	password string
	moulds   moulds
	mates    []Teammate
	past     []pastAct
	group    *run.Group
	post     *schedule // what customers do
	team     *schedule // what teammates do by themselves
	offline  sync.Mutex

	mu     sync.Mutex
	mails  mailIndex
	sent   []SentMail
	made   int // mails made so far
	live   int // of them, mails that customers wrote by themselves
	script script
	chats  chats
	// customers are those who answer when they are answered.
	customers map[string]*customer
}

// Start makes the world: servers on loopback, a mailbox with the past weeks'
// mail in it, and customers. It ends with Stop, or when ctx ends (Stop must be
// called all the same, to wait).
func Start(ctx context.Context, opt Options) (*World, error) {
	if opt.Clock == nil {
		opt.Clock = NewClock()
	}
	if opt.Me.Name == "" {
		opt.Me.Name = "Robin Hofman"
	}
	again := !opt.Began.IsZero()
	if !again {
		opt.Began = opt.Clock.Now()
	}
	w := &World{
		opt: opt, clock: opt.Clock, began: opt.Began, password: rand.Text(),
		me:   Person{opt.Me.Name, addressAt(companyDomain, opt.Me.Name)},
		post: newSchedule(opt.Clock), team: newSchedule(opt.Clock),
		mails: newMailIndex(), customers: map[string]*customer{},
	}
	var err error
	if w.moulds, err = readMoulds(); err != nil {
		return nil, err
	}
	if w.chats, err = readChats(w.began); err != nil {
		return nil, err
	}
	w.account = newAccount(w.clock, companyAddress, w.password)
	if err := w.populate(); err != nil {
		return nil, err
	}
	if again { // what is written from now on is not what was written the last time
		w.start = opt.Clock.Now().Format(time.RFC3339Nano)
	}
	if err := w.openDoors(); err != nil {
		return nil, inbox.Errorf(inbox.Unavailable, "The demo's mail servers could not start on this computer.").Because(err)
	}
	w.group = run.NewGroup(ctx)
	if !opt.Quiet {
		w.planNextMail()
	}
	w.group.Go("customers", w.post.run)
	return w, nil
}

func (w *World) openDoors() (err error) {
	if w.imap, err = newGate(serveIMAP(w.account)); err != nil {
		return err
	}
	if w.smtp, err = newGate(serveSMTP(companyAddress, w.password, w.taken)); err != nil {
		w.imap.shut()
	}
	return err
}

// Stop ends the customers and the servers, cuts all connections and waits
// until nothing of the world runs any more.
func (w *World) Stop() {
	w.group.Stop()
	w.offline.Lock()
	defer w.offline.Unlock()
	w.imap.shut()
	w.smtp.shut()
}

// Channel is the demo company's mailbox, as a person would connect it. Its ID
// and installer are the program's to choose.
func (w *World) Channel() inbox.Channel {
	server := func(g *gate) inbox.Server {
		return inbox.Server{Host: loopbackIP4, Port: g.port, Security: inbox.NoTLS, Username: companyAddress}
	}
	return inbox.Channel{
		Kind: inbox.Email, Name: company, Address: companyAddress, Shared: true,
		OpenSince: w.began.Add(-workSpan), NotifySince: w.began,
		Email: inbox.EmailSettings{IMAP: server(w.imap), SMTP: server(w.smtp)},
	}
}

// Password is the mailbox's, made for this start alone.
func (w *World) Password() string { return w.password }

// Company is the name of the demo's team.
func (w *World) Company() string { return company }

// Me is the member at this desktop, as the demo company knows them.
func (w *World) Me() Person { return w.me }

// Advance moves the program's clock. What becomes due at the customers has
// happened when it returns.
func (w *World) Advance(d time.Duration) {
	w.clock.Advance(d)
	w.post.runDue(context.Background())
	w.post.nudge()
	w.team.nudge()
}

// SetOffline takes the world's servers off the network, or puts them back at
// the same ports. Mail that arrives meanwhile waits in the mailbox. Doing it
// twice is the same as doing it once.
func (w *World) SetOffline(offline bool) error {
	w.offline.Lock()
	defer w.offline.Unlock()
	if offline {
		w.imap.shut()
		w.smtp.shut()
		return nil
	}
	for _, door := range []*gate{w.imap, w.smtp} {
		if err := door.open(); err != nil {
			return inbox.Errorf(inbox.Unavailable,
				"Another program took port %d meanwhile: close it, or start the demo anew.", door.port).Because(err)
		}
	}
	return nil
}

// nextID makes a Message-ID that the same seed makes again. The caller holds
// mu.
func (w *World) nextID(domain string) string {
	w.made++
	sum := digest(fmt.Sprintf("%d/%d%s", w.opt.Seed, w.made, w.start))
	return base64.RawURLEncoding.EncodeToString(sum[:12]) + "@" + domain
}
