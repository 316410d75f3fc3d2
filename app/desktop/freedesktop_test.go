package desktop_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/godbus/dbus/v5"

	"postvak/app/desktop"
	"postvak/app/desktop/desktoptest"
)

// notice is one as the app shows it.
func notice(slot, title string) desktop.Notice {
	return desktop.Notice{
		Slot: slot, Title: title, Body: "Where is my lamp?", Reply: "Reply", ReplyHint: "Your answer",
		Actions: []desktop.Action{{ID: desktop.ActionAssign, Label: "Assign to me"}, {ID: desktop.ActionClose, Label: "Close conversation"}},
	}
}

func onLinux(t *testing.T, bus string) desktop.Notifier {
	t.Helper()
	n, err := desktop.Linux(bus, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(n.Close)
	return n
}

// desk is a server of a kind on a bus of its own, and the Notifier for it.
func desk(t *testing.T, caps desktoptest.Capabilities) (*desktoptest.Server, desktop.Notifier) {
	t.Helper()
	bus := desktoptest.StartBus(t)
	server := desktoptest.NewServer(t, bus, caps)
	return server, onLinux(t, bus)
}

func show(t *testing.T, n desktop.Notifier, what desktop.Notice) {
	t.Helper()
	if err := n.Show(t.Context(), what); err != nil {
		t.Fatal(err)
	}
}

// shown shows a notice and gives it as it arrived.
func shown(t *testing.T, s *desktoptest.Server, n desktop.Notifier, what desktop.Notice) desktoptest.Shown {
	t.Helper()
	before := len(s.Arrived())
	show(t, n, what)
	all := s.Arrived()
	if len(all) != before+1 {
		t.Fatalf("%d notifications arrived for one", len(all)-before)
	}
	return all[before]
}

func answer(t *testing.T, n desktop.Notifier) desktop.Answer {
	t.Helper()
	select {
	case a := <-n.Answers():
		return a
	case <-time.After(30 * time.Second):
		t.Fatal("no answer came")
	}
	return desktop.Answer{}
}

// onlyThen checks that nothing was answered until now: a click on another notice
// is heard after everything that was said before it.
func onlyThen(t *testing.T, s *desktoptest.Server, n desktop.Notifier) {
	t.Helper()
	s.Click(t, shown(t, s, n, desktop.Notice{Slot: "last", Title: "Last"}).ID)
	if a := answer(t, n); a.Slot != "last" {
		t.Errorf("an answer that nobody gave: %+v", a)
	}
}

func TestANoticeArrivesWhole(t *testing.T) {
	s, n := desk(t, desktoptest.Dunst)
	got := shown(t, s, n, notice("c1", "Ann · Sales"))
	if got.Title != "Ann · Sales" || got.Body != "Where is my lamp?" || got.App != "Postvak" || got.Replaces != 0 || got.Timeout != -1 {
		t.Errorf("%+v", got)
	}
	if got.Hint("desktop-entry") != "postvak" || got.Hint("urgency") != byte(1) {
		t.Errorf("hints %v", got.Hints)
	}
	if p, ok := got.Hint("image-data").([]any); !ok || len(p) != 7 || p[0] != int32(96) || p[3] != true || len(p[6].([]byte)) != 96*96*4 {
		t.Errorf("the picture: %.60v", p)
	}
	want := []string{"default", "Postvak", "reply", "Reply", "assign", "Assign to me", "close", "Close conversation"}
	if strings.Join(got.Actions, "|") != strings.Join(want, "|") {
		t.Errorf("actions %q", got.Actions)
	}
}

func TestASlotIsReplaced(t *testing.T) {
	s, n := desk(t, desktoptest.Dunst)
	first := shown(t, s, n, notice("c1", "One"))
	other := shown(t, s, n, notice("c2", "Another"))
	second := shown(t, s, n, notice("c1", "Two"))
	if second.Replaces != first.ID || other.Replaces != 0 || len(s.Open()) != 2 {
		t.Errorf("the second replaces %d of %d; open: %v", second.Replaces, first.ID, s.Open())
	}
	s.Dismiss(t, first.ID)
	onlyThen(t, s, n)
	if third := shown(t, s, n, notice("c1", "Three")); third.Replaces != 0 {
		t.Errorf("it replaces %d, which is gone", third.Replaces)
	}
}

func TestNoticesWithoutASlotStandApart(t *testing.T) {
	s, n := desk(t, desktoptest.Dunst)
	shown(t, s, n, notice("", "One"))
	second := shown(t, s, n, notice("", "Two"))
	if second.Replaces != 0 || len(s.Open()) != 2 {
		t.Errorf("replaces %d, open %v", second.Replaces, s.Open())
	}
	s.Click(t, second.ID)
	if a := answer(t, n); a != (desktop.Answer{Action: desktop.ActionOpen}) {
		t.Errorf("%+v", a)
	}
}

func TestClicksAndButtonsAreAnswers(t *testing.T) {
	s, n := desk(t, desktoptest.Dunst)
	for key, want := range map[string]string{
		"default": desktop.ActionOpen, "reply": desktop.ActionReply, "assign": desktop.ActionAssign, "close": desktop.ActionClose,
	} {
		s.Press(t, shown(t, s, n, notice("c1", key)).ID, key)
		if a := answer(t, n); a != (desktop.Answer{Slot: "c1", Action: want}) {
			t.Errorf("%s: %+v", key, a)
		}
	}
}

func TestDismissingIsNotClicking(t *testing.T) {
	s, n := desk(t, desktoptest.Plasma)
	s.Dismiss(t, shown(t, s, n, notice("c1", "One")).ID)
	s.Expire(t, shown(t, s, n, notice("c2", "Two")).ID)
	onlyThen(t, s, n)
}

func TestAnAnswerIsTypedWhereThereIsAField(t *testing.T) {
	s, n := desk(t, desktoptest.Plasma)
	got := shown(t, s, n, notice("c1", "Ann"))
	if got.Label("inline-reply") != "Reply" || got.Label("reply") != "" {
		t.Errorf("actions %q", got.Actions)
	}
	if got.Hint("x-kde-reply-placeholder-text") != "Your answer" || got.Hint("x-kde-reply-submit-button-text") != "Reply" {
		t.Errorf("hints %v", got.Hints)
	}
	s.Reply(t, got.ID, " It comes on Monday.\n")
	if a := answer(t, n); a != (desktop.Answer{Slot: "c1", Action: desktop.ActionReply, Text: "It comes on Monday."}) {
		t.Errorf("%+v", a)
	}
	got = shown(t, s, n, notice("c1", "Ann again"))
	s.Reply(t, got.ID, strings.Repeat("x", 100_000))
	if a := answer(t, n); a.Action != desktop.ActionReply || a.Text != "" {
		t.Errorf("nobody types %d characters into a notification", len(a.Text))
	}
}

// Anybody on the bus may send us a signal.
func TestOnlyTheServerIsBelieved(t *testing.T) {
	bus := desktoptest.StartBus(t)
	s := desktoptest.NewServer(t, bus, desktoptest.Dunst)
	n := onLinux(t, bus)
	got := shown(t, s, n, notice("c1", "Ann"))
	s.Signal(t, "ActionInvoked", got.ID, "format-disk") // never offered
	s.Signal(t, "ActionInvoked", got.ID+77, "default")  // somebody else's
	s.Signal(t, "ActionInvoked", "1", uint32(2))
	s.Signal(t, "ActionInvoked")
	s.Signal(t, "NotificationReplied", got.ID, "there is no field here")
	s.Signal(t, "NotificationClosed", got.ID)
	forge(t, bus, got.ID)
	onlyThen(t, s, n)
}

// forge clicks as a stranger does, who tells every connection of the bus.
func forge(t *testing.T, bus string, id uint32) {
	t.Helper()
	conn, err := dbus.Connect(bus)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	var names []string
	if err := conn.BusObject().Call("org.freedesktop.DBus.ListNames", 0).Store(&names); err != nil {
		t.Fatal(err)
	}
	told := 0
	for _, name := range names {
		if !strings.HasPrefix(name, ":") {
			continue
		}
		message := &dbus.Message{Type: dbus.TypeSignal, Headers: map[dbus.HeaderField]dbus.Variant{
			dbus.FieldDestination: dbus.MakeVariant(name),
			dbus.FieldInterface:   dbus.MakeVariant("org.freedesktop.Notifications"),
			dbus.FieldMember:      dbus.MakeVariant("ActionInvoked"),
			dbus.FieldPath:        dbus.MakeVariant(dbus.ObjectPath("/org/freedesktop/Notifications")),
			dbus.FieldSignature:   dbus.MakeVariant(dbus.SignatureOf(id, "default")),
		}, Body: []any{id, "default"}}
		if err := conn.Send(message, nil); err != nil && err.Err != nil {
			t.Fatal(err.Err)
		}
		told++
	}
	if told < 3 {
		t.Fatalf("only %d connections on the bus: %q", told, names)
	}
	if err := conn.BusObject().Call("org.freedesktop.DBus.GetId", 0).Err; err != nil { // after all of them
		t.Fatal(err)
	}
}

func TestWithdrawing(t *testing.T) {
	s, n := desk(t, desktoptest.Gnome)
	first := shown(t, s, n, notice("c1", "One"))
	n.Withdraw("c1")
	n.Withdraw("never shown")
	s.Until(t, "it is withdrawn", func() bool { return s.Closed(first.ID) == desktoptest.Withdrawn })
	if second := shown(t, s, n, notice("c1", "Two")); second.Replaces != 0 {
		t.Errorf("it replaces %d, which was withdrawn", second.Replaces)
	}
	n.Withdraw("c1")
	third := shown(t, s, n, notice("c1", "Three")) // what comes after a withdrawal stays
	if open := s.Open(); len(open) != 1 || open[0].ID != third.ID {
		t.Errorf("open: %v", open)
	}
}

// What strangers write is text on every server.
func TestHostileTextIsText(t *testing.T) {
	const text = "<img src=\"file:///etc/passwd\"/> &amp; <b>R&D</b> \x00\x1b\u202egnp\xff %s %n \\n"
	what := notice("c1", text+"\nsecond line")
	what.Body = text
	s, n := desk(t, desktoptest.Dunst)
	got := shown(t, s, n, what)
	if got.Title != `<img src="file:///etc/passwd"/> &amp; <b>R&D</b> gnp %s %n \n second line` {
		t.Errorf("a title has no markup: %q", got.Title)
	}
	if got.Body != `&lt;img src="file:///etc/passwd"/&gt; &amp;amp; &lt;b&gt;R&amp;D&lt;/b&gt; gnp %s %n \n` {
		t.Errorf("%q", got.Body)
	}
	s, n = desk(t, desktoptest.Plain)
	if got := shown(t, s, n, what); got.Body != `<img src="file:///etc/passwd"/> &amp; <b>R&D</b> gnp %s %n \n` || len(got.Actions) != 0 {
		t.Errorf("a server without markup and actions is given %q, %q", got.Body, got.Actions)
	}
}

func TestSoundIsTheServersWhereItHasOne(t *testing.T) {
	s, n := desk(t, desktoptest.Gnome)
	loud := notice("c1", "Loud")
	loud.Sound = "chime"
	if got := shown(t, s, n, loud); got.Hint("sound-name") != "complete" || got.Hint("suppress-sound") != nil {
		t.Errorf("hints %v", got.Hints)
	}
	if got := shown(t, s, n, notice("c1", "Silent")); got.Hint("sound-name") != nil || got.Hint("suppress-sound") != true {
		t.Errorf("hints %v", got.Hints)
	}
}

func TestARestartedServerKnowsNothing(t *testing.T) {
	s, n := desk(t, desktoptest.Dunst)
	before := shown(t, s, n, notice("c1", "One"))
	s.Restart(t)
	after := shown(t, s, n, notice("c2", "Two"))
	if after.ID != before.ID || after.Replaces != 0 {
		t.Fatalf("the server counts on: %d, %d", before.ID, after.ID)
	}
	if again := shown(t, s, n, notice("c1", "Three")); again.Replaces != 0 {
		t.Errorf("it replaces %d of another server", again.Replaces)
	}
	s.Click(t, after.ID)
	if a := answer(t, n); a.Slot != "c2" {
		t.Errorf("the number of another server's notice: %+v", a)
	}
}

func TestWithoutAServerItSaysSo(t *testing.T) {
	s, n := desk(t, desktoptest.Dunst)
	s.Stop()
	if err := n.Show(t.Context(), notice("c1", "One")); err == nil || !strings.Contains(err.Error(), "no notification server") {
		t.Errorf("error %v", err)
	}
	if h := n.Health(t.Context()); h.Running || h.Why == "" {
		t.Errorf("%+v", h)
	}
	s.Start(t)
	shown(t, s, n, notice("c1", "Two"))
}

func TestTheBusMayBeginAnew(t *testing.T) {
	bus := desktoptest.NewBus(t)
	s := desktoptest.NewServer(t, bus.Address, desktoptest.Dunst)
	n := onLinux(t, bus.Address)
	shown(t, s, n, notice("c1", "One"))
	s.Stop()
	bus.Stop()
	if err := n.Show(t.Context(), notice("c1", "Nobody")); err == nil {
		t.Error("shown without a bus")
	}
	n.Withdraw("c1")
	bus.Start(t)
	s.Start(t)
	got := shown(t, s, n, notice("c1", "Two"))
	s.Click(t, got.ID)
	if a := answer(t, n); a.Slot != "c1" {
		t.Errorf("%+v", a)
	}
}

func TestRefusals(t *testing.T) {
	s, n := desk(t, desktoptest.Dunst)
	s.Refuse(desktoptest.AccessDenied)
	if err := n.Show(t.Context(), notice("c1", "One")); !errors.Is(err, desktop.ErrNoPermission) {
		t.Errorf("error %v", err)
	}
	if h := n.Health(t.Context()); h.Permitted || !h.Running || h.Why == "" {
		t.Errorf("%+v", h)
	}
	s.Refuse("org.freedesktop.Notifications.Error.ExcessNotificationGeneration")
	if err := n.Show(t.Context(), notice("c1", "One")); err == nil || errors.Is(err, desktop.ErrNoPermission) {
		t.Errorf("error %v", err)
	}
	s.Refuse("")
	shown(t, s, n, notice("c1", "One"))
}

// A server that dies while it is asked is gone with what it showed: the next one
// is asked at once.
func TestAServerMayDieWhileItIsAsked(t *testing.T) {
	s, n := desk(t, desktoptest.Dunst)
	before := shown(t, s, n, notice("c1", "One"))
	release := s.Hold()
	defer release()
	done := make(chan error, 1)
	go func() { done <- n.Show(t.Context(), notice("c1", "Two")) }()
	s.Until(t, "it is asked", func() bool { return s.Held() == 1 })
	s.Restart(t)
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	open := s.Open()
	if len(open) != 1 || open[0].Title != "Two" || open[0].Replaces != 0 || open[0].ID != before.ID {
		t.Fatalf("%+v", open)
	}
	s.Click(t, open[0].ID)
	if a := answer(t, n); a.Slot != "c1" {
		t.Errorf("%+v", a)
	}
}

func TestAServerThatHangsHoldsNobody(t *testing.T) {
	s, n := desk(t, desktoptest.Dunst)
	release := s.Hold()
	defer release()
	done := make(chan error, 1)
	go func() { done <- n.Show(t.Context(), notice("c1", "One")) }()
	s.Until(t, "it is asked", func() bool { return s.Held() == 1 })
	closed := make(chan struct{})
	go func() {
		n.Withdraw("c1")
		n.Close()
		close(closed)
	}()
	for _, what := range []string{"Show", "Close"} {
		select {
		case err := <-done:
			if err == nil || errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("closing did not end it: %v", err)
			}
			done = nil
		case <-closed:
			closed = nil
		case <-time.After(30 * time.Second):
			t.Fatalf("%s still waits", what)
		}
	}
	if _, open := <-n.Answers(); open {
		t.Error("an answer after Close")
	}
	n.Close()
	if err := n.Show(t.Context(), notice("c1", "Two")); err == nil {
		t.Error("shown after Close")
	}
}

