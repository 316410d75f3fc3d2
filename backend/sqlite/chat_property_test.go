package sqlite

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"postvak/backend/chat"
	"postvak/backend/inbox"
	"postvak/backend/teamlog"
)

// chatWorld is what happened on a channel of chat: what its provider has, which
// of it was sent from this desktop, and what members decided.
type chatWorld struct {
	messages  []inbox.Fetched
	decisions []teamlog.Decision
	sentHere  map[string]Queueing // by the provider's id
}

// chatStep is one thing that this desktop learns or does.
type chatStep struct {
	polled  []inbox.Fetched
	queued  *Queueing
	taken   string // the provider's id of a queued one that was sent
	decided []teamlog.Decision
}

var customers = []string{zoe, yusuf}

func drawChat(t *rapid.T) chatWorld {
	w := chatWorld{sentHere: map[string]Queueing{}}
	for n := range rapid.IntRange(1, 9).Draw(t, "messages") {
		contact := rapid.SampledFrom(customers).Draw(t, "contact")
		switch rapid.IntRange(0, 3).Draw(t, "kind") {
		case 0:
			w.messages = append(w.messages, wrote(phone, n, contact, drawState(t)))
		case 1:
			f := wrote(phone, n, contact, drawState(t))
			w.messages = append(w.messages, f)
			w.sentHere[f.Message.MessageID] = queueing(phone, n, contact, fmt.Sprintf("own-%d", n))
		case 2:
			w.messages = append(w.messages, drawFiles(t, n, contact)...)
		default:
			w.messages = append(w.messages, says(phone, n, contact))
		}
	}
	book := &logBook{}
	for range rapid.IntRange(0, 8).Draw(t, "decisions") {
		author := rapid.SampledFrom([]inbox.MemberID{me, "bram"}).Draw(t, "author")
		w.decisions = append(w.decisions, book.decision(author, w.drawEvent(t)))
	}
	return w
}

func drawState(t *rapid.T) inbox.State {
	return rapid.SampledFrom([]inbox.State{inbox.StateSent, inbox.StateDelivered, inbox.StateRead, inbox.StateFailed}).Draw(t, "state")
}

// drawFiles is a message whose files come later, or never.
func drawFiles(t *rapid.T, n int, contact string) (all []inbox.Fetched) {
	for i, missing := range []inbox.Missing{inbox.MissingPending, rapid.SampledFrom([]inbox.Missing{"", inbox.MissingGone}).Draw(t, "missing")} {
		m := chatMessage(phone, n, inbox.In, contact)
		m.Files = []chat.File{{Name: "a.jpg", Type: "image/jpeg", Size: 3, Missing: missing, Data: []byte("jpg")}}
		f := chatted(phone, m)
		f.Better = i > 0
		all = append(all, f)
	}
	return all
}

func (w chatWorld) drawEvent(t *rapid.T) teamlog.Event {
	c := rapid.SampledFrom(w.messages).Draw(t, "conversation").Message.Key
	switch rapid.IntRange(0, 5).Draw(t, "event") {
	case 0:
		return &teamlog.Assign{Conversation: c, To: me}
	case 1:
		var covers []inbox.Key
		for _, f := range w.messages {
			if rapid.Bool().Draw(t, "covered") {
				covers = append(covers, f.Message.Key)
			}
		}
		return &teamlog.Delete{Conversation: c, Covers: covers}
	case 2:
		return &teamlog.ContactName{Conversation: c, Name: rapid.SampledFrom([]string{"Zoë", "Yusuf"}).Draw(t, "name")}
	case 3:
		return &teamlog.Sent{Conversation: c, Key: rapid.SampledFrom(w.messages).Draw(t, "sent").Message.Key, By: "bram"}
	case 4:
		return &teamlog.CRMLink{Conversation: c, Provider: "builtin", RecordKind: inbox.Person, Target: "p1", Title: "Zoë Peeters"}
	}
	return &teamlog.Note{Conversation: c, Text: "a note"}
}

func temporaryChat(t *testing.T, r *rapid.T) *DB {
	t.Helper()
	db := scratch(t, r)
	connect(t, db, chatChannels()...)
	return db
}

// inOrder queues and sends first what this desktop sent, then reads all of the
// provider's messages, then the log.
func (w chatWorld) inOrder(r *rapid.T, db *DB) {
	for _, provider := range w.providers() {
		w.do(r, db, chatStep{queued: w.own(provider)})
		w.do(r, db, chatStep{taken: provider})
	}
	w.do(r, db, chatStep{polled: w.messages})
	w.do(r, db, chatStep{decided: w.decisions})
}

func (w chatWorld) own(provider string) *Queueing {
	q := w.sentHere[provider]
	return &q
}

func (w chatWorld) providers() (all []string) {
	for provider := range w.sentHere {
		all = append(all, provider)
	}
	slices.Sort(all)
	return all
}

