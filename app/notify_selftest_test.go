package app

import (
	"slices"
	"strings"
	"testing"

	"postvak/app/desktop"
)

// tested runs the self-test and gives its steps by name.
func (b *bellRig) tested() map[string]SelfTestStep {
	b.t.Helper()
	steps := call[[]SelfTestStep](b.rig, "Notifications.SelfTest")
	var order []string
	found := map[string]SelfTestStep{}
	for _, s := range steps {
		order = append(order, s.Step)
		found[s.Step] = s
		if s.Message == "" || s.OK && s.Fix != "" {
			b.t.Errorf("step %+v", s)
		}
	}
	if want := []string{"bell", "focus", "running", "tray", "permission", "do_not_disturb", "desktop", "email"}; !slices.Equal(order, want) {
		b.t.Fatalf("steps %q, want %q", order, want)
	}
	return found
}

func TestTheSelfTestReallyShowsAndSends(t *testing.T) {
	b := startBell(t)
	for name, step := range b.tested() {
		if !step.OK {
			t.Errorf("%s: %s", name, step.Message)
		}
	}
	b.notice("the test", func(n desktop.Notice) bool { return n.Slot == testSlot && n.Title != "" && n.Body != "" })
	if mails := b.alerts(b.address()); len(mails) != 1 {
		t.Errorf("%d test e-mails", len(mails))
	}
	if rows := b.history(); len(rows) != 0 {
		t.Errorf("a test is no event: %+v", rows)
	}
}

func TestTheSelfTestSaysWhatIsWrong(t *testing.T) {
	b := startBell(t)
	wrong := func(step, fix, says string) {
		t.Helper()
		if got := b.tested()[step]; got.OK || got.Fix != fix || !strings.Contains(got.Message, says) {
			t.Errorf("%s: %+v, want %q with fix %q", step, got, says, fix)
		}
	}
	b.screen.change(func(s *screen) { s.health.DoNotDisturb = true })
	wrong("do_not_disturb", "system", "quiet")
	wrong("desktop", "system", "shows none")
	b.screen.change(func(s *screen) {
		s.health.DoNotDisturb, s.health.Permitted, s.err = false, false, desktop.ErrNoPermission
	})
	wrong("permission", "system", "does not let")
	wrong("desktop", "system", "does not let")
	b.screen.change(func(s *screen) { s.health.Running = false })
	wrong("permission", "system", "do not answer")
	call[*nothing](b.rig, "Notifications.Pause", 60)
	wrong("bell", "bell", "paused until")
	b.save(func(s *NotificationSettings) { s.Desktop = NotificationBell{} })
	wrong("bell", "bell", "switched off")
	call[*nothing](b.rig, "Sandbox.Offline", true)
	if got := b.tested()["email"]; got.OK || got.Fix != "channels" {
		t.Errorf("offline: %+v", got)
	}
}

func TestTheSelfTestOfANewProfile(t *testing.T) {
	b := &bellRig{rig: startRig(t, Options{Language: "nl"})}
	steps := b.tested()
	if got := steps["email"]; got.OK || got.Fix != "you" || !strings.Contains(got.Message, "e-mailadres van jou") {
		t.Errorf("without an address: %+v", got)
	}
	call[*nothing](b.rig, "Settings.Save", map[string]any{"email": "robin@team.example"})
	if got := b.tested()["email"]; got.OK || got.Fix != "channels" {
		t.Errorf("without a mail server: %+v", got)
	}
	if got := steps["desktop"]; got.OK {
		t.Errorf("without a desktop: %+v", got)
	}
}

// Without a desktop the test is shown by the windows that are connected.
func TestTheSelfTestShowsItselfInWindows(t *testing.T) {
	b := &bellRig{rig: startRig(t, Options{})}
	notes := b.listen()
	if got := b.tested()["desktop"]; !got.OK {
		t.Errorf("with a window: %+v", got)
	}
	note := next[Notification](b.rig, notes, "notification")
	if note.Outcome != "shown" || note.Medium != "desktop" || note.ConversationID != "" || note.Title == "" || note.Body == "" {
		t.Errorf("windows are told %+v", note)
	}
}
