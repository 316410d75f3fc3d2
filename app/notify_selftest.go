package app

import (
	"context"
	"errors"
	"fmt"
	"time"

	"postvak/app/desktop"
	"postvak/backend/inbox"
)

// testSlot shows the self-test's notification.
const testSlot = "test"

// mailTestLimit is how long the self-test's e-mail may take: the call has 30
// seconds in all.
const mailTestLimit = 20 * time.Second

// selfTest goes through what a notification needs, in the order in which a
// person would look. It ends with a real notification and a real e-mail.
func (a *App) selfTest(ctx context.Context) ([]SelfTestStep, error) {
	settings, err := a.bell(ctx)
	if err != nil {
		return nil, err
	}
	health := desktop.Health{}
	if a.opt.Desktop != nil {
		health = a.opt.Desktop.Health(ctx)
	}
	steps := []SelfTestStep{
		a.testBell(settings), a.testFocus(), a.testRunning(), a.testTray(),
		a.testPermission(health), a.testQuiet(health), a.testDesktop(ctx, settings, health), a.testMail(ctx),
	}
	return steps, nil
}

// passed and lacking make the steps.
func passed(step, format string, args ...any) SelfTestStep {
	return SelfTestStep{Step: step, OK: true, Message: fmt.Sprintf(format, args...)}
}

func lacking(step, fix, format string, args ...any) SelfTestStep {
	return SelfTestStep{Step: step, Message: fmt.Sprintf(format, args...), Fix: fix}
}

// lackingFor makes the step that the history would give this reason for.
func lackingFor(step string, why inbox.NotificationReason) SelfTestStep {
	return lacking(step, fixes[why], "%s", reasonSentences[why])
}

// clockTime writes a time as a person here reads a clock.
func clockTime(t time.Time) string { return t.Local().Format("15:04") }

func (a *App) testBell(s NotificationSettings) SelfTestStep {
	const step = "bell"
	until, held := s.domain().Held(a.clock.Now().Local())
	switch {
	case a.outside() != "":
		return lacking(step, "", "%s", a.outside())
	case s.Desktop == NotificationBell{} && s.Email == NotificationBell{}:
		return lacking(step, fixBell, "Everything is switched off behind the bell. Switch on what you want to hear of.")
	case s.Desktop == NotificationBell{}:
		return lacking(step, fixBell, "Everything for this computer is switched off behind the bell; you are told by e-mail only.")
	case held == inbox.ReasonPaused:
		return lacking(step, fixBell, "Notifications are paused until %s.", clockTime(until))
	case held == inbox.ReasonQuiet:
		return lacking(step, fixBell, "These are your quiet hours, until %s.", clockTime(until))
	case len(s.Muted) > 0:
		return passed(step, "The bell is on. %d of your channels are muted.", len(s.Muted))
	}
	return passed(step, "The bell is on.")
}

func (a *App) testFocus() SelfTestStep {
	if a.sight.any() {
		return passed("focus", "A conversation is open in front of you: new messages in this one make no notification, others do.")
	}
	return passed("focus", "No conversation is open in front of you: each new message can notify.")
}

func (a *App) testRunning() SelfTestStep {
	others := a.otherDesktops()
	switch {
	case others == 0:
		return passed("running", "Postvak runs. E-mail alerts go out only while it does: no other computer of the team can send them.")
	case others == 1:
		return passed("running", "Postvak runs. E-mail alerts go out while this computer, or the other one of the team, is on.")
	}
	return passed("running", "Postvak runs. E-mail alerts go out while this computer, or one of the %d others of the team, is on.", others)
}

func (a *App) testTray() SelfTestStep {
	const step = "tray"
	switch window := a.mainWindow(); {
	case window == nil:
		return passed(step, "Postvak runs without a window here, and goes on until it is ended.")
	case window.trayThere():
		return passed(step, "Postvak is in the tray, and goes on when the window is closed.")
	}
	return passed(step, "This desktop has no tray. Closing the window minimises it, and Postvak goes on.")
}

