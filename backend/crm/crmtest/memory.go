package crmtest

import (
	"context"
	"errors"
	"html"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
	"unicode"

	"postvak/backend/crm"
	"postvak/backend/inbox"
)

// Memory is a CRM in memory. It rewrites what it is given a little, as real
// ones do, and keeps deleted notes as such.
type Memory struct {
	// Name is its ID; "" is "memory:1".
	Name string
	// Now is its clock.
	Now func() time.Time
	// Fault is asked before and after each call's work, by the method's name. An
	// error before ends the call with nothing done, one after it hides the
	// answer. It may panic. Nil: nothing ever fails.
	Fault func(call string, done bool) error

	mu      sync.Mutex
	last    int
	records []inbox.Record
	gone    map[inbox.RecordRef]bool
	notes   []*Note
	left    int
	quota   bool
}

// Note is one of Memory's.
type Note struct {
	inbox.NoteVersion
	Created time.Time
	Writes  int
	Touched bool // by a person
	from    inbox.RecordRef
}

var _ crm.Provider = (*Memory)(nil)

// ID implements crm.Provider.
func (m *Memory) ID() string {
	if m.Name == "" {
		return "memory:1"
	}
	return m.Name
}

// Limit lets so many more calls pass; what comes after them waits a minute.
func (m *Memory) Limit(calls int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.quota, m.left = true, calls
}

// Quota implements crm.Provider.
func (m *Memory) Quota() crm.Quota {
	m.mu.Lock()
	defer m.mu.Unlock()
	return crm.Quota{Limit: 1000, Left: m.left, Known: m.quota}
}

type spent struct{ error }

func (spent) RetryAfter() time.Duration { return time.Minute }

func (m *Memory) before(ctx context.Context, call string) error {
	if err := ctx.Err(); err != nil {
		return &inbox.Error{Code: inbox.Unavailable, Message: "The CRM was not asked.", Err: err}
	}
	if m.Fault != nil {
		if err := m.Fault(call, false); err != nil {
			return err
		}
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.quota {
		if m.left == 0 {
			return &inbox.Error{Code: inbox.Unavailable, Message: "The CRM's quota is used up.", Err: spent{errors.New("429")}}
		}
		m.left--
	}
	return nil
}

func (m *Memory) after(call string) error {
	if m.Fault == nil {
		return nil
	}
	return m.Fault(call, true)
}

func (m *Memory) next() string {
	m.last++
	return strconv.Itoa(m.last)
}

// Me implements crm.Provider.
func (m *Memory) Me(ctx context.Context) (crm.Account, error) {
	if err := m.before(ctx, "Me"); err != nil {
		return crm.Account{}, err
	}
	return crm.Account{Name: "Ann", Email: "ann@bakery.example", Company: "Bakery", CompanyID: "1"}, m.after("Me")
}

func lower(s string) string { return strings.ToLower(strings.TrimSpace(s)) }

func digits(s string) string {
	return strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, s)
}

// samePhone compares the last digits: enough for tests.
func samePhone(a, b string) bool {
	a, b = digits(a), digits(b)
	return len(a) >= 8 && len(b) >= 8 && a[len(a)-8:] == b[len(b)-8:]
}

func matches(r inbox.Record, text string) bool {
	if strings.Contains(lower(r.Title), text) {
		return true
	}
	begins := func(s string) bool { return strings.HasPrefix(lower(s), text) }
	return slices.ContainsFunc(r.Emails, begins) ||
		slices.ContainsFunc(r.Phones, func(p string) bool { return samePhone(p, text) || begins(p) })
}

// Find implements crm.Provider.
func (m *Memory) Find(ctx context.Context, kind inbox.RecordKind, text string, limit int) (found []inbox.Record, err error) {
	if err := m.before(ctx, "Find"); err != nil {
		return nil, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if !strings.ContainsFunc(text, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }) {
		return nil, nil
	}
	for _, r := range m.records {
		if r.Kind == kind && !m.gone[r.RecordRef] && len(found) < limit && matches(r, lower(text)) {
			found = append(found, r)
		}
	}
	return found, m.after("Find")
}

