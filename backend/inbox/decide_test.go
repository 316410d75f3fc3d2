package inbox_test

import (
	"testing"
	"time"

	"postvak/backend/inbox"
)

// monday is a Monday evening: within the quiet hours of the tests.
var monday = time.Date(2026, 3, 2, 22, 0, 0, 0, time.UTC)

// knobs is one combination of everything that a decision may depend on, in the
// test's own words. The decision sees only the facts made of it.
type knobs struct {
	medium                   inbox.Medium
	event                    inbox.Occasion // "" is an assignment to somebody else
	removed, noAccess, own   bool
	before                   bool
	nature                   inbox.Nature
	seen, closed             bool
	over                     bool
	front                    string // this, other, none
	read, off, muted         bool
	held                     string // "", quiet, paused, both
	age                      time.Duration
	noAddress, noServer      bool
	readByOthers             bool
	fromMember, answersAlert bool
	alerts                   int
}

func (k knobs) email() bool      { return k.medium == inbox.MediumEmail }
func (k knobs) assignment() bool { return k.event == inbox.OccasionAssigned || k.event == "" }
func (k knobs) window() bool     { return k.event == inbox.OccasionClosing }
func (k knobs) message() bool    { return !k.assignment() && !k.window() }

// facts puts a combination into the terms of the decision.
func (k knobs) facts() inbox.NotificationFacts {
	f := inbox.NotificationFacts{
		Medium: k.medium, Now: monday, HeardAt: monday, Since: monday.Add(-24 * time.Hour),
		Read: k.read, MailServer: !k.noServer, ReadByOthers: k.readByOthers, FromMember: k.fromMember, AnswersAlert: k.answersAlert, RecentAlerts: k.alerts,
		Event: inbox.NotificationEvent{
			ID: "e", Conversation: "c", Channel: "support", At: monday.Add(-k.age), By: "carol",
			Assignment: k.assignment(), Nature: k.nature, Seen: k.seen, Closed: k.closed,
		},
		Member: inbox.NotificationMember{ID: "ann", Active: !k.removed, Access: !k.noAccess, Address: "ann@firm.example"},
	}
	f.Event.Assignee = map[inbox.Occasion]inbox.MemberID{
		inbox.OccasionMine: "ann", inbox.OccasionOthers: "ben", inbox.OccasionAssigned: "ann", inbox.OccasionClosing: "ann", "": "ben",
	}[k.event]
	if k.window() {
		f.Event.Ends, f.Event.Over = f.Event.At.Add(time.Hour), k.over
	}
	if k.own {
		f.Event.By = "ann"
	}
	if k.before {
		f.Since = f.Event.At.Add(time.Second)
	}
	if k.noAddress {
		f.Member.Address = ""
	}
	f.Focused = k.front != "none"
	f.Open = map[string]inbox.Key{"this": "c", "other": "d", "none": "c"}[k.front]
	f.Member.Settings = k.settings()
	return f
}

// settings switch one bell on or all but that one: what another bell says must
// not matter.
func (k knobs) settings() inbox.NotificationSettings {
	bell := inbox.Bell{
		Mine: k.event == inbox.OccasionMine, Others: k.event == inbox.OccasionOthers,
		Unassigned: k.event == inbox.OccasionUnassigned, AssignedToMe: k.event == inbox.OccasionAssigned,
		WindowClosing: k.event == inbox.OccasionClosing,
	}
	other := inbox.Bell{Mine: !bell.Mine, Others: !bell.Others, Unassigned: !bell.Unassigned, AssignedToMe: !bell.AssignedToMe, WindowClosing: !bell.WindowClosing}
	if k.off {
		bell, other = other, bell
	}
	s := inbox.NotificationSettings{Desktop: bell, Email: other, Muted: []inbox.ChannelID{"sales"}}
	if k.email() {
		s.Desktop, s.Email = other, bell
	}
	if k.muted {
		s.Muted = append(s.Muted, "support")
	}
	if k.held == "quiet" || k.held == "both" {
		s.Quiet = inbox.QuietHours{From: "18:00", To: "08:30"}
	}
	if k.held == "paused" || k.held == "both" {
		s.PausedUntil = monday.Add(40 * time.Minute)
	}
	return s
}

