package teamsync_test

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"postvak/backend/inbox"
	"postvak/backend/run"
	"postvak/backend/teamlog"
	"postvak/backend/teamsync"
	"postvak/backend/teamsync/storetest"
)

// tester is what a desktop needs of a test: rapid's has it too.
type tester interface {
	Helper()
	Fatalf(format string, args ...any)
	Context() context.Context
}

var morning = time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)

const thread = inbox.Key("c1:first")

// secrets is a keyring in memory.
type secrets struct {
	mu  sync.Mutex
	all map[string]string
}

func newSecrets() *secrets { return &secrets{all: map[string]string{}} }

func (m *secrets) Get(_ context.Context, name string) (string, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if value, ok := m.all[name]; ok {
		return value, nil
	}
	return "", inbox.Errorf(inbox.NotFound, "no secret %q", name)
}

func (m *secrets) Set(_ context.Context, name, value string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.all[name] = value
	return nil
}

func (m *secrets) Delete(_ context.Context, name string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.all, name)
	return nil
}

// desktop is one member's computer: what survives a kill, and the Sync that
// does not.
type desktop struct {
	name    string
	store   *storetest.Memory
	secrets *secrets
	clock   *run.Manual
	client  *client
	sync    *teamsync.Sync
	logID   string
	local   teamlog.Log // instead of the client
	became  inbox.MemberID
	made    []string // decisions that were stored
}

// start runs the program on what the desktop has.
func (d *desktop) start(t tester) {
	t.Helper()
	if err := d.open(t); err != nil {
		t.Fatalf("%s does not start: %v", d.name, err)
	}
}

func (d *desktop) open(t tester) error {
	d.sync = teamsync.New(d.config())
	return d.sync.Open(t.Context())
}

func (d *desktop) config() teamsync.Config {
	engine := d.local
	if engine == nil {
		d.client.known = func() teamsync.Known { return d.sync.Known() }
		engine = d.client
	}
	return teamsync.Config{
		Log: engine, Store: d.store, Secrets: d.secrets, KeyName: "key", Clock: d.clock, Me: inbox.MemberID(d.name),
		Team: "Bakery", Name: d.name, Email: d.name + "@bakery.example", LogID: d.logID,
		BecameMe: func(id inbox.MemberID) { d.became = id }, Rand: func() float64 { return 0 },
	}
}

// newDesktop makes a desktop whose key follows from its name, so that a random
// history can be played again.
func newDesktop(name string, clock *run.Manual) *desktop {
	d := &desktop{name: name, store: storetest.NewMemory(), secrets: newSecrets(), clock: clock}
	seed := sha256.Sum256([]byte(name))
	d.secrets.all["key"] = base64.RawStdEncoding.EncodeToString(seed[:])
	return d
}

// team is a folder and the desktops that share it. The first one began it.
type team struct {
	server   *server
	clock    *run.Manual
	desktops []*desktop
}

// newTeam makes a team that is in step: the first member began alone and moved
// into the mailbox, the others asked and were let in.
func newTeam(t tester, names ...string) *team {
	t.Helper()
	m := &team{server: newServer(), clock: run.NewManual(morning)}
	first := newDesktop(names[0], m.clock)
	first.local = teamlog.NewMemory()
	first.start(t)
	first.client = &client{server: m.server}
	first.move(t)
	m.desktops = append(m.desktops, first)
	for _, name := range names[1:] {
		m.join(t, name)
	}
	return m
}

// move takes a team of one into the mailbox.
func (d *desktop) move(t tester) {
	t.Helper()
	d.client.known = func() teamsync.Known { return d.sync.Known() }
	if err := d.sync.Switch(t.Context(), d.client); err != nil {
		t.Fatalf("moving: %v", err)
	}
	d.local = nil
	d.exchange(t)
}

// join lets a new desktop in.
func (m *team) join(t tester, name string) *desktop {
	t.Helper()
	d := m.ask(t, name)
	first := m.desktops[0]
	first.exchange(t)
	var request teamlog.Request
	first.sync.View(func(team *teamlog.Team) {
		for _, r := range team.Requests() {
			if string(r.Member) == name {
				request = r
			}
		}
	})
	first.decide(t, &teamlog.MemberAdd{
		Member: request.Member, Name: request.Name, Email: request.Email, Role: teamlog.Person, Key: request.Key,
	})
	first.exchange(t)
	d.exchange(t)
	return d
}

// ask makes a desktop that asks to be let in.
func (m *team) ask(t tester, name string) *desktop {
	t.Helper()
	d := newDesktop(name, m.clock)
	d.client, d.logID = &client{server: m.server}, m.desktops[0].sync.LogID()
	d.start(t)
	m.desktops = append(m.desktops, d)
	d.exchange(t)
	if err := d.sync.Ask(t.Context(), &teamlog.Join{Member: inbox.MemberID(name), Name: name}); err != nil {
		t.Fatalf("asking: %v", err)
	}
	d.exchange(t)
	return d
}

