package sqlite

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"postvak/backend/inbox"
	"postvak/backend/teamlog"
)

var someone = inbox.RecordRef{Kind: inbox.Person, ID: "p1"}

func linkOf(c inbox.Key) *teamlog.CRMLink {
	return &teamlog.CRMLink{Conversation: c, Provider: "builtin", RecordKind: someone.Kind, Target: someone.ID, Title: "Carla"}
}

// linking is a book that links a conversation: its first decision.
func linking(t testing.TB, db *DB, c inbox.Key) *logBook {
	t.Helper()
	book := &logBook{t: t, db: db}
	if changed := book.decide(me, linkOf(c)); !changed.Links {
		t.Fatalf("a link changed %+v", changed)
	}
	return book
}

// notes says that the first part of a link's first note has some messages.
func notes(book *logBook, c inbox.Key, revision int, names ...string) *teamlog.CRMNoted {
	return &teamlog.CRMNoted{Conversation: c, Link: "d1", NoteID: "note1", Window: 1, Part: 1, Revision: revision,
		From: start.Add(time.Hour), Names: names, State: inbox.NoteCurrent, Language: "en"}
}

func owes(t testing.TB, db *DB, now time.Time) bool {
	t.Helper()
	all, err := db.OwedNotes(t.Context(), now, "", 0)
	if err != nil {
		t.Fatal(err)
	}
	return len(all) > 0
}

func subjectOf(t testing.TB, db *DB, c inbox.Key) NoteSubject {
	t.Helper()
	s, found, err := db.NoteFacts(t.Context(), c, "d1")
	if err != nil || !found {
		t.Fatal(found, err)
	}
	return s
}

func TestALinkIsShownAtOnce(t *testing.T) {
	db := newCache(t)
	m := mail(1, carla)
	store(t, db, m)
	link := waits(t, db, "mine", linkOf(m.Message.Key))
	want := inbox.Link{ID: "mine.0", Provider: "builtin", RecordRef: someone, Title: "Carla", By: me, At: link.At, Pending: true}
	if got := open(t, db, m.Message.Key).Links; len(got) != 1 || !reflect.DeepEqual(got[0], want) {
		t.Fatalf("links %+v, want %+v", got, want)
	}
	confirms(t, db, 1, link)
	want.Pending = false
	got, err := db.Links(t.Context(), m.Message.Key)
	if err != nil || len(got) != 1 || !reflect.DeepEqual(got[0], want) {
		t.Fatalf("links %+v, %v, want %+v", got, err, want)
	}
	confirms(t, db, 2, teamlog.Decision{ID: "u.0", Author: me, At: start, Seen: 1, Event: &teamlog.CRMUnlink{Conversation: m.Message.Key, Link: "mine.0"}})
	if got := open(t, db, m.Message.Key).Links; len(got) != 0 || owes(t, db, start) {
		t.Errorf("after its end there are %+v", got)
	}
}

// TestWhatIsOwed follows a link from its first note to the end of a window.
func TestWhatIsOwed(t *testing.T) {
	db := newCache(t)
	first, second := mail(1, carla), mail(2, carla, answers(1))
	c := first.Message.Key
	store(t, db, first)
	book := linking(t, db, c)
	steps := []struct {
		what        string
		do          func()
		soon, later bool // within the window, and after it
	}{
		{"a link without a note", func() {}, true, true},
		{"all is noted", func() { book.decide(me, notes(book, c, 1, string(c))) }, false, false},
		{"a customer writes", func() { store(t, db, second) }, true, true},
		{"that is noted", func() { book.decide(me, notes(book, c, 2, string(second.Message.Key))) }, false, false},
		{"it is assigned", func() { book.decide(me, &teamlog.Assign{Conversation: c, To: "bram"}) }, true, false},
		{"the note says so", func() {
			n := notes(book, c, 3)
			n.Assignee = "bram"
			book.decide(me, n)
		}, false, false},
		{"it is unassigned, and the note was edited", func() {
			n := notes(book, c, 4)
			n.Assignee, n.State = "bram", inbox.NoteEdited
			book.decide(me, &teamlog.Assign{Conversation: c, Was: "bram"}, n)
		}, false, false},
	}
	for _, s := range steps {
		s.do()
		soon, later := owes(t, db, start.Add(2*time.Hour)), owes(t, db, start.Add(25*time.Hour))
		if soon != s.soon || later != s.later {
			t.Errorf("%s: owed soon %v and after the window %v, want %v and %v", s.what, soon, later, s.soon, s.later)
		}
	}
}

