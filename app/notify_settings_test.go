package app

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"postvak/app/desktop"
	"postvak/backend/inbox"
	"postvak/backend/keyring"
	"postvak/backend/sqlite"
	"postvak/backend/teamlog"
)

func TestTheBellIsCheckedAndKept(t *testing.T) {
	dir, secrets := t.TempDir(), keyring.NewMemory()
	r := startRig(t, Options{Dir: dir, Secrets: secrets})
	fresh := call[NotificationSettings](r, "Notifications.Get")
	want := NotificationSettings{
		Desktop: NotificationBell{Mine: true, Unassigned: true, AssignedToMe: true, WindowClosing: true}, QuietHours: QuietHours{Days: []string{}},
		Tone: "tick", Preview: true, Muted: []string{},
	}
	if text, wanted := encoded(fresh), encoded(want); text != wanted {
		t.Errorf("a new profile has %s, want %s", text, wanted)
	}
	for _, wrong := range []string{
		`[{"tone":"trumpet"}]`, `[{"quietHours":{"from":"25:00","to":"08:00"}}]`, `[{"quietHours":{"from":"18:00","to":""}}]`,
		`[{"quietHours":{"from":"18:00","to":"08:00","days":["someday"]}}]`, `[{"desktop":1}]`, `[null]`, `[{"muted":[""]}]`,
	} {
		if answer := r.post("Notifications.Save", wrong); answer.Error == nil || answer.Error.Code != "invalid" {
			t.Errorf("%s: %+v", wrong, answer.Error)
		}
	}
	if text := encoded(call[NotificationSettings](r, "Notifications.Get")); text != encoded(fresh) {
		t.Errorf("what was refused left %s", text)
	}
	chosen := NotificationSettings{
		Desktop: NotificationBell{Others: true}, Email: NotificationBell{Mine: true}, Sound: true, Tone: "chime",
		QuietHours: QuietHours{From: "18:00", To: "08:30", Days: []string{"mon", "fri"}}, Muted: []string{},
		PausedUntil: "2999-01-01T00:00:00Z", // not Save's to set
	}
	call[*nothing](r, "Notifications.Save", chosen)
	chosen.PausedUntil = ""
	r.app.Close()
	again := startRig(t, Options{Dir: dir, Secrets: secrets})
	if text := encoded(call[NotificationSettings](again, "Notifications.Get")); text != encoded(chosen) {
		t.Errorf("after a restart %s, want %s", text, encoded(chosen))
	}
}

func encoded(v any) string {
	text, _ := json.Marshal(v)
	return string(text)
}

func TestHistoryAndPauseCheckWhatTheyAreAsked(t *testing.T) {
	r := startRig(t, Options{})
	for _, c := range []struct{ name, arguments, code string }{
		{"Notifications.History", `[{}]`, ""}, {"Notifications.History", `[{"limit":200}]`, ""},
		{"Notifications.History", `[{"limit":201}]`, "invalid"}, {"Notifications.History", `[{"limit":-1}]`, "invalid"},
		{"Notifications.History", `[{"after":"rubbish"}]`, "invalid"}, {"Notifications.History", `[]`, "invalid"},
		{"Notifications.Pause", `[-1]`, "invalid"}, {"Notifications.Pause", `[100000]`, "invalid"}, {"Notifications.Pause", `["60"]`, "invalid"},
		{"Notifications.Pause", `[0]`, ""},
	} {
		code := ""
		answer := r.post(c.name, c.arguments)
		if answer.Error != nil {
			code = answer.Error.Code
		}
		if code != c.code {
			t.Errorf("%s%s: %q, want %q", c.name, c.arguments, code, c.code)
		}
	}
	if answer := r.post("Notifications.History", `[{}]`); string(answer.Result) != `{"rows":[],"next":""}` {
		t.Errorf("an empty history: %s", answer.Result)
	}
}

