package sandbox

import (
	"bytes"
	"context"
	"slices"
	"sync"
	"testing"
	"time"

	"postvak/backend/email"
	"postvak/backend/inbox"
	"postvak/backend/mime"
)

// shelf is a sink that keeps what a sync brings.
type shelf struct {
	mu      sync.Mutex
	states  map[inbox.FolderRole]inbox.FolderState
	fetched map[inbox.FolderRole][]inbox.Fetched
	live    chan inbox.Fetched
	ready   chan struct{}
	once    sync.Once
}

func newShelf() *shelf {
	return &shelf{
		states: map[inbox.FolderRole]inbox.FolderState{}, fetched: map[inbox.FolderRole][]inbox.Fetched{},
		live: make(chan inbox.Fetched, 100), ready: make(chan struct{}),
	}
}

func (s *shelf) States(context.Context) (all []inbox.FolderState, _ error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, state := range s.states {
		all = append(all, state)
	}
	return all, nil
}

func (s *shelf) Batch(_ context.Context, b inbox.Batch) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.states[b.Folder.Role] = b.Folder
	s.fetched[b.Folder.Role] = append(s.fetched[b.Folder.Role], b.Messages...)
	for _, f := range b.Messages {
		if b.Live {
			s.live <- f
		}
	}
	return nil
}

func (s *shelf) Known(context.Context, []inbox.Key) (map[inbox.Key]bool, error) { return nil, nil }

func (s *shelf) Listing(context.Context, inbox.FolderListing) error { return nil }

func (s *shelf) Status(status inbox.ChannelStatus) {
	if status.State == inbox.ChannelOK {
		s.once.Do(func() { close(s.ready) })
	}
}

func mailbox(w *World) *email.Mailbox {
	channel := w.Channel()
	channel.ID = "c1"
	return email.New(email.Config{
		Channel: channel, Clock: w.clock,
		Password: func(context.Context) (string, error) { return w.Password(), nil },
	})
}

// sync runs the program's own sync, and gives its end and what it said then.
func runSync(t *testing.T, w *World, s *shelf) (stop func(), ended <-chan error) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	end := make(chan error, 1)
	go func() { end <- mailbox(w).Sync(ctx, s) }()
	select {
	case <-s.ready:
	case err := <-end:
		t.Fatalf("the sync ended: %v", err)
	}
	return cancel, end
}

func TestTheProgramReadsTheWholeMailbox(t *testing.T) {
	w, _ := start(t, nil)
	s := newShelf()
	stop, ended := runSync(t, w, s)
	keys := map[inbox.Key]bool{}
	for role, folder := range map[inbox.FolderRole]string{inbox.FolderInbox: inboxFolder, inbox.FolderSent: sentFolder} {
		s.mu.Lock()
		got := slices.Clone(s.fetched[role])
		s.mu.Unlock()
		slices.SortFunc(got, func(a, b inbox.Fetched) int { return int(a.UID) - int(b.UID) })
		want := w.account.folder(folder).items
		if len(got) != len(want) {
			t.Fatalf("%s: %d of %d mails", folder, len(got), len(want))
		}
		for i, f := range got {
			keys[f.Message.Key] = true
			if f.Problem != "" || !bytes.Equal(f.Raw, want[i].raw) || !f.Message.At.Truncate(time.Second).Equal(want[i].at) {
				t.Errorf("%s, mail %d: %s at %s (problem %q)", folder, i+1, f.Message.Subject, f.Message.At, f.Problem)
			}
		}
	}
	for _, act := range w.Past("c1", "me") {
		if act.Conversation != "" && !keys[act.Conversation] {
			t.Errorf("%s by %s is about a mail that the program does not know", act.Do, act.By)
		}
	}
	d, err := w.Deliver(Delivery{From: "vera@klant.example", Subject: "Nieuw", Text: "Hoi"})
	if err != nil {
		t.Fatal(err)
	}
	if f := <-s.live; f.Message.Key != inbox.MailKey("c1", d.Digest) || f.Message.Direction != inbox.In {
		t.Errorf("live: %+v", f.Message)
	}
	stop()
	<-ended
}

func TestTheProgramSendsFilesAndFinds(t *testing.T) {
	w, clock := start(t, nil)
	ctx := context.Background()
	m := mailbox(w)
	steps, err := m.Check(ctx)
	if err != nil {
		t.Errorf("check: %v, %v", steps, err)
	}
	write := func(id, to string) inbox.Rendered {
		rendered, err := mime.Render(mime.Letter{
			From: inbox.Address{Name: company, Address: companyAddress}, To: []inbox.Address{{Address: to}},
			Subject: "Jouw lamp ✨", Text: "Hij brandt weer.", MessageID: id, Date: clock.Now(),
		})
		if err != nil {
			t.Fatal(err)
		}
		return rendered
	}
	commit := func() error { return nil }
	rendered := write("p1@zomerlicht.example", "vera@klant.example")
	if result := m.Send(ctx, rendered, inbox.Permit{}, commit); result.Outcome != inbox.Accepted {
		t.Fatalf("send: %+v", result)
	}
	if sent := w.Sent(); len(sent) != 1 || sent[0].Subject != "Jouw lamp ✨" || sent[0].Text != "Hij brandt weer." {
		t.Errorf("sent: %+v", sent)
	}
	if found, err := m.Find(ctx, inbox.Sought{Rendered: rendered}); found.There || err != nil {
		t.Errorf("found before it was filed: %v, %v", found, err)
	}
	if err := m.File(ctx, rendered); err != nil {
		t.Fatal(err)
	}
	if found, err := m.Find(ctx, inbox.Sought{Rendered: rendered}); !found.There || err != nil {
		t.Errorf("filed: %v, %v", found, err)
	}
	if result := m.Send(ctx, write("p2@zomerlicht.example", "refused@klant.example"), inbox.Permit{}, commit); result.Outcome != inbox.Refused {
		t.Errorf("refused: %+v", result)
	}
	if result := m.Send(ctx, write("p3@zomerlicht.example", "busy@klant.example"), inbox.Permit{}, commit); result.Outcome != inbox.Later {
		t.Errorf("busy: %+v", result)
	}
	if err := w.SetOffline(true); err != nil {
		t.Fatal(err)
	}
	if result := m.Send(ctx, rendered, inbox.Permit{}, commit); result.Outcome != inbox.Later {
		t.Errorf("offline: %+v", result)
	}
}

func TestTheProgramNoticesThatItIsOffline(t *testing.T) {
	w, _ := start(t, nil)
	s := newShelf()
	_, ended := runSync(t, w, s)
	if err := w.SetOffline(true); err != nil {
		t.Fatal(err)
	}
	if err := <-ended; inbox.CodeOf(err) != inbox.Unavailable {
		t.Errorf("the sync ended with %v", err)
	}
	if _, err := w.Deliver(Delivery{From: "vera@klant.example", Subject: "Onderwijl", Text: "Hoi"}); err != nil {
		t.Fatal(err)
	}
	if err := w.SetOffline(false); err != nil {
		t.Fatal(err)
	}
	s.ready, s.once = make(chan struct{}), sync.Once{}
	stop, ended := runSync(t, w, s)
	if f := <-s.live; f.Message.Subject != "Onderwijl" {
		t.Errorf("got %q", f.Message.Subject)
	}
	stop()
	<-ended
}