func (a *App) testPermission(h desktop.Health) SelfTestStep {
	const step = "permission"
	switch {
	case a.opt.Desktop == nil && a.hub.anyWindow():
		return passed(step, "There is no desktop here: connected windows are told.")
	case a.opt.Desktop == nil:
		return lacking(step, "", "There is no desktop here, and no window is connected. Open Postvak's address in a browser, or use e-mail.")
	case !h.Running:
		return lacking(step, fixSystem, "The system's notifications do not answer. Start a notification service, or log out and in again.")
	case !h.Permitted:
		return lackingFor(step, inbox.ReasonNoPermission)
	case !h.Actions:
		return passed(step, "The system lets Postvak show notifications, but has no buttons on them.")
	}
	return passed(step, "The system lets Postvak show notifications.")
}

func (a *App) testQuiet(h desktop.Health) SelfTestStep {
	const step = "do_not_disturb"
	switch {
	case a.opt.Desktop == nil:
		return passed(step, "There is no desktop here that could keep quiet.")
	case h.DoNotDisturb:
		return lacking(step, fixSystem, "The system is set to keep quiet: it shows nothing. Switch “do not disturb” off in the system.")
	}
	return passed(step, "The system is not set to keep quiet, as far as it says.")
}

// testDesktop shows a notification, whatever the bell says.
func (a *App) testDesktop(ctx context.Context, s NotificationSettings, h desktop.Health) SelfTestStep {
	const step = "desktop"
	notice := desktop.Notice{
		Slot: testSlot, Title: a.inWords("A test of Postvak"), Body: a.inWords("This is how a notification looks."),
	}
	switch {
	case a.opt.Desktop == nil && a.hub.anyWindow():
		a.testWindows(notice)
		return passed(step, "There is no desktop here: connected windows are told.")
	case a.opt.Desktop == nil:
		return lacking(step, "", "There is no desktop here to show a notification on.")
	}
	if s.Sound {
		notice.Sound = s.Tone
	}
	switch err := a.opt.Desktop.Show(ctx, notice); {
	case errors.Is(err, desktop.ErrNoPermission):
		return lackingFor(step, inbox.ReasonNoPermission)
	case err != nil:
		a.log.Warn("desktop notification", "error", err.Error())
		return lacking(step, fixSystem, "The system did not take the test notification.")
	case h.DoNotDisturb:
		return lacking(step, fixSystem, "The system took a test notification, but shows none now. It may stand in its list.")
	}
	return passed(step, "A test notification was shown. Do you see it? If not, look in the system's settings for notifications.")
}

// testWindows has connected windows show the test.
func (a *App) testWindows(n desktop.Notice) {
	row := NotificationRow{
		At: stamp(a.clock.Now()), DecidedAt: stamp(a.clock.Now()), MemberID: string(a.team.Me()),
		Medium: string(inbox.MediumDesktop), Outcome: string(inbox.OutcomeShown),
	}
	a.hub.emit("notification", Notification{NotificationRow: row, Title: n.Title, Body: n.Body})
}

// testMail sends an e-mail to the member's own address, whatever the bell says.
func (a *App) testMail(ctx context.Context) SelfTestStep {
	const step = "email"
	me := a.notified()
	switch {
	case a.outside() != "":
		return lacking(step, "", "%s", a.outside())
	case me.Address == "":
		return lackingFor(step, inbox.ReasonNoAddress)
	}
	if _, ok := (alertPost{a}).From(""); !ok {
		return lackingFor(step, inbox.ReasonNoMailServer)
	}
	ctx, cancel := context.WithTimeout(ctx, mailTestLimit)
	defer cancel()
	err := a.alerts.Test(ctx, inbox.Address{Address: me.Address}, me.Settings.Language)
	var known *inbox.Error
	switch {
	case errors.As(err, &known):
		return lacking(step, fixChannels, "The test e-mail was not sent: %s", known.Message)
	case err != nil:
		a.log.Warn("test e-mail", "error", err.Error())
		return lacking(step, fixChannels, "The test e-mail was not sent. Check the e-mail channels.")
	}
	return passed(step, "A test e-mail is on its way to %s. If it does not come, look among the junk mail.", shown(me.Address))
}

// otherDesktops counts the team's computers beside this one.
func (a *App) otherDesktops() (n int) {
	for _, d := range a.team.Devices("") {
		member, _ := a.team.Member(d.Member)
		if !d.Revoked && !member.Removed && d.ID != a.team.OwnDevice() {
			n++
		}
	}
	return n
}