// Quiet hours hold back what the desktop would show, and one digest tells of
// what is unread when they end (R20).
func TestQuietHoursEndInOneDigest(t *testing.T) {
	b := startBell(t)
	now := b.app.clock.Now().Local()
	b.save(func(s *NotificationSettings) {
		s.QuietHours = QuietHours{From: now.Add(-time.Hour).Format("15:04"), To: now.Add(2 * time.Hour).Format("15:04")}
	})
	first, read := b.write("eva@klant.example", "Eerste"), b.write("jan@klant.example", "Gelezen")
	second := b.write("piet@klant.example", "Tweede")
	for _, c := range []Conversation{first, read, second} {
		if row := b.row(c.Subject, of(c.ID, "desktop")); row.Outcome != "suppressed" || row.Code != "quiet_hours" || row.Fix != "bell" {
			t.Errorf("%s in quiet hours: %+v", c.Subject, row)
		}
	}
	call[Undo](b.rig, "Inbox.MarkRead", read.ID)
	if shown := b.screen.all(); len(shown) != 0 {
		t.Fatalf("shown in quiet hours: %+v", shown)
	}
	call[*nothing](b.rig, "Sandbox.Advance", "2h1m")
	digest := b.notice("the digest", func(n desktop.Notice) bool { return n.Slot == "digest" })
	if !strings.Contains(digest.Title, "2") || len(digest.Actions) != 0 || digest.Reply != "" {
		t.Errorf("digest %+v", digest)
	}
	for _, c := range []Conversation{first, second} {
		b.row(c.Subject+" in the digest", func(r NotificationRow) bool {
			return of(c.ID, "desktop")(r) && r.Outcome == "shown" && r.Code == "digest"
		})
	}
	b.row("the read one", func(r NotificationRow) bool { return of(read.ID, "desktop")(r) && r.Code == "read_meanwhile" })
	if n := len(b.screen.all()); n != 1 {
		t.Errorf("%d notifications", n)
	}
}

// Quiet for an hour acts the same, and ends when it is taken back.
func TestAPauseCanBeEnded(t *testing.T) {
	b := startBell(t)
	call[*nothing](b.rig, "Notifications.Pause", 60)
	until := call[NotificationSettings](b.rig, "Notifications.Get").PausedUntil
	if at, err := parseStamp(until); err != nil || at.Sub(b.app.clock.Now()).Round(time.Minute) != time.Hour {
		t.Errorf("paused until %q", until)
	}
	b.save(func(s *NotificationSettings) { s.Sound = true })
	c := b.write("eva@klant.example", "Pauze")
	if row := b.row("paused", of(c.ID, "desktop")); row.Code != "paused" || row.Outcome != "suppressed" {
		t.Errorf("row %+v", row)
	}
	call[*nothing](b.rig, "Notifications.Pause", 0)
	if got := call[NotificationSettings](b.rig, "Notifications.Get"); got.PausedUntil != "" || !got.Sound {
		t.Errorf("after the pause: %+v", got)
	}
	b.notice("what waited", func(n desktop.Notice) bool { return n.Sound == "tick" })
	call[*nothing](b.rig, "Notifications.Pause", 60)
	call[*nothing](b.rig, "Sandbox.Advance", "61m")
	if got := call[NotificationSettings](b.rig, "Notifications.Get").PausedUntil; got != "" {
		t.Errorf("over, and still %q", got)
	}
}

// What travels in the team log is the e-mail bell, the muted shared channels
// and the language, and only when it changed.
func TestWhatTheTeamIsToldOfTheBell(t *testing.T) {
	b := startBell(t)
	said := func() string { return string(b.app.team.Prefs(b.app.team.Me())) }
	b.save(func(s *NotificationSettings) { s.Sound, s.Desktop.Others = true, true })
	if said() != "" {
		t.Errorf("nothing of it is the team's: %s", said())
	}
	channel := call[[]ChannelInfo](b.rig, "Channels.List")[0].ID
	b.save(func(s *NotificationSettings) { s.Email.Mine, s.Muted = true, []string{channel} })
	if want := `{"v":1,"email":{"mine":true,"others":false,"unassigned":false,"assignedToMe":false,"windowClosing":false},"muted":["` + channel + `"]}`; said() != want {
		t.Errorf("said %s, want %s", said(), want)
	}
	records := call[Diagnostics](b.rig, "Settings.Diagnostics").Log.Records
	b.save(func(s *NotificationSettings) { s.Sound = false })
	if now := call[Diagnostics](b.rig, "Settings.Diagnostics").Log.Records; now != records {
		t.Errorf("%d records, then %d: nothing changed for the team", records, now)
	}
	call[*nothing](b.rig, "Settings.Save", map[string]any{"language": "nl"})
	if !strings.Contains(said(), `"language":"nl"`) {
		t.Errorf("said %s", said())
	}
	b.save(func(s *NotificationSettings) { s.Email.Mine, s.Muted = false, nil })
	if p := readPrefs([]byte(said())); !p.silent() {
		t.Errorf("switched off: %s", said())
	}
}