// oracle is the rule as a table: everything that keeps a notification back, in
// the order in which a person is told. The first line that holds decides.
var oracle = []struct {
	reason inbox.NotificationReason
	do     inbox.Doing
	holds  func(k knobs) bool
}{
	{"", inbox.DoNothing, func(k knobs) bool { return k.event == "" }},
	{"removed", inbox.DoNothing, func(k knobs) bool { return k.removed }},
	{"no_access", inbox.DoNothing, func(k knobs) bool { return k.noAccess }},
	{"own_action", inbox.DoNothing, func(k knobs) bool { return k.assignment() && k.own }},
	{"before", inbox.DoNothing, func(k knobs) bool { return k.before }},
	{"window_over", inbox.DoNothing, func(k knobs) bool { return k.window() && (k.over || k.age >= time.Hour) }},
	{"machine", inbox.DoNothing, func(k knobs) bool {
		return k.message() && (k.nature == inbox.NatureAutoReply || k.nature == inbox.NatureBounce || k.nature == inbox.NatureAlert)
	}},
	{"seen", inbox.DoNothing, func(k knobs) bool { return k.message() && k.seen }},
	{"closed", inbox.DoNothing, func(k knobs) bool { return k.message() && k.closed }},
	{"from_member", inbox.DoNothing, func(k knobs) bool { return k.email() && k.fromMember }},
	{"answers_alert", inbox.DoNothing, func(k knobs) bool { return k.email() && k.answersAlert }},
	{"focused", inbox.DoNothing, func(k knobs) bool { return !k.email() && k.front == "this" }},
	{"read_meanwhile", inbox.DoNothing, func(k knobs) bool { return k.read }},
	{"off", inbox.DoNothing, func(k knobs) bool { return k.off }},
	{"muted", inbox.DoNothing, func(k knobs) bool { return k.muted }},
	{"no_address", inbox.DoNothing, func(k knobs) bool { return k.email() && k.noAddress }},
	{"shared_address", inbox.DoNothing, func(k knobs) bool { return k.email() && k.readByOthers }},
	{"no_mail_server", inbox.DoNothing, func(k knobs) bool { return k.email() && k.noServer }},
	{"nobody_on", inbox.DoNothing, func(k knobs) bool { return k.email() && k.age > time.Hour }},
	{"too_many", inbox.DoNothing, func(k knobs) bool { return k.email() && k.alerts >= 10 }},
	{"", inbox.DoSend, func(k knobs) bool { return k.email() }},
	{"paused", inbox.DoHold, func(k knobs) bool { return k.held == "paused" || k.held == "both" }},
	{"quiet_hours", inbox.DoHold, func(k knobs) bool { return k.held == "quiet" }},
	{"catching_up", inbox.DoGather, func(k knobs) bool { return k.message() && k.age > 5*time.Minute }},
	{"", inbox.DoShow, func(knobs) bool { return true }},
}

func (k knobs) expected() inbox.Verdict {
	for _, line := range oracle {
		if !line.holds(k) {
			continue
		}
		v := inbox.Verdict{Do: line.do, Reason: line.reason}
		switch line.reason {
		case "paused":
			v.Until = monday.Add(40 * time.Minute)
		case "quiet_hours":
			v.Until = time.Date(2026, 3, 3, 8, 30, 0, 0, time.UTC)
		}
		return v
	}
	panic("the table has an end")
}

var (
	yesNo     = []bool{false, true}
	occasions = []inbox.Occasion{"mine", "others", "unassigned", "assignedToMe", "windowClosing", ""}
	natures   = []inbox.Nature{inbox.NatureHuman, inbox.NatureList, inbox.NatureAutoReply, inbox.NatureBounce, inbox.NatureAlert}
	ages      = []time.Duration{-time.Minute, 5 * time.Minute, 5*time.Minute + 1, time.Hour, time.Hour + 1}
)