func TestOwedNotesComeInPages(t *testing.T) {
	db := newCache(t)
	book := &logBook{t: t, db: db}
	for i := range 7 {
		m := mail(i, fmt.Sprintf("c%d@customer.example", i))
		store(t, db, m)
		book.decide(me, linkOf(m.Message.Key))
	}
	var got []string
	for after := ""; ; {
		page, err := db.OwedNotes(t.Context(), start, after, 3)
		if err != nil {
			t.Fatal(err)
		}
		if len(page) == 0 {
			break
		}
		for _, o := range page {
			got = append(got, o.Link)
			after = o.Link
		}
	}
	if want := []string{"d1", "d2", "d3", "d4", "d5", "d6", "d7"}; !slices.Equal(got, want) {
		t.Errorf("owed %q, want %q", got, want)
	}
}

// TestWhatIsNotSentIsNotNoted: it may be taken back, or fail.
func TestWhatIsNotSentIsNotNoted(t *testing.T) {
	db := newCache(t)
	question := mail(1, carla)
	store(t, db, question)
	book := linking(t, db, question.Message.Key)
	book.decide(me, notes(book, question.Message.Key, 1, string(question.Message.Key)))
	q := answer(t, db, question)
	if owes(t, db, start) {
		t.Error("a message that waits is owed")
	}
	if got := subjectOf(t, db, question.Message.Key).Messages; len(got) != 1 {
		t.Errorf("told of %+v", got)
	}
	o, err := db.OutgoingMessage(t.Context(), q.Message.Key)
	if err != nil {
		t.Fatal(err)
	}
	o.State = inbox.OutSent
	changed, err := db.SetOutgoing(t.Context(), o)
	if err != nil || !changed.Links || !owes(t, db, start) {
		t.Errorf("a message that was sent is not owed: %+v, %v", changed, err)
	}
}

// TestAnOutgoingMessageHasAllItsNames: a colleague's computer knows it by the
// server's copy, this one by its own.
func TestAnOutgoingMessageHasAllItsNames(t *testing.T) {
	db := newCache(t)
	question := mail(1, carla)
	store(t, db, question)
	q := answer(t, db, question)
	o, _ := db.OutgoingMessage(t.Context(), q.Message.Key)
	o.State = inbox.OutSent
	if _, err := db.SetOutgoing(t.Context(), o); err != nil {
		t.Fatal(err)
	}
	changed := ourMail(5, carla, answers(1), func(m *inbox.Message) { m.Text = "Yes, of course. (changed on its way)" })
	store(t, db, changed)
	book := linking(t, db, question.Message.Key)
	name := messageName(q.Message.MessageID)
	want := []string{string(q.Message.Key), string(changed.Message.Key), name}
	s := subjectOf(t, db, question.Message.Key)
	if got := s.Facts.Messages[1].Names; !slices.Equal(got, want) {
		t.Fatalf("names %q, want %q", got, want)
	}
	for i, written := range want {
		n := notes(book, question.Message.Key, i+1, string(question.Message.Key), written)
		if book.decide(me, n); owes(t, db, start) {
			t.Errorf("noted as %s, it is owed", written)
		}
		if got := subjectOf(t, db, question.Message.Key).Facts.Messages[1].Names; !slices.Equal(got, want) {
			t.Errorf("noted as %s its names are %q", written, got)
		}
		book.n--
		if _, err := db.Apply(t.Context(), Applied{Rewind: &book.n, Cursor: teamlog.Cursor{Pos: teamlog.Pos{Epoch: "e", N: book.n}}}); err != nil {
			t.Fatal(err)
		}
		if !owes(t, db, start) {
			t.Errorf("without the note nothing is owed")
		}
	}
}

