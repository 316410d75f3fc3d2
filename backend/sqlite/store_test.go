package sqlite

import (
	"reflect"
	"testing"

	"postvak/backend/inbox"
)

func TestStoredMessagesBecomeConversations(t *testing.T) {
	db := newCache(t)
	first := mail(1, "carla@customer.example")
	changed := store(t, db, first, ourMail(2, "carla@customer.example", answers(1)), mail(3, "dave@other.example"))
	if len(changed.Conversations) != 2 || !reflect.DeepEqual(changed.Sections, []inbox.Section{inbox.Unassigned}) {
		t.Errorf("changed %+v", changed)
	}
	if len(changed.Arrived) != 2 || changed.Arrived[0].Section != inbox.Unassigned || changed.Arrived[0].Conversation == "" {
		t.Errorf("arrived %+v", changed.Arrived)
	}
	rows := list(t, db, inbox.Unassigned)
	if len(rows) != 2 || rows[0].Contact.Address != "dave@other.example" || rows[1].Subject != "Subject 1" || rows[1].Unread != 1 {
		t.Fatalf("rows %+v", rows)
	}
	if got := counts(t, db); !reflect.DeepEqual(got, map[inbox.Section][2]int{inbox.Unassigned: {2, 2}}) {
		t.Errorf("counts %v", got)
	}
	view := open(t, db, first.Message.Key)
	if len(view.Messages) != 2 || view.Messages[1].Direction != inbox.Out || view.Messages[0].Text != "Text of message 1." {
		t.Fatalf("view %+v", view)
	}
}

func TestStoringAgainChangesNothing(t *testing.T) {
	db := newCache(t)
	batch := []inbox.Fetched{mail(1, "carla@customer.example"), mail(2, "carla@customer.example", answers(1))}
	store(t, db, batch...)
	before := dump(t, db)
	if changed := store(t, db, batch...); !changed.Empty() {
		t.Errorf("the second time changed %+v", changed)
	}
	if after := dump(t, db); !reflect.DeepEqual(before, after) {
		t.Errorf("before %v\nafter %v", before, after)
	}
}