func TestAnswersThatNobodyReadsHoldNobody(t *testing.T) {
	s, n := desk(t, desktoptest.Dunst)
	for range 50 {
		s.Click(t, shown(t, s, n, notice("c1", "One")).ID)
	}
	if a := answer(t, n); a.Slot != "c1" {
		t.Errorf("%+v", a)
	}
}

func TestTheBadge(t *testing.T) {
	bus := desktoptest.StartBus(t)
	dock := desktoptest.NewDock(t, bus)
	n := onLinux(t, bus)
	desktop.Badge(n, 3)
	dock.Wait(t, "application://postvak.desktop", 3)
	desktop.Badge(n, -5)
	dock.Wait(t, "application://postvak.desktop", 0)
	desktop.Badge(n, 7)
	dock.Wait(t, "application://postvak.desktop", 7)
	said := dock.Heard()
	for range 3 {
		_ = n.Show(t.Context(), notice("c1", "One")) // there is no server
		desktop.Badge(n, 7)
	}
	desktop.Badge(n, 8)
	dock.Wait(t, "application://postvak.desktop", 8)
	if again := dock.Heard() - said; again != 1 {
		t.Errorf("the number was said %d times for one change", again)
	}
	desktop.Badge(n, 7)
	dock.Wait(t, "application://postvak.desktop", 7)
	dock.Restart(t) // one that starts later hears it too
	dock.Wait(t, "application://postvak.desktop", 7)
	n.Close()
	dock.Wait(t, "application://postvak.desktop", 0)
	desktop.Badge(nil, 3)
	desktop.Badge(desktop.Beeep(nil), 3)
}