// shuffled does the same in another order, some of it again. A message is sent
// after it was queued, at any time before or after the poll or the log tells of
// it, and what a delete covers was sent before.
func (w chatWorld) shuffled(r *rapid.T, db *DB) {
	var steps []chatStep
	for _, f := range append(slices.Clone(w.messages), w.messages[:rapid.IntRange(0, len(w.messages)).Draw(r, "again")]...) {
		steps = append(steps, chatStep{polled: []inbox.Fetched{f}})
	}
	for _, provider := range w.providers() {
		w.do(r, db, chatStep{queued: w.own(provider)})
		steps = append(steps, chatStep{taken: provider})
	}
	for i := range w.decisions {
		steps = append(steps, chatStep{decided: w.decisions[i : i+1]})
	}
	order := rapid.Permutation(steps).Draw(r, "order")
	slices.SortStableFunc(order, func(a, b chatStep) int { return turn(a) - turn(b) }) // the log has an order of its own
	for _, step := range interleave(r, order) {
		w.do(r, db, step)
	}
}

// turn sorts the decisions to the end, where interleave takes them from.
func turn(s chatStep) int {
	if len(s.decided) > 0 {
		return int(s.decided[0].N)
	}
	return 0
}

func interleave(r *rapid.T, order []chatStep) (all []chatStep) {
	at := slices.IndexFunc(order, func(s chatStep) bool { return turn(s) > 0 })
	if at < 0 {
		return order
	}
	rest, log := order[:at], order[at:]
	for len(rest)+len(log) > 0 {
		if len(rest) == 0 || len(log) > 0 && rapid.Bool().Draw(r, "log next") {
			all, log = append(all, log[0]), log[1:]
		} else {
			all, rest = append(all, rest[0]), rest[1:]
		}
	}
	return all
}

func (w chatWorld) do(r *rapid.T, db *DB, s chatStep) {
	var err error
	switch {
	case s.queued != nil:
		_, err = db.Queue(context.Background(), *s.queued)
	case s.taken != "":
		err = w.take(db, s.taken)
	case s.polled != nil:
		_, err = db.StoreBatch(context.Background(), inbox.Batch{Channel: phone, Folder: inbox.FolderState{Role: inbox.FolderInbox}, Messages: s.polled})
	default:
		apply(r, db, s.decided)
	}
	if err != nil {
		r.Fatal(err)
	}
}

func (w chatWorld) take(db *DB, provider string) error {
	o, err := db.OutgoingMessage(context.Background(), w.sentHere[provider].Message.Key)
	if err != nil {
		return err
	}
	o.State, o.ProviderID, o.SentAt = inbox.OutFiled, provider, start
	_, err = db.SetOutgoing(context.Background(), o)
	return err
}

// TestChatInAnyOrderEndsInTheSameState: the provider's messages in any order,
// some again, files that come late, answers sent before or after the poll brings
// them, decisions in between: all ends alike, and a rebuild changes nothing.
func TestChatInAnyOrderEndsInTheSameState(t *testing.T) {
	check(t, func(r *rapid.T) {
		w := drawChat(r)
		reference, shuffled := temporaryChat(t, r), temporaryChat(t, r)
		w.inOrder(r, reference)
		w.shuffled(r, shuffled)
		want, got := chatDump(t, reference), chatDump(t, shuffled)
		compare(r, "shuffled", got, want)
		w.oneEach(r, shuffled)
		known := names(t, shuffled)
		if err := shuffled.Rebuild(context.Background(), nil); err != nil {
			r.Fatal(err)
		}
		compare(r, "rebuilt", chatDump(t, shuffled), want)
		if now := names(t, shuffled); !slices.Equal(now, known) {
			r.Fatalf("conversations were known as %v and are now %v", known, now)
		}
	})
}

// chatDump is dump with what the messages' states are.
func chatDump(t *testing.T, db *DB) map[string][]string {
	t.Helper()
	all := dump(t, db)
	all["messages"] = append(all["messages"], states(t, db)...)
	return all
}

func states(t *testing.T, db *DB) (all []string) {
	t.Helper()
	rows, err := db.readers.QueryContext(t.Context(), `SELECT s.key, CASE WHEN s.remains IS NULL THEN s.state ELSE '' END, coalesce(p.provider, ''),
		coalesce(p.detail, '') FROM sources s LEFT JOIN provided p ON p.message = s.id ORDER BY s.key`)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var v [4]string
		if err := rows.Scan(&v[0], &v[1], &v[2], &v[3]); err != nil {
			t.Fatal(err)
		}
		all = append(all, fmt.Sprint(v))
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return all
}

// oneEach holds that every message of the provider is here once, whoever sent
// it, in the one conversation with its contact.
func (w chatWorld) oneEach(r *rapid.T, db *DB) {
	keys := map[inbox.Key]bool{}
	for _, f := range w.messages {
		keys[f.Message.Key] = true
	}
	var messages, threads, people int
	q := db.reading(context.Background())
	if _, err := q.one("SELECT count(*), count(DISTINCT conversation), count(DISTINCT refs) FROM messages", nil, &messages, &threads, &people); err != nil {
		r.Fatal(err)
	}
	if messages != len(keys) || threads != people {
		r.Fatalf("%d messages of %d, %d conversations with %d contacts", messages, len(keys), threads, people)
	}
}
