package sqlite

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"postvak/backend/inbox"
	"postvak/backend/teamlog"
)

func endsAt(t *testing.T, db *DB, key inbox.Key) time.Time {
	t.Helper()
	return open(t, db, key).ReplyBy
}

func TestAWindowEndsADayAfterTheContactsLastMessage(t *testing.T) {
	db, now := newChat(t)
	key := inbox.ChatKey(phone, "SM1")
	polls(t, db, phone, says(phone, 1, zoe))
	day := start.Add(24 * time.Hour)
	if got := endsAt(t, db, key); !got.Equal(day.Add(time.Minute)) {
		t.Errorf("ends at %v", got)
	}
	polls(t, db, phone, says(phone, 3, zoe), wrote(phone, 5, zoe, inbox.StateSent), says(phone, 2, zoe))
	if got := endsAt(t, db, key); !got.Equal(day.Add(3 * time.Minute)) {
		t.Errorf("ends at %v", got)
	}
	keepsAfterRebuild(t, db)
	*now = day.Add(3 * time.Minute)
	rebuilt(t, db)
	if got := endsAt(t, db, key); !got.IsZero() {
		t.Errorf("ends at %v when it has ended", got)
	}
}

func TestOursOpenNoWindow(t *testing.T) {
	db, _ := newChat(t)
	polls(t, db, phone, wrote(phone, 1, zoe, inbox.StateSent))
	if view := open(t, db, inbox.ChatKey(phone, "SM1")); !view.ReplyBy.IsZero() || !view.LastInbound.IsZero() {
		t.Errorf("%+v", view.Row)
	}
}

// TestEndWindowsMovesRowsOnWhenTheyEnd: at the very millisecond, to what follows.
func TestEndWindowsMovesRowsOnWhenTheyEnd(t *testing.T) {
	db, _ := newChat(t)
	polls(t, db, phone, says(phone, 1, zoe))
	polls(t, db, page, says(page, 2, psid))
	whatsapp, messenger := inbox.ChatKey(phone, "SM1"), inbox.ChatKey(page, "SM2")
	day := start.Add(24 * time.Hour)
	week := start.Add(7*24*time.Hour + 2*time.Minute)
	for _, step := range []struct {
		now, next time.Time
		changed   []inbox.Key
		order     []inbox.Key
	}{
		{start, day.Add(time.Minute), nil, []inbox.Key{whatsapp, messenger}},
		{day.Add(time.Minute - time.Millisecond), day.Add(time.Minute), nil, []inbox.Key{whatsapp, messenger}},
		{day.Add(time.Minute), day.Add(2 * time.Minute), []inbox.Key{whatsapp}, []inbox.Key{messenger, whatsapp}},
		{day.Add(2 * time.Minute), week, []inbox.Key{messenger}, []inbox.Key{messenger, whatsapp}},
		{day.Add(2 * time.Minute), week, nil, []inbox.Key{messenger, whatsapp}},
		{week.Add(time.Hour), time.Time{}, []inbox.Key{messenger}, []inbox.Key{whatsapp, messenger}},
	} {
		changed, next, err := db.EndWindows(t.Context(), step.now)
		if err != nil || !next.Equal(step.next) || fmt.Sprint(changed.Conversations) != fmt.Sprint(step.changed) {
			t.Fatalf("at %v: %v, next %v, %v", step.now, changed.Conversations, next, err)
		}
		page, err := db.List(t.Context(), ListQuery{Section: inbox.Unassigned, Sort: ByWindow})
		if err != nil || fmt.Sprint(keys(page.Rows)) != fmt.Sprint(step.order) {
			t.Errorf("at %v: order %v, %v", step.now, keys(page.Rows), err)
		}
	}
}

func TestMailHasNoWindowAndStandsLast(t *testing.T) {
	db, _ := newChat(t)
	connect(t, db, append(chatChannels(), shop())...)
	m := mail(0, carla)
	store(t, db, m)
	polls(t, db, phone, says(phone, 1, zoe))
	list, err := db.List(t.Context(), ListQuery{Section: inbox.Unassigned, Sort: ByWindow})
	if err != nil || len(list.Rows) != 2 || list.Rows[0].Kind != inbox.WhatsApp || !list.Rows[1].ReplyBy.IsZero() || !list.Rows[1].LastInbound.IsZero() {
		t.Errorf("%+v, %v", list.Rows, err)
	}
}

func TestAPageThatMayAnswerLongerOrNotAnyMore(t *testing.T) {
	db, now := newChat(t)
	polls(t, db, page, says(page, 1, psid))
	key := inbox.ChatKey(page, "SM1")
	*now = start.Add(48 * time.Hour)
	if _, _, err := db.EndWindows(t.Context(), *now); err != nil {
		t.Fatal(err)
	}
	for _, may := range []bool{false, true} {
		c := chatChannels()[1]
		c.Messenger.HumanAgent = may
		connect(t, db, c)
		if got := endsAt(t, db, key); got.IsZero() == may {
			t.Errorf("with human agent %v it ends at %v", may, got)
		}
	}
}

