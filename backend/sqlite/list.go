package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"postvak/backend/inbox"
)

// Sections gives the four sections with their counts, which are kept, not
// counted.
func (db *DB) Sections(ctx context.Context) ([]SectionCount, error) {
	counts := make([]SectionCount, 0, 4)
	for _, section := range inbox.Sections() {
		counts = append(counts, SectionCount{Section: section})
	}
	err := db.reading(ctx).each("SELECT section, sum(total), sum(unread) FROM section_counts GROUP BY section", nil, func(rows *sql.Rows) error {
		var number int64
		var total, unread int
		if err := rows.Scan(&number, &total, &unread); err != nil {
			return err
		}
		if number >= 1 && int(number) <= len(counts) {
			counts[number-1].Total, counts[number-1].Unread = total, unread
		}
		return nil
	})
	return counts, err
}

const rowColumns = `key, channel, section, last, unread, reply_by, assignee, closed, pending, contact_name, contact, subject, preview, last_inbound`

// List gives a page of a section.
func (db *DB) List(ctx context.Context, q ListQuery) (Page, error) {
	plan, err := db.plan(ctx, q)
	if err != nil {
		return Page{}, err
	}
	r := db.reading(ctx)
	page := Page{Rows: make([]Row, 0, plan.limit)}
	if page.Total, err = plan.count(r); err != nil {
		return Page{}, err
	}
	if err := db.skip(r, plan); err != nil {
		return Page{}, err
	}
	var last row
	var ids []int64
	err = r.each(plan.query(), plan.queryArgs(), func(rows *sql.Rows) error {
		if len(page.Rows) == plan.limit {
			page.Next = plan.cursor(last)
			return errStop
		}
		if err := scanRow(rows, &last); err != nil {
			return err
		}
		page.Rows, ids = append(page.Rows, db.row(last)), append(ids, last.last)
		return nil
	})
	if err == nil {
		err = db.writers(r, page.Rows, ids)
	}
	return page, err
}

func scanRow(rows *sql.Rows, r *row) error {
	return rows.Scan(&r.key, &r.channel, &r.section, &r.last, &r.unread, &r.replyBy, &r.assignee, &r.closed, &r.pending,
		&r.contactName, &r.contact, &r.subject, &r.preview, &r.lastInbound)
}

func (db *DB) row(r row) Row {
	channel := inbox.ChannelID(r.channel)
	return Row{
		ID: inbox.Key(r.key), Contact: inbox.Address{Name: r.contactName, Address: r.contact}, Subject: r.subject,
		Channel: channel, Kind: db.channel(channel).Kind, Section: sectionOf(r.section.Int64),
		Assignee: inbox.MemberID(r.assignee), Preview: r.preview, LastAt: timeOf(r.last), Unread: r.unread,
		Closed: r.closed, ReplyBy: windowEnd(r.replyBy), Pending: r.pending, LastInbound: fromMillis(r.lastInbound),
	}
}

// noWindow stands last in the order of windows: a conversation that has none
// can wait longest.
const noWindow = math.MaxInt64

func windowEnd(replyBy int64) time.Time {
	if replyBy == noWindow {
		return time.Time{}
	}
	return fromMillis(replyBy)
}

// listPlan is a list query on its way to SQL. Every order is one of an index
// with the row's last message at its end, so that a page begins with a seek.
type listPlan struct {
	ListQuery
	limit   int
	section int64
	where   []string
	args    []any
	order   string
	offset  int
	start   string // where the page begins; "" at the beginning
	starts  []any
	ofKind  string  // the channels of Kind, as JSON
	matches []int64 // conversations that Text finds; nil without Text
}

func (db *DB) plan(ctx context.Context, q ListQuery) (*listPlan, error) {
	p := &listPlan{ListQuery: q, limit: q.Limit, section: sectionNumbers[q.Section], offset: max(q.Offset, 0)}
	if p.section == 0 {
		return nil, inbox.Errorf(inbox.Invalid, "There is no section called %q.", q.Section)
	}
	if p.limit <= 0 || p.limit > 200 {
		p.limit = 50
	}
	p.filter("section = ?", p.section)
	if q.Channel != "" {
		p.filter("channel = ?", string(q.Channel))
	}
	if q.Kind != "" {
		p.ofKind = db.channelsOf(q.Kind)
		p.filter("channel IN (SELECT value FROM json_each(?))", p.ofKind)
	}
	if q.Unread {
		p.filter("unread > 0")
	}
	if q.Assignee != "" {
		p.filter("assignee = ? AND assignee != ''", string(q.Assignee))
	}
	if strings.TrimSpace(q.Text) != "" {
		matches, err := db.conversationsWith(ctx, q.Text, q.Channel)
		if err != nil {
			return nil, err
		}
		p.matches = matches
		p.filter("id IN (SELECT value FROM json_each(?))", jsonNumbers(matches))
	}
	return p, p.begin()
}

