package sqlite

import (
	"reflect"
	"testing"

	"postvak/backend/inbox"
)

func folder(validity uint32, messages ...inbox.Fetched) inbox.Batch {
	return inbox.Batch{Channel: channel, Messages: messages, Folder: inbox.FolderState{
		Role: inbox.FolderInbox, Name: "INBOX", UIDValidity: validity, Low: 1, High: 9, Complete: true, Total: 9, Done: 9}}
}

func at(uid uint32, f inbox.Fetched) inbox.Fetched {
	f.UID = uid
	return f
}

func TestFolderStatesAreKept(t *testing.T) {
	db := newCache(t)
	batch := folder(7)
	storeBatch(t, db, batch)
	states, err := db.FolderStates(t.Context(), channel)
	if err != nil || !reflect.DeepEqual(states, []inbox.FolderState{batch.Folder}) {
		t.Fatalf("states %+v, %v", states, err)
	}
}

func TestListingTakesOverFlagsAndWhatIsGone(t *testing.T) {
	db := newCache(t)
	one, two := at(1, mail(1, carla)), at(2, mail(2, "dave@other.example"))
	storeBatch(t, db, folder(7, one, two))
	listing := func(seen map[uint32]bool) Changed {
		t.Helper()
		changed, err := db.StoreListing(t.Context(), inbox.FolderListing{Channel: channel, Role: inbox.FolderInbox, From: 1, To: 9, Seen: seen})
		if err != nil {
			t.Fatal(err)
		}
		return changed
	}
	if changed := listing(map[uint32]bool{1: false, 2: false}); !changed.Empty() {
		t.Errorf("nothing new changed %+v", changed)
	}
	if changed := listing(map[uint32]bool{1: true}); len(changed.Conversations) != 2 {
		t.Errorf("changed %+v", changed)
	}
	if got := open(t, db, one.Message.Key); got.Unread != 0 || got.Messages[0].Gone {
		t.Errorf("read elsewhere: %+v", got)
	}
	if got := open(t, db, two.Message.Key); !got.Messages[0].Gone || got.Section != inbox.Unassigned {
		t.Errorf("gone at the server: %+v", got)
	}
	storeBatch(t, db, folder(7, at(3, two)))
	if got := open(t, db, two.Message.Key); got.Messages[0].Gone {
		t.Error("still gone, although it came back under another UID")
	}
}

func TestARenumberedFolderDoublesNothing(t *testing.T) {
	db := newCache(t)
	one := at(1, mail(1, carla))
	storeBatch(t, db, folder(7, one))
	storeBatch(t, db, folder(8, at(5, one)))
	if got := len(open(t, db, one.Message.Key).Messages); got != 1 {
		t.Fatalf("%d messages", got)
	}
	_, err := db.StoreListing(t.Context(), inbox.FolderListing{Channel: channel, Role: inbox.FolderInbox, From: 1, To: 9, Seen: map[uint32]bool{5: false}})
	if err != nil {
		t.Fatal(err)
	}
	if open(t, db, one.Message.Key).Messages[0].Gone {
		t.Error("the message is gone: its old place still counts")
	}
}

func TestSetAsideIsShownAndMakesRoom(t *testing.T) {
	db := newCache(t)
	aside := inbox.Fetched{UID: 4, Problem: "The server could not give this message.", Message: inbox.Message{At: mail(1, carla).Message.At}}
	storeBatch(t, db, folder(7, aside))
	rows := list(t, db, inbox.Unassigned)
	if len(rows) != 1 {
		t.Fatalf("rows %+v", rows)
	}
	view := open(t, db, rows[0].ID)
	if !view.Messages[0].SetAside || len(view.Messages[0].Warnings) != 1 {
		t.Errorf("shown as %+v", view.Messages[0])
	}
	if n, err := db.SetAside(t.Context(), channel); err != nil || n != 1 {
		t.Errorf("%d set aside, %v", n, err)
	}
	readable := at(4, mail(1, carla))
	changed := storeBatch(t, db, folder(7, readable))
	if rows := list(t, db, inbox.Unassigned); len(rows) != 1 || rows[0].Contact.Address != carla || len(changed.Conversations) != 2 {
		t.Errorf("rows %+v, changed %+v", rows, changed)
	}
}

func TestSetAsideIsNotDoubledByANewNumbering(t *testing.T) {
	db := newCache(t)
	aside := func(uid uint32) inbox.Fetched {
		return inbox.Fetched{UID: uid, Problem: "The server could not give this message.", Message: inbox.Message{At: mail(1, carla).Message.At}}
	}
	storeBatch(t, db, folder(7, aside(4)))
	storeBatch(t, db, folder(8, aside(9)))
	if n, err := db.SetAside(t.Context(), channel); err != nil || n != 1 {
		t.Errorf("%d set aside, %v", n, err)
	}
	if rows := list(t, db, inbox.Unassigned); len(rows) != 1 {
		t.Errorf("rows %+v", rows)
	}
}
