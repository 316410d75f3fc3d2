package inbox

import (
	"slices"
	"time"
)

// QuietHours hold desktop notifications back (R20), in the member's own time.
// From and To are hours such as "18:00", To not included; both "" is none. A
// From after To lasts over midnight and belongs to the day it began; the same
// two are the whole day. Days are of Weekdays; none means every day.
type QuietHours struct {
	From string   `json:"from"`
	To   string   `json:"to"`
	Days []string `json:"days"`
}

// Weekdays are the names of the days, Monday first.
func Weekdays() []string { return []string{"mon", "tue", "wed", "thu", "fri", "sat", "sun"} }

// Check says, with code Invalid and in words for a person, what is wrong.
func (q QuietHours) Check() error {
	for i, day := range q.Days {
		if !slices.Contains(Weekdays(), day) || slices.Contains(q.Days[:i], day) {
			return Errorf(Invalid, "Quiet hours name each day once: mon, tue, wed, thu, fri, sat, sun.")
		}
	}
	_, _, from := clockTime(q.From)
	_, _, to := clockTime(q.To)
	if none := q.From == "" && q.To == ""; !none && (!from || !to) {
		return Errorf(Invalid, "Quiet hours need a beginning and an end, such as 18:00 and 08:30.")
	}
	return nil
}

// Until says whether now is quiet, and when that ends: quiet hours that follow
// each other without a gap are one. Now's location decides what day and hour it
// is. Hours that never end are looked at again after a week; hours that do not
// pass Check are never quiet.
func (q QuietHours) Until(now time.Time) (end time.Time, quiet bool) {
	end = now
	for range len(Weekdays()) + 1 {
		next, more := q.period(end)
		if !more {
			break
		}
		end, quiet = next, true
	}
	if !quiet {
		return time.Time{}, false
	}
	return end, true
}

// period gives the end of the quiet hours that now is in: those that began
// yesterday, or today's.
func (q QuietHours) period(now time.Time) (end time.Time, quiet bool) {
	for _, back := range []int{1, 0} {
		start, end, ok := q.on(now, -back)
		if ok && !now.Before(start) && now.Before(end) {
			return end, true
		}
	}
	return time.Time{}, false
}

// on gives the quiet hours that begin so many days after now's.
func (q QuietHours) on(now time.Time, days int) (start, end time.Time, ok bool) {
	fromHour, fromMinute, okFrom := clockTime(q.From)
	toHour, toMinute, okTo := clockTime(q.To)
	year, month, day := now.Date()
	at := func(days, hour, minute int) time.Time {
		return time.Date(year, month, day+days, hour, minute, 0, 0, now.Location())
	}
	switch {
	case !okFrom || !okTo || !q.begins(at(days, 12, 0).Weekday()):
		return time.Time{}, time.Time{}, false
	case q.From == q.To:
		return at(days, 0, 0), at(days+1, 0, 0), true
	case q.From > q.To:
		return at(days, fromHour, fromMinute), at(days+1, toHour, toMinute), true
	}
	return at(days, fromHour, fromMinute), at(days, toHour, toMinute), true
}

// begins says whether quiet hours begin on a day of the week.
func (q QuietHours) begins(day time.Weekday) bool {
	monday := (int(day) + 6) % 7 // time's weeks begin on Sunday
	return len(q.Days) == 0 || slices.Contains(q.Days, Weekdays()[monday])
}

// clockTime reads "18:00". It takes two digits each, so that two texts compare
// as their times do.
func clockTime(text string) (hour, minute int, ok bool) {
	t, err := time.Parse("15:04", text)
	if err != nil || len(text) != len("15:04") {
		return 0, 0, false
	}
	return t.Hour(), t.Minute(), true
}
