package inbox_test

import (
	"slices"
	"testing"
	"time"
	_ "time/tzdata" // the machine may have none

	"postvak/backend/inbox"
)

func TestQuietHours(t *testing.T) {
	week := []string{"mon", "tue", "wed", "thu", "fri"}
	night := inbox.QuietHours{From: "18:00", To: "08:30", Days: week}
	lunch := inbox.QuietHours{From: "12:00", To: "13:00"}
	weekend := inbox.QuietHours{From: "00:00", To: "00:00", Days: []string{"sun", "sat"}}
	for _, c := range []struct {
		name  string
		hours inbox.QuietHours
		now   string
		until string // "" for not quiet
	}{
		{"before the evening", night, "2026-03-02T17:59:59Z", ""}, // a Monday
		{"the evening", night, "2026-03-02T18:00:00Z", "2026-03-03T08:30:00Z"},
		{"midnight", night, "2026-03-03T00:00:00Z", "2026-03-03T08:30:00Z"},
		{"the last moment", night, "2026-03-03T08:29:59Z", "2026-03-03T08:30:00Z"},
		{"the end is not quiet", night, "2026-03-03T08:30:00Z", ""},
		{"Friday's night ends on Saturday", night, "2026-03-07T03:00:00Z", "2026-03-07T08:30:00Z"},
		{"Saturday has no night", night, "2026-03-07T19:00:00Z", ""},
		{"Monday morning is Sunday's night", night, "2026-03-02T03:00:00Z", ""},
		{"lunch, every day", lunch, "2026-03-08T12:30:00Z", "2026-03-08T13:00:00Z"},
		{"after lunch", lunch, "2026-03-08T13:00:00Z", ""},
		{"both days of the weekend are one", weekend, "2026-03-07T09:00:00Z", "2026-03-09T00:00:00Z"},
		{"Friday is not", weekend, "2026-03-06T23:59:59Z", ""},
		{"the same hours are the whole day", inbox.QuietHours{From: "09:00", To: "09:00", Days: []string{"mon"}}, "2026-03-02T08:00:00Z", "2026-03-03T00:00:00Z"},
		{"none", inbox.QuietHours{Days: week}, "2026-03-02T20:00:00Z", ""},
		{"one end only", inbox.QuietHours{From: "18:00"}, "2026-03-02T20:00:00Z", ""},
		{"nonsense", inbox.QuietHours{From: "25:00", To: "x"}, "2026-03-02T20:00:00Z", ""},
		{"nonsense days", inbox.QuietHours{From: "18:00", To: "08:30", Days: []string{"someday"}}, "2026-03-02T20:00:00Z", ""},
	} {
		end, quiet := c.hours.Until(at(t, c.now, time.UTC))
		if quiet != (c.until != "") || quiet && !end.Equal(at(t, c.until, time.UTC)) {
			t.Errorf("%s: %v, until %v", c.name, quiet, end)
		}
	}
}

func at(t *testing.T, text string, zone *time.Location) time.Time {
	t.Helper()
	when, err := time.Parse(time.RFC3339, text)
	if err != nil {
		t.Fatal(err)
	}
	return when.In(zone)
}

// The hours are the member's: on the wall, on both sides of a change of the
// clock.
func TestQuietHoursAreLocal(t *testing.T) {
	amsterdam, err := time.LoadLocation("Europe/Amsterdam")
	if err != nil {
		t.Fatal(err)
	}
	night := inbox.QuietHours{From: "18:00", To: "08:30"}
	for _, c := range []struct{ now, until string }{
		{"2026-03-28T17:00:00Z", "2026-03-29T06:30:00Z"}, // 18:00 CET to 08:30 CEST: an hour less
		{"2026-10-24T16:00:00Z", "2026-10-25T07:30:00Z"}, // 18:00 CEST to 08:30 CET: an hour more
	} {
		end, quiet := night.Until(at(t, c.now, amsterdam))
		if !quiet || !end.Equal(at(t, c.until, time.UTC)) {
			t.Errorf("%s: %v, until %v", c.now, quiet, end.UTC())
		}
		if _, early := night.Until(at(t, c.now, amsterdam).Add(-time.Second)); early {
			t.Errorf("%s: quiet a second early", c.now)
		}
	}
	// 02:30 does not exist on that night, and exists twice on the other.
	gap := inbox.QuietHours{From: "02:30", To: "02:45"}
	for _, day := range []string{"2026-03-29T00:00:00Z", "2026-10-25T00:00:00Z"} {
		for minute := range 180 {
			now := at(t, day, amsterdam).Add(time.Duration(minute) * time.Minute)
			if end, quiet := gap.Until(now); quiet && !end.After(now) {
				t.Fatalf("%v: quiet until %v", now, end)
			}
		}
	}
}

