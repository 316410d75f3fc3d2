package mime

import (
	"strconv"
	"strings"
	"time"
)

// parseDate reads a Date header as senders write it: names in any case and in
// full, two-digit years, missing seconds, comments, named zones, ISO 8601. The
// zero time stands for a date that makes no sense.
func parseDate(raw []byte) time.Time {
	s := headerString(raw[:min(len(raw), 200)])
	if i := strings.IndexByte(s, '('); i >= 0 {
		s = s[:i]
	}
	if len(s) > 10 && s[4] == '-' {
		if t, err := time.Parse(time.RFC3339, strings.TrimSpace(s)); err == nil {
			return t
		}
	}
	var d dateParts
	for _, word := range strings.FieldsFunc(s, func(r rune) bool { return r == ' ' || r == ',' || r == '\t' }) {
		d.take(word)
	}
	return d.time()
}

// dateParts are what the words of a date were taken for.
type dateParts struct {
	day, month, year     int
	hour, minute, second int
	clock, zoned         bool
	offset               int // seconds east of Greenwich
}

var months = []string{"jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"}

// zones are the names of RFC 5322, 4.3, and the European ones that occur.
var zones = map[string]int{
	"ut": 0, "utc": 0, "gmt": 0, "z": 0, "wet": 0, "bst": 1, "cet": 1, "met": 1, "west": 1,
	"cest": 2, "mest": 2, "eet": 2, "eest": 3, "msk": 3, "jst": 9, "kst": 9,
	"est": -5, "edt": -4, "cst": -6, "cdt": -5, "mst": -7, "mdt": -6, "pst": -8, "pdt": -7,
}

func (d *dateParts) take(word string) {
	switch {
	case word == "":
	case strings.Contains(word, ":"):
		d.takeClock(word)
	case strings.Count(word, "-") == 2 && word[0] != '-':
		for _, w := range strings.Split(word, "-") { // 12-Mar-2024
			d.take(w)
		}
	case word[0] == '+' || word[0] == '-':
		d.takeOffset(word)
	case word[0] >= '0' && word[0] <= '9':
		d.takeNumber(word)
	case d.month == 0 && monthOf(word) > 0:
		d.month = monthOf(word)
	default:
		if h, ok := zones[strings.ToLower(word)]; ok && !d.zoned {
			d.offset, d.zoned = h*3600, true
		}
	}
}

func (d *dateParts) takeNumber(word string) {
	n, err := strconv.Atoi(word)
	switch {
	case err != nil:
	case d.day == 0 && n >= 1 && n <= 31 && len(word) <= 2:
		d.day = n
	case d.year == 0 && len(word) == 2 && n < 50:
		d.year = 2000 + n
	case d.year == 0 && len(word) <= 3 && n < 1000:
		d.year = 1900 + n
	case d.year == 0 && n >= 1900 && n < 10000:
		d.year = n
	}
}

func (d *dateParts) takeClock(word string) {
	if d.clock {
		return
	}
	if i := strings.IndexAny(word, "+-"); i > 0 {
		d.takeOffset(word[i:])
		word = word[:i]
	}
	var n [3]int
	for i, w := range strings.SplitN(word, ":", 3) {
		w, _, _ = strings.Cut(w, ".")
		v, err := strconv.Atoi(w)
		if err != nil || v < 0 || v > 60 {
			return
		}
		n[i] = v
	}
	d.hour, d.minute, d.second, d.clock = n[0], n[1], n[2], true
}

func (d *dateParts) takeOffset(word string) {
	digits := strings.ReplaceAll(word[1:], ":", "")
	n, err := strconv.Atoi(digits)
	if err != nil || len(digits) != 4 || n%100 > 59 || n/100 > 14 {
		return
	}
	d.offset, d.zoned = (n/100)*3600+(n%100)*60, true
	if word[0] == '-' {
		d.offset = -d.offset
	}
}

func monthOf(word string) int {
	if len(word) < 3 {
		return 0
	}
	for i, m := range months {
		if strings.EqualFold(word[:3], m) {
			return i + 1
		}
	}
	return 0
}

func (d *dateParts) time() time.Time {
	if d.day == 0 || d.month == 0 || d.year == 0 || d.hour > 23 || d.minute > 59 {
		return time.Time{}
	}
	zone := time.UTC
	if d.offset != 0 {
		zone = time.FixedZone("", d.offset)
	}
	return time.Date(d.year, time.Month(d.month), d.day, d.hour, d.minute, d.second, 0, zone)
}