// wheel turns one knob through all its values.
type wheel struct {
	values int
	set    func(k *knobs, value int)
}

func flag(of func(*knobs) *bool) wheel {
	return wheel{2, func(k *knobs, v int) { *of(k) = yesNo[v] }}
}

func choice[T any](of func(*knobs) *T, values ...T) wheel {
	return wheel{len(values), func(k *knobs, v int) { *of(k) = values[v] }}
}

// happenings are all occasions, and a reply window that is over by then.
var happenings = wheel{len(occasions) + 1, func(k *knobs, v int) {
	k.over = v == len(occasions)
	k.event = inbox.OccasionClosing
	if !k.over {
		k.event = occasions[v]
	}
}}

// shared are the knobs of both media.
var shared = []wheel{
	happenings,
	choice(func(k *knobs) *inbox.Nature { return &k.nature }, natures...),
	choice(func(k *knobs) *time.Duration { return &k.age }, ages...),
	flag(func(k *knobs) *bool { return &k.removed }), flag(func(k *knobs) *bool { return &k.noAccess }),
	flag(func(k *knobs) *bool { return &k.own }), flag(func(k *knobs) *bool { return &k.before }),
	flag(func(k *knobs) *bool { return &k.seen }), flag(func(k *knobs) *bool { return &k.closed }),
	flag(func(k *knobs) *bool { return &k.read }), flag(func(k *knobs) *bool { return &k.off }),
	flag(func(k *knobs) *bool { return &k.muted }),
}

var desktopOnly = []wheel{
	choice(func(k *knobs) *string { return &k.front }, "none", "other", "this"),
	choice(func(k *knobs) *string { return &k.held }, "", "quiet", "paused", "both"),
}

var emailOnly = []wheel{
	choice(func(k *knobs) *int { return &k.alerts }, 0, 9, 10),
	flag(func(k *knobs) *bool { return &k.noAddress }), flag(func(k *knobs) *bool { return &k.noServer }),
	flag(func(k *knobs) *bool { return &k.readByOthers }),
	flag(func(k *knobs) *bool { return &k.fromMember }), flag(func(k *knobs) *bool { return &k.answersAlert }),
}

// each visits every combination of some knobs; the others stay as in k.
func each(k knobs, wheels []wheel, visit func(knobs)) {
	if len(wheels) == 0 {
		visit(k)
		return
	}
	for v := range wheels[0].values {
		wheels[0].set(&k, v)
		each(k, wheels[1:], visit)
	}
}

// TestEveryCombinationOfTheDesktop and its sister for e-mail are R14–R20's
// whole table: events × states.
func TestEveryCombinationOfTheDesktop(t *testing.T) {
	checkAll(t, knobs{medium: inbox.MediumDesktop}, append(shared[:len(shared):len(shared)], desktopOnly...), 150_000)
}

func TestEveryCombinationOfEmail(t *testing.T) {
	wheels := []wheel{
		shared[0], // the occasions
		choice(func(k *knobs) *inbox.Nature { return &k.nature }, inbox.NatureHuman, inbox.NatureAutoReply),
		choice(func(k *knobs) *time.Duration { return &k.age }, 0, time.Hour, time.Hour+1),
	}
	wheels = append(append(wheels, shared[3:]...), emailOnly...)
	checkAll(t, knobs{medium: inbox.MediumEmail, front: "this", held: "both"}, wheels, 700_000)
}

func checkAll(t *testing.T, start knobs, wheels []wheel, atLeast int) {
	t.Helper()
	seen := map[inbox.Verdict]int{}
	count, wrong := 0, 0
	each(start, wheels, func(k knobs) {
		count++
		got := inbox.DecideNotification(k.facts())
		seen[got]++
		if want := k.expected(); got != want {
			if wrong++; wrong <= 5 {
				t.Errorf("%+v\n got %+v\nwant %+v", k, got, want)
			}
		}
	})
	if count < atLeast || wrong > 0 {
		t.Errorf("%d of %d combinations are decided wrong", wrong, count)
	}
	if len(seen) < 14 {
		t.Errorf("only these verdicts came up: %v", seen)
	}
}