// channelsOf gives the ids of the channels of a kind, as JSON.
func (db *DB) channelsOf(kind inbox.ChannelKind) string {
	ids := []inbox.ChannelID{}
	for _, c := range db.Channels() {
		if c.Kind == kind {
			ids = append(ids, c.ID)
		}
	}
	list, _ := json.Marshal(ids) // strings always can
	return string(list)
}

func (p *listPlan) filter(condition string, args ...any) {
	p.where, p.args = append(p.where, condition), append(p.args, args...)
}

// begin reads the sort and the cursor: "last", or "reply_by.last".
func (p *listPlan) begin() error {
	switch p.Sort {
	case "", Newest:
		p.order = "last DESC"
	case Oldest:
		p.order = "last"
	case ByWindow:
		p.order = "reply_by, last"
	default:
		return inbox.Errorf(inbox.Invalid, "There is no order called %q.", p.Sort)
	}
	if p.After == "" {
		return nil
	}
	by, last, window := strings.Cut(p.After, ".")
	if window != (p.Sort == ByWindow) {
		return badCursor()
	}
	if !window {
		by, last = "0", by
	}
	first, err := strconv.ParseInt(by, 10, 64)
	second, err2 := strconv.ParseInt(last, 10, 64)
	if err != nil || err2 != nil {
		return badCursor()
	}
	p.after(first, second, "<", ">")
	return nil
}

func (p *listPlan) after(by, last int64, down, up string) {
	switch p.Sort {
	case Oldest:
		p.start, p.starts = "last "+up+" ?", []any{last}
	case ByWindow:
		p.start, p.starts = "(reply_by, last) "+up+" (?, ?)", []any{by, last}
	default:
		p.start, p.starts = "last "+down+" ?", []any{last}
	}
}

func badCursor() error {
	return inbox.Errorf(inbox.Invalid, "This page cannot be continued. Load the list again.")
}

func (p *listPlan) cursor(last row) string {
	if p.Sort == ByWindow {
		return strconv.FormatInt(last.replyBy, 10) + "." + strconv.FormatInt(last.last, 10)
	}
	return strconv.FormatInt(last.last, 10)
}

func (p *listPlan) query() string {
	where := p.where
	if p.start != "" {
		where = append(slices.Clone(where), p.start)
	}
	return "SELECT " + rowColumns + " FROM conversations WHERE " + strings.Join(where, " AND ") +
		" ORDER BY " + p.order + " LIMIT " + strconv.Itoa(p.limit+1) + " OFFSET ?"
}

func (p *listPlan) queryArgs() []any {
	return append(slices.Concat(p.args, p.starts), p.offset)
}

// plain says that the list is a whole section, or one channel's part of it,
// whose counts are kept.
func (p *listPlan) plain() bool {
	return p.counted() && p.Kind == ""
}

// counted says that the counts which are kept for each channel tell how many
// rows there are.
func (p *listPlan) counted() bool {
	return p.Assignee == "" && p.matches == nil
}

func (p *listPlan) count(q querier) (total int, err error) {
	if !p.counted() {
		_, err = q.one("SELECT count(*) FROM conversations WHERE "+strings.Join(p.where, " AND "), p.args, &total)
		return total, err
	}
	query, args := "SELECT coalesce(sum(CASE ? WHEN 1 THEN unread ELSE total END), 0) FROM section_counts WHERE section = ?",
		[]any{p.Unread, p.section}
	if p.Channel != "" {
		query, args = query+" AND channel = ?", append(args, string(p.Channel))
	}
	if p.Kind != "" {
		query, args = query+" AND channel IN (SELECT value FROM json_each(?))", append(args, p.ofKind)
	}
	_, err = q.one(query, args, &total)
	return total, err
}

func jsonNumbers(numbers []int64) string {
	text := []byte{'['}
	for i, n := range numbers {
		if i > 0 {
			text = append(text, ',')
		}
		text = strconv.AppendInt(text, n, 10)
	}
	return string(append(text, ']'))
}
