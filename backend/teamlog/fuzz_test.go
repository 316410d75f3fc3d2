package teamlog_test

import (
	"bytes"
	"encoding/json"
	"testing"

	"postvak/backend/teamlog"
)

// FuzzAccept puts any bytes into the folder: nothing panics, and what is not
// signed by the team changes nothing.
func FuzzAccept(f *testing.F) {
	_, ann, ben := pair()
	good := ben.seal(ben.envelope(everyEvent...)).Bytes
	state := ann.replay.State()
	f.Add(good)
	f.Add(good[:len(good)/2])
	f.Add([]byte("1 device sig\n"))
	for _, a := range ann.accepted {
		f.Add(a.Record)
	}
	f.Fuzz(func(t *testing.T, record []byte) {
		replay, err := teamlog.Restore(state, ann.replay.Cursor)
		if err != nil {
			t.Fatal(err)
		}
		at := replay.Cursor.Pos
		at.N++
		accepted, _, err := replay.Accept(at, record, ann)
		if err != nil {
			t.Fatal(err)
		}
		genuine := false
		if opened, err := teamlog.Open(record); err == nil {
			for _, d := range []*desk{ann, ben} {
				genuine = genuine || opened.Device == d.device && opened.Verify(d.public())
			}
		}
		if !genuine && !bytes.Equal(replay.State(), state) || accepted.ID != "" && !genuine {
			t.Fatal("something that nobody signed changed the state")
		}
	})
}

// FuzzAdmit lets members decide any events: nothing panics, and the state has
// one form that comes back.
func FuzzAdmit(f *testing.F) {
	for _, event := range everyEvent {
		raw, err := teamlog.Encode(event)
		if err != nil {
			f.Fatal(err)
		}
		f.Add([]byte(raw))
	}
	f.Add([]byte(`{"t":"read","c":"c1:a","upto":"0000-01-01T00:00:00+14:00"}`))
	f.Add([]byte(`{"t":"prefs","value":null}`))
	f.Add([]byte(`{"t":"assign","c":"c1:a","to":null,"was":"\ud800"}`))
	_, ann, _ := pair()
	state := ann.replay.State()
	f.Fuzz(func(t *testing.T, raw []byte) {
		event := teamlog.Decode(json.RawMessage(raw))
		replay, err := teamlog.Restore(state, ann.replay.Cursor)
		if err != nil {
			t.Fatal(err)
		}
		d := teamlog.Decision{ID: "r.0", N: 9, Author: "ann", Device: ann.device, At: noon, Event: event}
		replay.Team.Apply(&d)
		after := replay.State()
		again, err := teamlog.Restore(after, replay.Cursor)
		if err != nil || !bytes.Equal(again.State(), after) {
			t.Fatalf("%v: the state\n%s\ndoes not come back", err, after)
		}
		teamlog.FoldConversation(teamlog.Facts{Me: "ann"}, []teamlog.Decision{d})
		if d.Void == teamlog.Admitted {
			if text, err := teamlog.Encode(event); err != nil || teamlog.Decode(text).Kind() != event.Kind() {
				t.Fatalf("%s encodes as %s, %v", raw, text, err)
			}
		}
	})
}

func FuzzParseInvitation(f *testing.F) {
	f.Add(teamlog.Invitation{Log: "kaas", Secret: key(5)}.String())
	f.Fuzz(func(t *testing.T, text string) {
		if i, err := teamlog.ParseInvitation(text); err == nil {
			i.Key()
		}
	})
}