func (d *desktop) exchange(t tester) {
	t.Helper()
	if err := d.sync.Exchange(t.Context()); err != nil {
		t.Fatalf("%s: %v", d.name, err)
	}
}

// decide stores events and remembers them.
func (d *desktop) decide(t tester, events ...teamlog.Event) []teamsync.Outcome {
	t.Helper()
	outcomes, err := d.sync.Decide(t.Context(), events...)
	if err != nil {
		t.Fatalf("%s decides: %v", d.name, err)
	}
	for _, o := range outcomes {
		d.made = append(d.made, o.ID)
	}
	return outcomes
}

func (d *desktop) note(t tester, text string) {
	t.Helper()
	d.decide(t, &teamlog.Note{Conversation: thread, Text: text})
}

// settle lets everybody exchange until nothing changes any more.
func (m *team) settle(t tester) {
	t.Helper()
	for range 30 {
		before := m.picture()
		for _, d := range m.desktops {
			_ = d.sync.Exchange(t.Context())
		}
		if m.picture() == before {
			return
		}
	}
	t.Fatalf("the team does not come to rest")
}

// picture changes whenever anything does.
func (m *team) picture() string {
	var b strings.Builder
	fmt.Fprintln(&b, m.server.epoch, len(m.server.records))
	for _, d := range m.desktops {
		waiting, _ := d.store.Pending(context.Background())
		_, cursor := d.sync.StateBytes()
		fmt.Fprintln(&b, cursor.Count, cursor.Pos, len(waiting))
	}
	return b.String()
}

// state is everything that must be equal on all desktops.
func (d *desktop) state() string {
	state, cursor := d.sync.StateBytes()
	text := fmt.Sprintf("%d %x\n%s\n", cursor.Count, cursor.Hash, state)
	conversations := d.store.Conversations()
	for _, key := range sortedKeys(conversations) {
		text += fmt.Sprintf("%s %+v\n", key, conversations[key])
	}
	return text
}

// difference shows where two texts part.
func difference(a, b string) string {
	n := 0
	for n < min(len(a), len(b)) && a[n] == b[n] {
		n++
	}
	from := max(n-40, 0)
	return fmt.Sprintf("%q and not %q", a[from:min(n+120, len(a))], b[from:min(n+120, len(b))])
}

func hashOf(text string) string { return fmt.Sprintf("%x", sha256.Sum256([]byte(text)))[:12] }

// equal checks that all desktops have the same state.
func (m *team) equal(t tester) {
	t.Helper()
	want := m.desktops[0].state()
	for _, d := range m.desktops[1:] {
		if got := d.state(); hashOf(got) != hashOf(want) {
			t.Fatalf("%s differs from %s: %+v and %+v; %s", d.name, m.desktops[0].name, d.phase(t), m.desktops[0].phase(t), difference(got, want))
		}
	}
}

// once checks that every decision that was stored stands in the log once, and
// that nothing waits.
func (m *team) once(t tester) {
	t.Helper()
	for _, d := range m.desktops {
		if waiting, _ := d.store.Pending(t.Context()); len(waiting) > 0 {
			t.Fatalf("%s still waits with %d records, phase %+v", d.name, len(waiting), d.phase(t))
		}
	}
	there := map[string]int{}
	for _, c := range m.desktops[0].store.Confirmed() {
		there[c.ID]++
	}
	for _, d := range m.desktops {
		for _, id := range d.made {
			n := there[id]
			if n == 0 {
				if at, _ := d.store.HasRecord(t.Context(), strings.Split(id, ".")[0]); at > 0 {
					n = 1 // of the team, not of a conversation
				}
			}
			if n != 1 {
				t.Fatalf("%s's decision %s stands %d times in the log", d.name, id, n)
			}
		}
	}
}

func (d *desktop) phase(t tester) teamsync.State {
	t.Helper()
	state, err := d.sync.State(t.Context())
	if err != nil {
		t.Fatalf("%v", err)
	}
	return state
}

// notes are the texts of a conversation's notes, as they are shown.
func (d *desktop) notes() (texts []string) {
	for _, s := range d.store.Shown(thread) {
		if note, ok := s.Event.(*teamlog.Note); ok {
			texts = append(texts, note.Text)
		}
	}
	return texts
}

func wantNotes(t *testing.T, d *desktop, want ...string) {
	t.Helper()
	if got := d.notes(); fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("%s shows the notes %v, want %v", d.name, got, want)
	}
}