// What another computer of mine said holds here too, but for what is this
// computer's alone; what this one said later waits for the log.
func TestChoicesOfTwoComputersAgree(t *testing.T) {
	for name, c := range map[string]struct {
		said   string
		before []string
		log    string
		mine   bool
	}{
		"never said":              {"", nil, "", true},
		"the log has it":          {"B", []string{"A"}, "B", true},
		"it waits":                {"B", []string{"A"}, "A", true},
		"two wait":                {"C", []string{"A", "B"}, "B", true},
		"somebody said another":   {"B", []string{"A"}, "X", false},
		"the first word is there": {"", nil, "X", false},
	} {
		s := storedBell{Said: c.said, Before: c.before}
		if s.newer(c.log) != c.mine {
			t.Errorf("%s: newer %v", name, !c.mine)
		}
	}
	var s storedBell
	s.saying("A", "B")
	s.saying("A", "C")
	if s.Said != "C" || !slices.Equal(s.Before, []string{"A", "B"}) {
		t.Errorf("two that wait: %+v", s)
	}
	s.saying("C", "D")
	if s.Said != "D" || !slices.Equal(s.Before, []string{"C"}) {
		t.Errorf("after the log had all: %+v", s)
	}
	for i := range 100 {
		s.saying("C", strings.Repeat("x", i))
	}
	if len(s.Before) > maxBefore {
		t.Errorf("%d remembered", len(s.Before))
	}
}

func TestPrefsOfOthersAreReadWithCare(t *testing.T) {
	for text, want := range map[string]saidPrefs{
		``: {}, `null`: {}, `[]`: {}, `{"email":7}`: {}, `{"v":9,"email":{"mine":true},"new":{}}`: {V: 9, Email: inbox.Bell{Mine: true}},
		`{"language":"xx"}`: {}, `{"language":"nl"}`: {Language: "nl"}, `{"muted":{}}`: {}, `{"email":{"mine":"yes"}}`: {},
	} {
		if got := readPrefs([]byte(text)); !got.same(want) || got.V != want.V {
			t.Errorf("%s: %+v", text, got)
		}
	}
}

// What happened before this computer took part is history, after a restart too.
func TestWhatWasBeforeIsHistory(t *testing.T) {
	dir, secrets := t.TempDir(), keyring.NewMemory()
	first := startRig(t, Options{Dir: dir, Secrets: secrets, Sandbox: true, Quiet: true})
	since := first.app.since()
	if age := first.app.clock.Now().Sub(since); since.IsZero() || age < 0 || age > time.Hour {
		t.Errorf("the part in the team began at %s", since)
	}
	first.app.Close()
	s := newScreen()
	r := startRig(t, Options{Dir: dir, Secrets: secrets, Sandbox: true, Quiet: true, Desktop: s})
	b := &bellRig{r, s, r.listen()}
	if again := b.app.since(); !again.Equal(since) {
		t.Errorf("after a restart it began at %s, not %s", again, since)
	}
	c := b.write("eva@klant.example", "Nu")
	old := sqlite.Assignment{NotificationEvent: inbox.NotificationEvent{
		ID: "old", Conversation: inbox.Key(c.ID), Channel: inbox.ChannelID(c.ChannelID), At: since.Add(-time.Minute),
		Assignment: true, By: "sanne", Assignee: inbox.MemberID(b.me()),
	}, Stands: true}
	gone := old
	gone.ID, gone.At, gone.Stands = "gone", since.Add(time.Minute), false
	if events := eventsOf(sqlite.Changed{Assigned: []sqlite.Assignment{gone, old}}); len(events) != 1 || events[0].ID != "old" {
		t.Errorf("events %+v: what somebody changed again tells nobody", events)
	}
	b.app.heard(sqlite.Changed{Assigned: []sqlite.Assignment{old}})
	row := b.row("the old one", func(r NotificationRow) bool { return r.Event == "assignedToMe" && r.Medium == "desktop" })
	if row.Outcome != "suppressed" || row.Code != "before" {
		t.Errorf("row %+v", row)
	}
	for _, n := range s.all() {
		if strings.Contains(n.Title, "Sanne") {
			t.Errorf("shown %+v", n)
		}
	}
}

