package sqlite

import (
	"database/sql"
	"math"
	"slices"
	"sort"
)

const dayMillis = 86_400_000

// daySums are the kept counts of days of one list, added up in its order. They
// hold until the next commit: whoever scrolls through a long list asks for one
// far page after the other.
type daySums struct {
	commit  uint64 // after which they were read
	section int64
	channel string
	oldest  bool
	days    []int64
	sums    []int // rows up to each day's end
}

func (s *daySums) fits(commit uint64, p *listPlan) bool {
	return s != nil && s.commit == commit && s.section == p.section && s.channel == string(p.Channel) && s.oldest == (p.Sort == Oldest)
}

// daySums reads them, or takes those that still hold.
func (db *DB) daySums(q querier, p *listPlan) (*daySums, error) {
	commit := db.write.commits.Load() // before they are read: what comes meanwhile ends them
	if known := db.days.Load(); known.fits(commit, p) {
		return known, nil
	}
	s := &daySums{commit: commit, section: p.section, channel: string(p.Channel), oldest: p.Sort == Oldest}
	query, args := "SELECT day, sum(total) FROM day_counts WHERE section = ?", []any{p.section}
	if p.Channel != "" {
		query, args = query+" AND channel = ?", append(args, s.channel)
	}
	err := q.each(query+" GROUP BY day ORDER BY day", args, func(rows *sql.Rows) error {
		var day int64
		var total int
		err := rows.Scan(&day, &total)
		s.days, s.sums = append(s.days, day), append(s.sums, total)
		return err
	})
	if err != nil {
		return nil, err
	}
	if !s.oldest {
		slices.Reverse(s.days)
		slices.Reverse(s.sums)
	}
	for i := 1; i < len(s.sums); i++ {
		s.sums[i] += s.sums[i-1]
	}
	db.days.Store(s)
	return s, nil
}

// at gives the day in which the row at an offset stands, and how many rows
// stand before that day.
func (s *daySums) at(offset int) (day int64, before int, found bool) {
	i := sort.SearchInts(s.sums, offset+1)
	if i == len(s.sums) {
		return 0, 0, false
	}
	if i > 0 {
		before = s.sums[i-1]
	}
	return s.days[i], before, true
}

// farOffset is from where on counting days beats stepping over rows.
const farOffset = 500

// skip turns a far offset into a seek: it finds the day in which the page
// begins by the kept counts of days.
func (db *DB) skip(q querier, p *listPlan) error {
	if p.offset < farOffset || p.After != "" || p.Unread || p.Sort == ByWindow || !p.plain() {
		return nil
	}
	sums, err := db.daySums(q, p)
	if err != nil {
		return err
	}
	day, before, found := sums.at(p.offset)
	if !found {
		return nil
	}
	p.offset -= before
	first, last := day*dayMillis<<tieBits, min((day+1)*dayMillis, math.MaxInt64>>tieBits)<<tieBits
	if p.Sort == Oldest {
		p.after(0, first, "<", ">=")
	} else {
		p.after(0, last, "<", ">")
	}
	return nil
}
