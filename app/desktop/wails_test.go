package desktop

import (
	"errors"
	"strings"
	"testing"

	wails "github.com/wailsapp/wails/v2/pkg/runtime"
)

// fakeMeans is a system as Wails gives it.
type fakeMeans struct {
	answered func(wails.NotificationResult)
	startErr error
	denied   bool
	asked    chan struct{}
	grant    chan bool
	known    []wails.NotificationCategory
	sent     []wails.NotificationOptions
	removed  []string
}

func (f *fakeMeans) Start(answered func(wails.NotificationResult)) error {
	f.answered = answered
	return f.startErr
}

func (f *fakeMeans) Permitted() (bool, error) { return !f.denied, nil }

func (f *fakeMeans) Ask() (bool, error) {
	close(f.asked)
	return <-f.grant, nil
}

func (f *fakeMeans) Know(c wails.NotificationCategory) error {
	f.known = append(f.known, c)
	return nil
}

func (f *fakeMeans) Send(o wails.NotificationOptions) error {
	f.sent = append(f.sent, o)
	return nil
}

func (f *fakeMeans) SendWithActions(o wails.NotificationOptions) error { return f.Send(o) }

func (f *fakeMeans) Remove(id string) error {
	f.removed = append(f.removed, id)
	return nil
}

func started(t *testing.T, system string) (*fakeMeans, *byWindow) {
	t.Helper()
	f := &fakeMeans{asked: make(chan struct{}), grant: make(chan bool, 1)}
	f.grant <- true
	w := newWindow(system, nil)
	t.Cleanup(w.Close)
	w.start(f)
	<-f.asked
	return f, w
}

func TestWailsShowsWithButtons(t *testing.T) {
	f, w := started(t, "darwin")
	n := Notice{Slot: "c1", Title: "Ann", Body: "one\ntwo <b>", Reply: "Reply", Actions: []Action{{ActionClose, "Close conversation"}}}
	for range 2 {
		if err := w.Show(t.Context(), n); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Show(t.Context(), Notice{Title: "Plain"}); err != nil {
		t.Fatal(err)
	}
	if len(f.known) != 1 || !f.known[0].HasReplyField || f.known[0].Actions[0].ID != ActionClose {
		t.Errorf("buttons %+v", f.known)
	}
	if len(f.sent) != 3 || f.sent[0].ID != "c1" || f.sent[1].ID != "c1" || f.sent[0].CategoryID != f.known[0].ID || f.sent[0].Body != "one\ntwo <b>" {
		t.Fatalf("%+v", f.sent)
	}
	if f.sent[2].ID == "" || f.sent[2].CategoryID != "" {
		t.Errorf("%+v", f.sent[2])
	}
	w.Withdraw("c1")
	w.Withdraw("")
	if strings.Join(f.removed, "|") != "c1" {
		t.Errorf("removed %q", f.removed)
	}
}

func TestWailsOnWindowsGetsTextOnly(t *testing.T) {
	f, w := started(t, "windows")
	n := Notice{Slot: "c1", Title: hostile, Body: hostile, Reply: `Re"ply<&`, ReplyHint: `$(x)"`, Actions: []Action{{ActionAssign, `"/><x a="`}}}
	if err := w.Show(t.Context(), n); err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{f.sent[0].Title, f.sent[0].Body} {
		for _, bad := range []string{"$", "`", "]]>", "\n", "\r", "\u202e", "\x00"} {
			if strings.Contains(text, bad) {
				t.Errorf("%q in %q", bad, text)
			}
		}
	}
	c := f.known[0]
	for _, label := range []string{c.ReplyButtonTitle, c.ReplyPlaceholder, c.Actions[0].Title} {
		if strings.ContainsAny(label, `"<>$`) {
			t.Errorf("label %q", label)
		}
	}
}

func TestWailsAnswers(t *testing.T) {
	f, w := started(t, "windows")
	say := func(id, action, text string) {
		f.answered(wails.NotificationResult{Response: wails.NotificationResponse{ID: id, ActionIdentifier: action, UserText: text}})
	}
	f.answered(wails.NotificationResult{Error: errors.New("not understood")})
	say("c1", "com.apple.UNNotificationDismissActionIdentifier", "")
	say("c1", "", "")
	say("c1", "DEFAULT_ACTION", "")
	say("c1", "TEXT_REPLY", " On Monday. ")
	say("c1", ActionAssign, "")
	say("once-3", "DEFAULT_ACTION", "")
	for _, want := range []Answer{
		{Slot: "c1", Action: ActionOpen}, {Slot: "c1", Action: ActionReply, Text: "On Monday."},
		{Slot: "c1", Action: ActionAssign}, {Action: ActionOpen},
	} {
		if got := <-w.Answers(); got != want {
			t.Errorf("%+v, not %+v", got, want)
		}
	}
	for range 100 {
		say("c1", "DEFAULT_ACTION", "") // nobody reads: nothing waits
	}
	w.Close()
	w.Close()
	say("c1", "DEFAULT_ACTION", "")
	if err := w.Show(t.Context(), Notice{Title: "One"}); err == nil {
		t.Error("shown after Close")
	}
}

func TestWailsSaysWhyNot(t *testing.T) {
	w := newWindow("darwin", nil)
	defer w.Close()
	if err := w.Show(t.Context(), Notice{Title: "One"}); !errors.Is(err, errNotStarted) {
		t.Errorf("before the window: %v", err)
	}
	w.Withdraw("c1")
	if h := w.Health(t.Context()); h.Running || h.Why == "" {
		t.Errorf("%+v", h)
	}
	w.start(&fakeMeans{startErr: errors.New("no bundle identifier")})
	if h := w.Health(t.Context()); h.Running || !strings.Contains(h.Why, "no bundle") {
		t.Errorf("%+v", h)
	}
	f, w := started(t, "darwin")
	if h := w.Health(t.Context()); h != (Health{Name: "macOS", Running: true, Permitted: true, Actions: true, InlineReply: true}) {
		t.Errorf("%+v", h)
	}
	f.denied = true
	if err := w.Show(t.Context(), Notice{Title: "One"}); !errors.Is(err, ErrNoPermission) {
		t.Errorf("error %v", err)
	}
	if h := w.Health(t.Context()); h.Permitted {
		t.Errorf("%+v", h)
	}
}

// The person may take minutes to answer the system's question.
func TestWailsDoesNotWaitForLeave(t *testing.T) {
	f := &fakeMeans{asked: make(chan struct{}), grant: make(chan bool), denied: true}
	w := newWindow("darwin", nil)
	w.start(f)
	<-f.asked
	if h := w.Health(t.Context()); h.Permitted || !strings.Contains(h.Why, "question") {
		t.Errorf("%+v", h)
	}
	w.Close()
	f.grant <- true
}

func TestStartedIsForWailsOnly(t *testing.T) {
	Started(t.Context(), nil)
	b := Beeep(nil)
	defer b.Close()
	Started(t.Context(), b)
}
