package teamsync_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"postvak/backend/inbox"
	"postvak/backend/teamlog"
)

// written is what one writing of a link's note says.
func written(link string, revision int, names ...string) *teamlog.CRMNoted {
	return &teamlog.CRMNoted{
		Conversation: thread, Link: link, Work: inbox.NoteWork(link, 1, 1, revision), NoteID: "9", Window: 1, Part: 1,
		Revision: revision, From: morning, Names: names, State: inbox.NoteCurrent,
	}
}

// What a work's holder says with its end stands in one record, also when that is
// larger than a record should be.
func TestTheEndOfAWorkAndWhatFollowsAreOneRecord(t *testing.T) {
	ann := founder(t, "ann")
	ann.decide(&teamlog.ChannelAdd{ID: "c1", Channel: inbox.Email, Name: "Info", Address: "info@bakery.example", Shared: true}, aLink)
	link := ann.store.Conversations()[thread].Links[0].ID
	var names []string
	for i := range 800 {
		names = append(names, "id:"+hashOf(fmt.Sprint(i))) // nothing that zips well
	}
	claim, err := ann.sync.Claim(t.Context(), inbox.NoteWork(link, 1, 1, 1), 5*time.Minute)
	ann.ok(err)
	ok, err := claim.Finish(t.Context(), "written", nil, written(link, 1, names...), &teamlog.Note{Conversation: thread, Text: "and more"})
	if !ok || err != nil {
		t.Fatalf("%v, %v", ok, err)
	}
	notes := ann.store.Conversations()[thread].Links[0].Notes
	if len(notes) != 1 || len(notes[0].Names) != 800 || notes[0].NoteID != "9" {
		t.Errorf("%+v", notes)
	}
	var ids []string
	for _, d := range ann.store.Confirmed() {
		switch d.Event.(type) {
		case *teamlog.CRMNoted, *teamlog.Note:
			ids = append(ids, d.ID)
		}
	}
	if len(ids) != 2 || record(ids[0]) != record(ids[1]) {
		t.Errorf("they stand in %q", ids)
	}
	if _, err := claim.Finish(t.Context(), "written", nil, &teamlog.ChannelUpdate{ID: "c1"}); err != nil {
		t.Errorf("said again: %v", err)
	}
}

func record(id string) string { return id[:strings.LastIndexByte(id, '.')] }

// Who lost the work meanwhile says neither.
func TestTheEndOfALostWorkSaysNothing(t *testing.T) {
	ann := founder(t, "ann")
	ben := ann.bring("ben", teamlog.Person)
	ann.decide(&teamlog.ChannelAdd{ID: "c1", Channel: inbox.Email, Name: "Info", Address: "info@bakery.example", Shared: true}, aLink)
	link := ann.store.Conversations()[thread].Links[0].ID
	work := inbox.NoteWork(link, 1, 1, 1)
	claim, err := ann.sync.Claim(t.Context(), work, 5*time.Minute)
	ann.ok(err)
	abreast(ann, ben)
	state, _ := ben.sync.Claimed(work)
	ben.decide(&teamlog.Takeover{Work: work, Of: state.Record})
	abreast(ann, ben)
	ok, err := claim.Finish(t.Context(), "written", nil, written(link, 1, "one"))
	if ok || err != nil || len(ann.store.Conversations()[thread].Links[0].Notes) != 0 {
		t.Errorf("%v, %v: %+v", ok, err, ann.store.Conversations()[thread].Links)
	}
	ben.decide(&teamlog.Done{Work: work, Of: newest(ben.sync.Claimed(work)).Record}, written(link, 1, "two"))
	abreast(ann, ben)
	if notes := ann.store.Conversations()[thread].Links[0].Notes; len(notes) != 1 || notes[0].Names[0] != "two" {
		t.Errorf("%+v", notes)
	}
}

func newest(state teamlog.ClaimState, _ bool) teamlog.ClaimState { return state }