// TestQuietHoursByTheMinute asks the clock on the wall, minute by minute.
func TestQuietHoursByTheMinute(t *testing.T) {
	start := time.Date(2026, 2, 27, 0, 0, 0, 0, time.UTC)
	hours := []string{"00:00", "08:30", "12:00", "23:59"}
	for _, days := range [][]string{nil, {"sat"}, {"sun", "mon"}, {"mon", "wed", "fri"}} {
		for _, from := range hours {
			for _, to := range hours {
				q := inbox.QuietHours{From: from, To: to, Days: days}
				if from == to && days == nil {
					if end, quiet := q.Until(start); !quiet || end.Sub(start) < 7*24*time.Hour {
						t.Errorf("%+v: %v, until %v", q, quiet, end)
					}
					continue
				}
				checkMinutes(t, q, start, 9*24*60)
			}
		}
	}
}

// checkMinutes compares from the last minute back: the end of a quiet minute is
// the end of the next one, or the next one itself.
func checkMinutes(t *testing.T, q inbox.QuietHours, start time.Time, minutes int) {
	t.Helper()
	var end time.Time
	for known := false; minutes >= 0; minutes-- {
		now := start.Add(time.Duration(minutes) * time.Minute)
		loud := !onTheWall(q, now)
		if loud {
			end, known = now, true
		}
		got, quiet := q.Until(now)
		if quiet == loud || quiet && known && !got.Equal(end) {
			t.Fatalf("%+v at %v: quiet %v until %v, want %v until %v", q, now, quiet, got, !loud, end)
		}
	}
}

func onTheWall(q inbox.QuietHours, now time.Time) bool {
	named := func(day time.Time) bool {
		return q.Days == nil || slices.Contains(q.Days, map[time.Weekday]string{
			time.Monday: "mon", time.Tuesday: "tue", time.Wednesday: "wed", time.Thursday: "thu",
			time.Friday: "fri", time.Saturday: "sat", time.Sunday: "sun",
		}[day.Weekday()])
	}
	today, yesterday, hour := named(now), named(now.AddDate(0, 0, -1)), now.Format("15:04")
	switch {
	case q.From == q.To:
		return today
	case q.From < q.To:
		return today && hour >= q.From && hour < q.To
	}
	return today && hour >= q.From || yesterday && hour < q.To
}

func TestNotificationSettingsAreChecked(t *testing.T) {
	if err := inbox.DefaultNotifications().Check(); err != nil {
		t.Fatal(err)
	}
	for name, spoil := range map[string]func(*inbox.NotificationSettings){
		"tone":          func(s *inbox.NotificationSettings) { s.Tone = "gong" },
		"half":          func(s *inbox.NotificationSettings) { s.Quiet.From = "18:00" },
		"other half":    func(s *inbox.NotificationSettings) { s.Quiet.To = "18:00" },
		"no hour":       func(s *inbox.NotificationSettings) { s.Quiet = inbox.QuietHours{From: "24:00", To: "08:00"} },
		"one digit":     func(s *inbox.NotificationSettings) { s.Quiet = inbox.QuietHours{From: "18:00", To: "8:00"} },
		"seconds":       func(s *inbox.NotificationSettings) { s.Quiet = inbox.QuietHours{From: "18:00:00", To: "08:00"} },
		"day":           func(s *inbox.NotificationSettings) { s.Quiet.Days = []string{"monday"} },
		"day twice":     func(s *inbox.NotificationSettings) { s.Quiet.Days = []string{"mon", "mon"} },
		"nameless mute": func(s *inbox.NotificationSettings) { s.Muted = []inbox.ChannelID{""} },
		"many mutes":    func(s *inbox.NotificationSettings) { s.Muted = make([]inbox.ChannelID, 1001) },
		"language":      func(s *inbox.NotificationSettings) { s.Language = "tlh" },
	} {
		s := inbox.DefaultNotifications()
		spoil(&s)
		if inbox.CodeOf(s.Check()) != inbox.Invalid {
			t.Errorf("%s: %v", name, s.Check())
		}
	}
	s := inbox.DefaultNotifications()
	s.Tone, s.Language, s.Quiet = "", "nl", inbox.QuietHours{From: "18:00", To: "08:30", Days: inbox.Weekdays()}
	if err := s.Check(); err != nil {
		t.Error(err)
	}
}

func FuzzQuietHours(f *testing.F) {
	f.Add("18:00", "08:30", "mon", int64(1_772_000_000))
	f.Fuzz(func(t *testing.T, from, to, day string, unix int64) {
		q := inbox.QuietHours{From: from, To: to, Days: []string{day}}
		now := time.Unix(unix%(1<<40), 0).UTC()
		if end, quiet := q.Until(now); quiet && (!end.After(now) || q.Check() != nil) {
			t.Errorf("%+v at %v: until %v, %v", q, now, end, q.Check())
		}
	})
}