// What belongs to the other medium changes nothing.
func TestTheOtherMediumChangesNothing(t *testing.T) {
	each(knobs{medium: inbox.MediumEmail}, append(shared[:4:4], desktopOnly...), func(k knobs) {
		plain := k
		plain.front, plain.held = "none", ""
		if got, want := inbox.DecideNotification(k.facts()), inbox.DecideNotification(plain.facts()); got != want {
			t.Fatalf("%+v: %+v, without the desktop's state %+v", k, got, want)
		}
	})
	each(knobs{medium: inbox.MediumDesktop, front: "none"}, append(shared[:4:4], emailOnly...), func(k knobs) {
		plain := k
		plain.alerts, plain.noAddress, plain.noServer, plain.fromMember, plain.answersAlert = 0, false, false, false, false
		if got, want := inbox.DecideNotification(k.facts()), inbox.DecideNotification(plain.facts()); got != want {
			t.Fatalf("%+v: %+v, without e-mail's state %+v", k, got, want)
		}
	})
}

// Who is told that something is switched off and switches it on, hears of the
// next such event, as far as it depends on the event and the person's choice.
func TestFixIsNotInVain(t *testing.T) {
	for _, medium := range []inbox.Medium{inbox.MediumDesktop, inbox.MediumEmail} {
		wheels := append(append([]wheel{shared[0]}, shared[3:]...), emailOnly...)
		each(knobs{medium: medium, front: "none"}, wheels, func(k knobs) {
			if inbox.DecideNotification(k.facts()).Reason != inbox.ReasonOff {
				return
			}
			k.off, k.muted, k.noAddress, k.readByOthers, k.noServer, k.alerts = false, false, false, false, false, 0
			if got := inbox.DecideNotification(k.facts()); got.Do != inbox.DoShow && got.Do != inbox.DoSend {
				t.Fatalf("%+v: off, and switched on still %+v", k, got)
			}
		})
	}
}

// Whoever has the conversation by now, the event is what it was when it came.
func TestAnEventStaysWhatItWas(t *testing.T) {
	for _, now := range []inbox.MemberID{"", "me", "carol"} {
		for _, o := range inbox.Occasions() {
			e := inbox.NotificationEvent{Assignee: now}.As(o, "me")
			if got := e.OccasionFor("me"); got != o {
				t.Errorf("assigned to %q now, %q became %q", now, o, got)
			}
			if o == inbox.OccasionOthers && now == "carol" && e.Assignee != now {
				t.Errorf("a known assignee was lost: %q", e.Assignee)
			}
		}
	}
}

// A member whom nothing entitles hears nothing, in whichever state (R30, R31).
func TestNobodyElseHears(t *testing.T) {
	for _, medium := range []inbox.Medium{inbox.MediumDesktop, inbox.MediumEmail} {
		for _, who := range []knobs{{medium: medium, removed: true}, {medium: medium, noAccess: true}} {
			wheels := append([]wheel{}, shared[:3]...)
			wheels = append(append(wheels, shared[5:]...), desktopOnly...)
			each(who, wheels, func(k knobs) {
				if got := inbox.DecideNotification(k.facts()); got.Do != inbox.DoNothing {
					t.Fatalf("%+v: %+v", k, got)
				}
			})
		}
	}
}