func TestNoteFactsTellAll(t *testing.T) {
	opt := options()
	opt.OwnText = func(text string) string {
		own, _, _ := strings.Cut(text, "\n>")
		return own
	}
	db := openAt(t, t.TempDir(), opt)
	connect(t, db, shop())
	question := mail(1, carla, subject("Bread"), func(m *inbox.Message) {
		m.Attachments = []inbox.Attachment{{Name: "order.pdf", Type: "application/pdf", Data: []byte("pdf")}, {Name: "logo.png", Inline: true, ContentID: "x", Data: []byte("png")}}
	})
	reply := ourMail(2, carla, answers(1), text("Yes.\n> Text of message 1."))
	store(t, db, question, reply)
	c := question.Message.Key
	book := linking(t, db, c)
	book.decide("bram", &teamlog.Sent{Conversation: c, Key: reply.Message.Key, By: "bram"}, &teamlog.Assign{Conversation: c, To: "bram"})
	s := subjectOf(t, db, reply.Message.Key)
	if s.ID != c || s.Anchor != c || s.Channel.ID != channel || s.Contact.Address != carla || s.Facts.Assignee != "bram" || s.Facts.Link.ID != "d1" {
		t.Errorf("subject %+v", s)
	}
	if len(s.Messages) != 2 || len(s.Facts.Messages) != 2 || !s.Facts.Messages[1].At.Equal(reply.Message.At) {
		t.Fatalf("messages %+v, %+v", s.Messages, s.Facts.Messages)
	}
	in, out := s.Messages[0], s.Messages[1]
	if in.Author.Address != carla || in.Text != "Text of message 1." || len(in.Attachments) != 1 ||
		in.Attachments[0].Name != "order.pdf" || in.Attachments[0].Size != 3 || !in.At.Equal(question.Message.At) {
		t.Errorf("what came in is %+v", in)
	}
	if out.Member != "bram" || out.Text != "Yes." {
		t.Errorf("what went out is %+v", out)
	}
	if _, found, err := db.NoteFacts(t.Context(), c, "d9"); found || err != nil {
		t.Errorf("of a link that is none: %v, %v", found, err)
	}
	if _, found, err := db.NoteFacts(t.Context(), "shop:none", "d1"); found || err != nil {
		t.Errorf("of a conversation that is none: %v, %v", found, err)
	}
}

// TestAFloodIsToldInPieces: the oldest come first, the rest when those are
// written; what an older part has is not read again.
func TestAFloodIsToldInPieces(t *testing.T) {
	db := newCache(t)
	first := mail(0, carla)
	store(t, db, first)
	c := first.Message.Key
	book := linking(t, db, c)
	book.decide(me, notes(book, c, 1, string(c)))
	var flood []inbox.Fetched
	for i := range 2*maxOwed + 10 {
		flood = append(flood, mail(i+1, carla, answers(0)))
	}
	storeAll(t, db, flood)
	s := subjectOf(t, db, c)
	if len(s.Messages) != 1+maxOwed || s.Messages[maxOwed].Key != flood[maxOwed-1].Message.Key || s.Messages[maxOwed].Text == "" || s.Messages[0].Text == "" {
		t.Fatalf("told of %d messages, the last one is %+v", len(s.Messages), s.Messages[len(s.Messages)-1])
	}
	second := notes(book, c, 1)
	second.Part, second.NoteID = 2, "note2"
	for _, m := range flood[:maxOwed] {
		second.Names = append(second.Names, string(m.Message.Key))
	}
	book.decide(me, second)
	s = subjectOf(t, db, c)
	if len(s.Messages) != 1+2*maxOwed || s.Messages[0].Text != "" || s.Messages[1].Text == "" || s.Messages[2*maxOwed].Text == "" {
		t.Errorf("then of %d messages", len(s.Messages))
	}
}

// TestWhatIsLongBeforeALinkIsNotRead: only the newest messages can begin a note.
func TestWhatIsLongBeforeALinkIsNotRead(t *testing.T) {
	db := newCache(t)
	var all []inbox.Fetched
	for i := range 100 {
		all = append(all, mail(i, carla, answers(max(i-1, 0))))
	}
	store(t, db, all...)
	linking(t, db, all[0].Message.Key)
	s := subjectOf(t, db, all[0].Message.Key)
	if len(s.Messages) != 2*inbox.NoteFirstMax || s.Messages[len(s.Messages)-1].Key != all[99].Message.Key {
		t.Errorf("told of %d messages", len(s.Messages))
	}
	v := inbox.DecideNote(s.Facts)
	if v.Act != inbox.NoteStart || len(v.Messages) != inbox.NoteFirstMax {
		t.Errorf("to be done: %+v", v)
	}
}