// Being let into another team begins anew, and who waits takes no part.
func TestAnotherTeamBeginsAnew(t *testing.T) {
	r := startDemo(t)
	first := *r.app.began.Load()
	r.app.began.Store(&start{Member: first.Member, Log: "another", At: first.At.Add(-time.Hour)})
	if err := r.app.noteStart(t.Context()); err != nil {
		t.Fatal(err)
	}
	if now := r.app.began.Load(); now.Log != first.Log || !now.At.After(first.At) {
		t.Errorf("it began %+v", now)
	}
}

// What I choose for e-mail on another computer holds here; what is this
// computer's own stays.
func TestAnotherComputerOfMineChooses(t *testing.T) {
	b := startBell(t)
	channel := call[[]ChannelInfo](b.rig, "Channels.List")[0].ID
	b.save(func(s *NotificationSettings) { s.Email.Mine, s.Sound, s.Muted = true, true, []string{channel} })
	elsewhere := &teamlog.Prefs{Value: json.RawMessage(`{"v":2,"email":{"others":true},"colour":"red"}`)}
	if _, err := b.app.team.DecideAs(t.Context(), b.app.demo.authors[b.app.team.Me()], b.app.clock.Now(), elsewhere); err != nil {
		t.Fatal(err)
	}
	now := call[NotificationSettings](b.rig, "Notifications.Get")
	if now.Email != (NotificationBell{Others: true}) || len(now.Muted) != 0 || !now.Sound {
		t.Errorf("here it is %+v", now)
	}
	b.save(func(s *NotificationSettings) { s.Sound = false })
	if said := string(b.app.team.Prefs(b.app.team.Me())); said != string(elsewhere.Value) {
		t.Errorf("what was said elsewhere was said again as %s", said)
	}
	b.save(func(s *NotificationSettings) { s.Email.Others = false })
	if now := call[NotificationSettings](b.rig, "Notifications.Get"); now.Email != (NotificationBell{}) {
		t.Errorf("switched off here: %+v", now)
	}
}

// The history speaks the person's language.
func TestTheHistorySpeaksDutch(t *testing.T) {
	b := startBell(t)
	call[*nothing](b.rig, "Settings.Save", map[string]any{"language": "nl"})
	notes := b.listen()
	b.save(func(s *NotificationSettings) { s.Desktop = NotificationBell{} })
	c := b.write("eva@klant.example", "Uit")
	if row := b.row("the row", of(c.ID, "desktop")); row.Reason != "Dit staat uit bij je meldingen (de bel)." || row.Code != "off" {
		t.Errorf("row %+v", row)
	}
	if note := next[Notification](b.rig, notes, "notification"); note.Reason != "Dit staat uit bij je meldingen (de bel)." {
		t.Errorf("event %+v", note)
	}
}

// Nobody's computer corrects another one's by itself, and what is on its way is
// not said again with every change of the team.
func TestTheTeamIsToldOnce(t *testing.T) {
	b := startBell(t)
	b.save(func(s *NotificationSettings) { s.Email.Mine = true })
	me := b.app.team.Me()
	elsewhere := &teamlog.Prefs{Value: json.RawMessage(`{"v":1,"email":{"mine":true},"language":"nl"}`)}
	if _, err := b.app.team.DecideAs(t.Context(), b.app.demo.authors[me], b.app.clock.Now(), elsewhere); err != nil {
		t.Fatal(err)
	}
	if err := b.app.sayFirst(t.Context()); err != nil {
		t.Fatal(err)
	}
	if said := string(b.app.team.Prefs(me)); said != string(elsewhere.Value) {
		t.Errorf("another computer's language was corrected: %s", said)
	}

	waiting := storedBell{As: b.app.speaksAs(), Said: `{"v":1,"email":{"mine":true}}`, Before: []string{"", string(elsewhere.Value)}}
	waiting.Email.Mine = true
	if said, err := b.app.sayPrefs(t.Context(), &waiting); err != nil || said {
		t.Errorf("what is on its way was said again: %v, %v", said, err)
	}
	if err := b.app.db.PutSetting(t.Context(), bellKey, storedBell{As: "another log/me", Said: "old", Before: []string{string(elsewhere.Value)}}); err != nil {
		t.Fatal(err)
	}
	if s, err := b.app.storedBell(t.Context()); err != nil || s.Said != "" || !s.Email.Mine {
		t.Errorf("from another log: %+v, %v", s, err)
	}
}