// The words of the rules, one by one.
func TestDecisionsInWords(t *testing.T) {
	day := time.Date(2026, 3, 3, 11, 0, 0, 0, time.UTC)
	ann := inbox.NotificationMember{ID: "ann", Active: true, Access: true, Address: "ann@firm.example", Settings: inbox.DefaultNotifications()}
	mail := func(assignee inbox.MemberID) inbox.NotificationEvent {
		return inbox.NotificationEvent{ID: "m", Conversation: "c", Channel: "support", At: day, Assignee: assignee}
	}
	assigned := func(to, by inbox.MemberID) inbox.NotificationEvent {
		return inbox.NotificationEvent{ID: "d", Conversation: "c", At: day, Assignment: true, Assignee: to, By: by}
	}
	ends := func(assignee inbox.MemberID, end time.Time) inbox.NotificationEvent {
		return inbox.NotificationEvent{ID: "w", Conversation: "c", At: end.Add(-time.Hour), Ends: end, Assignee: assignee}
	}
	for _, c := range []struct {
		name  string
		event inbox.NotificationEvent
		is    func(*inbox.NotificationFacts)
		want  inbox.Verdict
	}{
		{"by default mine is shown", mail("ann"), nil, inbox.Verdict{Do: "show"}},
		{"by default nobody's is shown", mail(""), nil, inbox.Verdict{Do: "show"}},
		{"by default others' is not", mail("ben"), nil, inbox.Verdict{Reason: "off"}},
		{"an assignment to me is shown", assigned("ann", "ben"), nil, inbox.Verdict{Do: "show"}},
		{"reassigned by its former assignee", assigned("ann", "carol"), nil, inbox.Verdict{Do: "show"}},
		{"taken on by myself (R15)", assigned("ann", "ann"), nil, inbox.Verdict{Reason: "own_action"}},
		{"by default my window that ends is shown (R28)", ends("ann", day.Add(time.Minute)), nil, inbox.Verdict{Do: "show"}},
		{"also by who wakes up late", ends("ann", day.Add(time.Minute)), func(f *inbox.NotificationFacts) { f.HeardAt = day.Add(50 * time.Minute) }, inbox.Verdict{Do: "show"}},
		{"at its end it is over", ends("ann", day), nil, inbox.Verdict{Reason: "window_over"}},
		{"Ben's window is nothing to Ann", ends("ben", day.Add(time.Minute)), nil, inbox.Verdict{}},
		{"nobody's window is nothing to anybody", ends("", day.Add(time.Minute)), nil, inbox.Verdict{}},
		{"an assignment to Ben is nothing to Ann", assigned("ben", "ann"), nil, inbox.Verdict{}},
		{"an unassignment is nothing to Ann", assigned("", "ben"), nil, inbox.Verdict{}},
		{"by default no e-mail", mail("ann"), func(f *inbox.NotificationFacts) { f.Medium = inbox.MediumEmail }, inbox.Verdict{Reason: "off"}},
		{"open in a focused window (R16)", mail("ann"), func(f *inbox.NotificationFacts) { f.Open, f.Focused = "c", true }, inbox.Verdict{Reason: "focused"}},
		{"another one open in a focused window", mail("ann"), func(f *inbox.NotificationFacts) { f.Open, f.Focused = "d", true }, inbox.Verdict{Do: "show"}},
		{"open in a window behind others", mail("ann"), func(f *inbox.NotificationFacts) { f.Open = "c" }, inbox.Verdict{Do: "show"}},
		{"heard of after the night (R20)", mail("ann"), func(f *inbox.NotificationFacts) { f.HeardAt = day.Add(9 * time.Hour) }, inbox.Verdict{Do: "gather", Reason: "catching_up"}},
		{"an assignment is news in the morning too", assigned("ann", "ben"), func(f *inbox.NotificationFacts) { f.HeardAt = day.Add(9 * time.Hour) }, inbox.Verdict{Do: "show"}},
		{"from a clock that is ahead", mail("ann"), func(f *inbox.NotificationFacts) { f.HeardAt = day.Add(-time.Hour) }, inbox.Verdict{Do: "show"}},
		{"no start is no limit", mail("ann"), func(f *inbox.NotificationFacts) { f.Since = time.Time{} }, inbox.Verdict{Do: "show"}},
	} {
		f := inbox.NotificationFacts{Event: c.event, Medium: inbox.MediumDesktop, Member: ann, Now: day, HeardAt: day, Since: day.Add(-time.Hour)}
		if c.is != nil {
			c.is(&f)
		}
		if got := inbox.DecideNotification(f); got != c.want {
			t.Errorf("%s: %+v, want %+v", c.name, got, c.want)
		}
	}
}