// TestAChannelThatIsDescribedLate: what came before is looked at again.
func TestAChannelThatIsDescribedLate(t *testing.T) {
	now := start
	opt := options()
	opt.Now = func() time.Time { return now }
	db := openAt(t, t.TempDir(), opt)
	polls(t, db, phone, says(phone, 1, zoe))
	connect(t, db, chatChannels()...)
	if got := endsAt(t, db, inbox.ChatKey(phone, "SM1")); got.IsZero() {
		t.Error("no window is known")
	}
}

func TestWhatAContactIsCalled(t *testing.T) {
	db, _ := newChat(t)
	key := inbox.ChatKey(phone, "SM1")
	polls(t, db, phone, says(phone, 1, zoe))
	named := chatMessage(page, 2, inbox.In, psid)
	named.From.Name = "Noor"
	polls(t, db, page, chatted(page, named))
	log := &logBook{t: t, db: db}
	person := &teamlog.CRMLink{Conversation: key, Provider: "builtin", RecordKind: inbox.Person, Target: "p1", Title: "Zoë Peeters"}
	for _, step := range []struct {
		event teamlog.Event
		want  string
	}{
		{&teamlog.CRMLink{Conversation: key, Provider: "builtin", RecordKind: inbox.Deal, Target: "d1", Title: "Stoelen"}, ""},
		{person, "Zoë Peeters"},
		{&teamlog.ContactName{Conversation: key, Name: "Zoë van de zaak"}, "Zoë van de zaak"},
		{&teamlog.ContactName{Conversation: key, Name: "late", Was: ""}, "Zoë van de zaak"},
		{&teamlog.ContactName{Conversation: key, Was: "Zoë van de zaak"}, "Zoë Peeters"},
	} {
		log.decide(me, step.event)
		for range 2 {
			row, view := list(t, db, inbox.Unassigned)[1], open(t, db, key)
			if row.Contact != (inbox.Address{Name: step.want, Address: zoe}) || view.Contact != row.Contact {
				t.Errorf("after %+v: %+v, want %q", step.event, row.Contact, step.want)
			}
			keepsAfterRebuild(t, db)
		}
	}
	log.decide(me, &teamlog.CRMLink{Conversation: inbox.ChatKey(page, "SM2"), Provider: "builtin", RecordKind: inbox.Person, Target: "p2", Title: "N. Bakker"})
	if view := open(t, db, inbox.ChatKey(page, "SM2")); view.Contact.Name != "Noor" {
		t.Errorf("a person on Messenger is called %q", view.Contact.Name)
	}
}

// TestAChatIsFoundByWhatItsContactIsCalled, though no message says it.
func TestAChatIsFoundByWhatItsContactIsCalled(t *testing.T) {
	db, _ := newChat(t)
	polls(t, db, phone, says(phone, 1, zoe), says(phone, 2, yusuf), says(phone, 4, zoe))
	named := chatMessage(page, 3, inbox.In, psid)
	named.Text = "Is Zoe er vandaag?"
	polls(t, db, page, chatted(page, named))
	log := &logBook{t: t, db: db}
	key := inbox.ChatKey(phone, "SM1")
	log.decide(me, &teamlog.ContactName{Conversation: key, Name: "Zoë Peeters"})
	for range 2 {
		for text, want := range map[string]string{
			"zoe": "[Chat 4 Is Zoe er vandaag?]", "peet*": "[Chat 4]", "from:peeters": "[Chat 4]", `"zoë peeters"`: "[Chat 4]",
			"peeters channel:page": "[]", "to:peeters": "[]", "has:attachment peeters": "[]", "peeters before:2026-01-01": "[]",
		} {
			page, err := db.Search(t.Context(), SearchQuery{Text: text})
			snippets := []string{}
			for _, hit := range page.Hits {
				snippets = append(snippets, strings.NewReplacer(string(MarkStart), "", string(MarkEnd), "").Replace(hit.Snippet))
			}
			if err != nil || fmt.Sprint(snippets) != want {
				t.Errorf("%q finds %q, %v; want %s", text, snippets, err, want)
			}
		}
		if page, err := db.List(t.Context(), ListQuery{Section: inbox.Unassigned, Text: "peeters"}); err != nil || page.Total != 1 {
			t.Errorf("%+v, %v", page, err)
		}
		keepsAfterRebuild(t, db)
	}
	first, err := db.Search(t.Context(), SearchQuery{Text: "zoe", Limit: 1})
	if err != nil || len(first.Hits) != 1 || first.Next == "" || first.Hits[0].Contact.Name != "Zoë Peeters" {
		t.Fatalf("%+v, %v", first, err)
	}
	second, err := db.Search(t.Context(), SearchQuery{Text: "zoe", Limit: 1, After: first.Next})
	if err != nil || len(second.Hits) != 1 || second.Hits[0].Conversation == first.Hits[0].Conversation || second.Next != "" {
		t.Errorf("%+v, %v", second, err)
	}
	log.decide(me, &teamlog.Delete{Conversation: key, Covers: []inbox.Key{key, inbox.ChatKey(phone, "SM4")}})
	if page, err := db.Search(t.Context(), SearchQuery{Text: "peeters"}); err != nil || len(page.Hits) != 0 {
		t.Errorf("a deleted chat is found: %+v, %v", page, err)
	}
	var left int
	if _, err := db.reading(t.Context()).one("SELECT count(*) FROM contact_names", nil, &left); err != nil || left != 0 {
		t.Errorf("%d names are left, %v", left, err)
	}
}