// TestThreadsThatBecomeOneKeepTheirLinks: with the same record, one link stands.
func TestThreadsThatBecomeOneKeepTheirLinks(t *testing.T) {
	db := newCache(t)
	first, second := mail(1, carla), mail(2, carla)
	store(t, db, first, second)
	book := linking(t, db, first.Message.Key)
	other := linkOf(second.Message.Key)
	other.Target = "p2"
	book.decide(me, other, linkOf(second.Message.Key))
	if err := db.PutSeenNote(t.Context(), "builtin", inbox.NoteVersion{ID: "note1", Text: "kept"}, start); err != nil {
		t.Fatal(err)
	}
	book.decide(me, notes(book, first.Message.Key, 1, string(first.Message.Key)))
	store(t, db, mail(3, carla, answers(1, 2)))
	if got := open(t, db, second.Message.Key).Links; len(got) != 2 || got[0].ID != "d1" || got[1].ID != "d2" {
		t.Errorf("links %+v", got)
	}
	if rows := linked(t, db, someone); len(rows) != 1 {
		t.Errorf("linked are %+v", rows)
	}
	if _, _, found, err := db.SeenNote(t.Context(), "builtin", "note1"); err != nil || !found {
		t.Errorf("what was seen of a note is gone: %v", err)
	}
	before := dump(t, db)
	if err := db.Rebuild(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	if after := dump(t, db); !reflect.DeepEqual(after, before) {
		t.Errorf("rebuilt %v, was %v", after["links"], before["links"])
	}
}

func linked(t testing.TB, db *DB, ref inbox.RecordRef) []Row {
	t.Helper()
	rows, err := db.LinkedTo(t.Context(), "builtin", ref, 0)
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

// TestAPrivateChannelsLinksAreItsInstallers (R31).
func TestAPrivateChannelsLinksAreItsInstallers(t *testing.T) {
	db := newCache(t)
	private := inbox.Channel{ID: "own", Kind: inbox.Email, Name: "Anna", Address: "anna@bakery.example", Installer: me}
	connect(t, db, private)
	m := mail(1, carla)
	m.Message.Key, m.Message.Channel = "own:1", "own"
	storeBatch(t, db, inbox.Batch{Channel: "own", Folder: inbox.FolderState{Role: inbox.FolderInbox, UIDValidity: 1}, Messages: []inbox.Fetched{m}})
	link := teamlog.Decision{ID: "private-1", Author: me, At: start, Event: linkOf("own:1")}
	if _, err := db.AddPrivate(t.Context(), []teamlog.Decision{link}); err != nil {
		t.Fatal(err)
	}
	sees := func() [3]bool {
		rows, err := db.ConversationsOf(t.Context(), []string{carla}, "", 0)
		if err != nil {
			t.Fatal(err)
		}
		return [3]bool{len(linked(t, db, someone)) == 1, owes(t, db, start), len(rows) == 1}
	}
	if got := sees(); got != [3]bool{true, true, true} {
		t.Errorf("the installer sees %v", got)
	}
	if _, err := db.SetMe(t.Context(), "bram"); err != nil {
		t.Fatal(err)
	}
	if got := sees(); got != [3]bool{} {
		t.Errorf("another member sees %v", got)
	}
	if _, found, err := db.NoteFacts(t.Context(), "own:1", "private-1"); found || err != nil {
		t.Errorf("another member has the facts: %v, %v", found, err)
	}
	if links, err := db.Links(t.Context(), "own:1"); len(links) != 0 || err != nil {
		t.Errorf("another member has the links %+v, %v", links, err)
	}
}

func TestConversationsOfAContactAcrossChannels(t *testing.T) {
	db := newCache(t)
	connect(t, db, inbox.Channel{ID: "sales", Kind: inbox.Email, Name: "Sales", Address: "sales@bakery.example", Shared: true, Installer: me})
	first, second, other := mail(1, carla), mail(2, "CARLA.M@other.example"), mail(3, "dave@other.example")
	second.Message.Key, second.Message.Channel = "sales:2", "sales"
	store(t, db, first, other)
	storeBatch(t, db, inbox.Batch{Channel: "sales", Folder: inbox.FolderState{Role: inbox.FolderInbox, UIDValidity: 1}, Messages: []inbox.Fetched{second}})
	of := func(except inbox.Key, limit int, addresses ...string) (keys []inbox.Key) {
		rows, err := db.ConversationsOf(t.Context(), addresses, except, limit)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range rows {
			keys = append(keys, r.ID)
		}
		return keys
	}
	if got, want := of("", 0, carla, "carla.m@other.example", carla, ""), []inbox.Key{"sales:2", first.Message.Key}; !slices.Equal(got, want) {
		t.Errorf("conversations %q, want %q", got, want)
	}
	if got, want := of(first.Message.Key, 1, carla, " Carla.M@other.example"), []inbox.Key{"sales:2"}; !slices.Equal(got, want) {
		t.Errorf("the others %q, want %q", got, want)
	}
}