// FindPerson implements crm.Provider.
func (m *Memory) FindPerson(ctx context.Context, email, phone, name string) (found []inbox.Record, err error) {
	if err := m.before(ctx, "FindPerson"); err != nil {
		return nil, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	var named []inbox.Record
	for _, r := range m.records {
		if r.Kind != inbox.Person || m.gone[r.RecordRef] {
			continue
		}
		mail := email != "" && slices.ContainsFunc(r.Emails, func(e string) bool { return lower(e) == lower(email) })
		if mail || slices.ContainsFunc(r.Phones, func(p string) bool { return samePhone(p, phone) }) {
			found = append(found, r)
		} else if name != "" && lower(r.Title) == lower(name) {
			named = append(named, r)
		}
	}
	return append(found, named...), m.after("FindPerson")
}

// Get implements crm.Provider.
func (m *Memory) Get(ctx context.Context, ref inbox.RecordRef) (inbox.Record, error) {
	if err := m.before(ctx, "Get"); err != nil {
		return inbox.Record{}, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	r, ok := m.record(ref)
	if !ok {
		return r, inbox.Errorf(inbox.NotFound, "The CRM has no such record any more.")
	}
	return r, m.after("Get")
}

func (m *Memory) record(ref inbox.RecordRef) (inbox.Record, bool) {
	for _, r := range m.records {
		if r.RecordRef == ref && !m.gone[ref] {
			return r, true
		}
	}
	return inbox.Record{}, false
}

// Create implements crm.Provider.
func (m *Memory) Create(ctx context.Context, d inbox.RecordDraft) (inbox.Record, error) {
	if err := m.before(ctx, "Create"); err != nil {
		return inbox.Record{}, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	r, err := m.create(d)
	if err != nil {
		return r, err
	}
	return r, m.after("Create")
}

func (m *Memory) create(d inbox.RecordDraft) (inbox.Record, error) {
	if d.Kind == inbox.Person {
		return m.person(d)
	}
	if d.Title == "" || d.Kind == inbox.Lead && d.Name == "" && d.PersonID == "" && d.Organization == "" {
		return inbox.Record{}, inbox.Errorf(inbox.Invalid, "A title is needed, and a lead needs a person or an organization.")
	}
	r := inbox.Record{
		RecordRef: inbox.RecordRef{Kind: d.Kind, ID: m.next()}, Title: d.Title, Organization: d.Organization,
		PersonID: d.PersonID, Value: d.Value, Currency: d.Currency, Stage: d.Stage, Status: "open", Created: m.Now(), Updated: m.Now(),
	}
	if d.PersonID == "" && d.Name != "" {
		person, err := m.person(d)
		if err != nil {
			return person, err
		}
		r.PersonID = person.ID
	}
	if p, ok := m.record(inbox.RecordRef{Kind: inbox.Person, ID: r.PersonID}); ok {
		r.Person = p.Title
	}
	m.records = append(m.records, r)
	return r, nil
}

func (m *Memory) person(d inbox.RecordDraft) (inbox.Record, error) {
	if d.Name == "" {
		return inbox.Record{}, inbox.Errorf(inbox.Invalid, "A person needs a name.")
	}
	r := inbox.Record{
		RecordRef: inbox.RecordRef{Kind: inbox.Person, ID: m.next()}, Title: d.Name, Organization: d.Organization,
		Created: m.Now(), Updated: m.Now(),
	}
	if d.Email != "" {
		r.Emails = []string{d.Email}
	}
	if d.Phone != "" {
		r.Phones = []string{d.Phone}
	}
	m.records = append(m.records, r)
	return r, nil
}

// FindCreated implements crm.Provider.
func (m *Memory) FindCreated(ctx context.Context, d inbox.RecordDraft, since time.Time) (inbox.Record, bool, error) {
	if err := m.before(ctx, "FindCreated"); err != nil {
		return inbox.Record{}, false, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	title := d.Title
	if d.Kind == inbox.Person {
		title = d.Name
	}
	for _, r := range slices.Backward(m.records) {
		if r.Kind == d.Kind && r.Title == title && !m.gone[r.RecordRef] && !r.Created.Before(since) && m.about(r, d) {
			return r, true, m.after("FindCreated")
		}
	}
	return inbox.Record{}, false, m.after("FindCreated")
}

// about says whether a record is about the draft's person.
func (m *Memory) about(r inbox.Record, d inbox.RecordDraft) bool {
	switch {
	case d.Kind == inbox.Person:
		return d.Email == "" || slices.Contains(r.Emails, d.Email)
	case d.PersonID != "":
		return r.PersonID == d.PersonID
	}
	return r.Person == d.Name
}

// ReadNote implements crm.Provider.
func (m *Memory) ReadNote(ctx context.Context, on inbox.RecordRef, id string) (inbox.NoteVersion, error) {
	if err := m.before(ctx, "ReadNote"); err != nil {
		return inbox.NoteVersion{}, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	n := m.note(on, id)
	if n == nil || n.Deleted || m.gone[on] {
		return inbox.NoteVersion{ID: id, On: on, Deleted: true}, m.after("ReadNote")
	}
	return n.NoteVersion, m.after("ReadNote")
}

func (m *Memory) note(on inbox.RecordRef, id string) *Note {
	for _, n := range m.notes {
		if n.ID == id && (n.On == on || n.from == on) {
			return n
		}
	}
	return nil
}

// WriteNote implements crm.Provider.
func (m *Memory) WriteNote(ctx context.Context, on inbox.RecordRef, id, was string, body crm.Body) (inbox.NoteVersion, error) {
	if err := m.before(ctx, "WriteNote"); err != nil {
		return inbox.NoteVersion{}, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	n := m.note(on, id)
	_, there := m.record(on)
	switch {
	case !there, id != "" && (n == nil || n.Deleted):
		return inbox.NoteVersion{}, inbox.Errorf(inbox.NotFound, "The note is gone.")
	case n == nil:
		n = &Note{NoteVersion: inbox.NoteVersion{ID: m.next(), On: on}, Created: m.Now()}
		m.notes = append(m.notes, n)
	case was != n.Version:
		return inbox.NoteVersion{}, inbox.Errorf(inbox.Conflict, "Somebody changed the note meanwhile.")
	}
	n.Writes++
	m.set(n, body.HTML)
	return n.NoteVersion, m.after("WriteNote")
}

func (m *Memory) set(n *Note, content string) {
	n.Content = strings.ReplaceAll(content, `"`, `'`)
	n.Text = plain(content)
	n.Version = "v" + m.next()
}

var (
	lineEnds = regexp.MustCompile(`(?i)<br[^>]*>|</(p|div|blockquote|li|h\d)>`)
	tags     = regexp.MustCompile(`<[^>]*>`)
)

// plain is HTML without its tags.
func plain(content string) string {
	return html.UnescapeString(tags.ReplaceAllString(lineEnds.ReplaceAllString(content, "\n"), ""))
}

// FindNote implements crm.Provider.
func (m *Memory) FindNote(ctx context.Context, on inbox.RecordRef, marker string) (inbox.NoteVersion, bool, error) {
	if err := m.before(ctx, "FindNote"); err != nil {
		return inbox.NoteVersion{}, false, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, n := range m.notes {
		if n.On == on && !n.Deleted && strings.Contains(n.Text, marker) {
			return n.NoteVersion, true, m.after("FindNote")
		}
	}
	return inbox.NoteVersion{}, false, m.after("FindNote")
}

// Notes are all notes, the deleted ones too, in the order of their creation.
func (m *Memory) Notes() []Note {
	m.mu.Lock()
	defer m.mu.Unlock()
	var all []Note
	for _, n := range m.notes {
		all = append(all, *n)
	}
	return all
}

// EditNote is what a person does to a note.
func (m *Memory) EditNote(id, content string) {
	m.touch(id, func(n *Note) { m.set(n, content) })
}

// DeleteNote is what a person does to a note.
func (m *Memory) DeleteNote(id string) { m.touch(id, func(n *Note) { n.Deleted = true }) }

// MoveNote is what a person does to a note.
func (m *Memory) MoveNote(id string, to inbox.RecordRef) {
	m.touch(id, func(n *Note) { n.from, n.On = n.On, to })
}

func (m *Memory) touch(id string, do func(*Note)) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, n := range m.notes {
		if n.ID == id && !n.Deleted {
			n.Touched = true
			do(n)
		}
	}
}

// DeleteRecord is what a person does to a record.
func (m *Memory) DeleteRecord(ref inbox.RecordRef) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.gone == nil {
		m.gone = map[inbox.RecordRef]bool{}
	}
	m.gone[ref] = true
}

// Records are those that are there.
func (m *Memory) Records() (all []inbox.Record) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, r := range m.records {
		if !m.gone[r.RecordRef] {
			all = append(all, r)
		}
	}
	return all
}
