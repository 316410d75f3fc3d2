package teamlog_test

import (
	"bytes"
	"crypto/ed25519"
	"encoding/json"
	"reflect"
	"testing"
	"time"

	"pgregory.net/rapid"
	"postvak/backend/inbox"
	"postvak/backend/teamlog"
)

var noon = time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)

func newKey(t testing.TB) (ed25519.PublicKey, ed25519.PrivateKey) {
	t.Helper()
	public, private, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	return public, private
}

// everyEvent is one of each kind: a new kind without a round trip fails the
// count below.
var everyEvent = []teamlog.Event{
	&teamlog.Genesis{Team: "Kaasboer", Member: "me", Name: "Ann", Key: make([]byte, ed25519.PublicKeySize)},
	&teamlog.MemberAdd{Member: "ben", Name: "Ben", Role: teamlog.Person, Key: make([]byte, ed25519.PublicKeySize)},
	&teamlog.MemberUpdate{Name: "Anna", Email: "anna@example.com"},
	&teamlog.MemberRemove{Member: "ben"},
	&teamlog.Avail{On: true},
	&teamlog.ChannelAdd{ID: "c1", Channel: inbox.Email, Address: "info@example.com", Connected: noon, OpenSince: noon.AddDate(0, -1, 0)},
	&teamlog.ChannelAdd{
		ID: "c2", Channel: inbox.WhatsApp, Address: "+31201234567", Connected: noon,
		WhatsApp: inbox.WhatsAppSettings{AccountSID: "AC1", APIKey: "SK1", BaseURL: "http://127.0.0.1:1"},
	},
	&teamlog.ChannelAdd{ID: "c3", Channel: inbox.Messenger, Address: "17", Connected: noon, Messenger: inbox.MessengerSettings{HumanAgent: true}},
	&teamlog.ChannelUpdate{ID: "c1", Shared: new(true)},
	&teamlog.ChannelUpdate{ID: "c2", WhatsApp: &inbox.WhatsAppSettings{APIKey: "SK2"}, Messenger: &inbox.MessengerSettings{}},
	&teamlog.ContactName{Conversation: "c2:c.a", Name: "Els de Boer ✓", Was: "Elze"},
	&teamlog.ChannelUpdate{ID: "c1", Signature: new("Groet,\n{{me.name}}")},
	&teamlog.ChannelAdd{ID: "c4", Channel: inbox.Email, Address: "a@example.com", Connected: noon, Signature: "Groet"},
	&teamlog.ReplySet{ID: "r1", Name: "Openingstijden ✓", Text: "Dag {{contact.first}},\n\twij zijn open.", Was: "r.0"},
	&teamlog.ReplyDelete{ID: "r1", Was: "r.1"},
	&teamlog.ChannelRemove{ID: "c1"},
	&teamlog.Assign{Conversation: "c1:a", To: "ben", Was: "ann"},
	&teamlog.Close{Conversation: "c1:a", Covers: []inbox.Key{"c1:a", "c1:b"}},
	&teamlog.Reopen{Conversation: "c1:a"},
	&teamlog.Delete{Conversation: "c1:a", Covers: []inbox.Key{"c1:a"}},
	&teamlog.Sent{Conversation: "c1:a", Key: "c1:b", By: "ann"},
	&teamlog.Note{Conversation: "c1:a", Text: "Garantie, niet rekenen ✓"},
	&teamlog.Read{Conversation: "c1:a", UpTo: noon},
	&teamlog.Unread{Conversation: "c1:a"},
	&teamlog.Drafting{Conversation: "c1:a"},
	&teamlog.MemberRole{Member: "ben", Role: teamlog.Admin, Was: teamlog.Person},
	&teamlog.DeviceAdd{Member: "ben", Key: key(7), Recipient: "age1x", Retire: true},
	&teamlog.DeviceUpdate{Recipient: "age1y"},
	&teamlog.DeviceRevoke{Device: "abc"},
	&teamlog.Invite{Key: key(8), Role: teamlog.Person, Expires: noon},
	&teamlog.Join{Member: "dora", Name: "Dora", Key: key(9), Recipient: "age1z", Invite: key(8), Proof: []byte("proof")},
	&teamlog.Refuse{Device: "abc"},
	&teamlog.Prefs{Value: json.RawMessage(`{"quiet":true}`)},
	&teamlog.Setting{Key: teamlog.TeamName, Value: "Kaas", Was: "Kaasboer"},
	&teamlog.SecretSet{Of: "channel/c1", Sealed: []byte("sealed"), To: []string{"abc"}, Was: "r.0"},
	&teamlog.ChannelInstaller{ID: "c1", To: "ben"},
	&teamlog.Hint{Channel: "c1", Newest: "42"},
	&teamlog.Claim{Work: "alert/ann/c1:a/7", Lease: 300},
	&teamlog.Takeover{Work: "alert/ann/c1:a/7", Of: "r.0"},
	&teamlog.Done{Work: "alert/ann/c1:a/7", Of: "r.0", State: "started", Result: json.RawMessage(`{"id":1}`)},
	&teamlog.Snapshot{Upto: teamlog.Base{Count: 9, Hash: "h"}, Version: 1, Hash: key(1), Size: 10, Parts: []string{"r"}},
	&teamlog.SnapshotPart{N: 1, Data: []byte("part")},
	&teamlog.Epoch{Old: teamlog.Base{Count: 9, Hash: "h"}, Why: "restored"},
	&teamlog.CRMLink{Conversation: "c1:a", Provider: "builtin", RecordKind: inbox.Deal, Target: "7", Title: "Kaas ✓", Undo: "r.0", ID: "private-A"},
	&teamlog.CRMUnlink{Conversation: "c1:a", Link: "r.0"},
	noted,
	&teamlog.CRMEntity{
		ID: "p1", RecordKind: inbox.Person, Set: map[string]string{"name": "Els", "emails": "a@b.nl\nc@d.nl"},
		Was: map[string]string{"name": "Elze"}, Restored: true,
	},
	&teamlog.CRMNote{ID: "n1", On: inbox.RecordRef{Kind: inbox.Deal, ID: "d1"}, Text: "Belde ✓", Was: "r.0", Deleted: true, Marker: "m", Next: "r.1"},
}

var noted = &teamlog.CRMNoted{
	Conversation: "c1:a", Link: "r.0", Work: "note/r.0/1/2/3", NoteID: "9", Window: 1, Part: 2, Revision: 3, From: noon,
	Names: []string{"c1:a", "id:x"}, Assignee: "ben", Version: "v", Hash: "h", Size: 120, State: inbox.NoteCurrent, Language: "nl",
}

func TestEveryEventComesBackAsItWas(t *testing.T) {
	kinds := map[string]bool{}
	for _, event := range everyEvent {
		kinds[event.Kind()] = true
		raw, err := teamlog.Encode(event)
		if err != nil {
			t.Fatal(err)
		}
		if got := teamlog.Decode(raw); !reflect.DeepEqual(got, event) {
			t.Errorf("%s came back as %#v, want %#v", event.Kind(), got, event)
		}
	}
	if len(kinds) != teamlog.KindCount() {
		t.Errorf("%d kinds tried, there are %d", len(kinds), teamlog.KindCount())
	}
}

func TestEventsThatCannotBeReadAreKept(t *testing.T) {
	for name, c := range map[string]struct {
		raw      string
		why      teamlog.Reason
		critical bool
	}{
		"a newer kind":          {`{"t":"hologram","c":"c1:a","beam":7}`, teamlog.UnknownKind, false},
		"a critical newer kind": {`{"t":"hologram","crit":true}`, teamlog.UnknownKind, true},
		"a wrong shape":         {`{"t":"assign","c":7}`, teamlog.Malformed, false},
		"a missing field":       {`{"t":"assign"}`, teamlog.Malformed, false},
		"no object":             {`"assign"`, teamlog.Malformed, false},
	} {
		t.Run(name, func(t *testing.T) {
			unknown, ok := teamlog.Decode(json.RawMessage(c.raw)).(*teamlog.Unknown)
			if !ok || unknown.Why != c.why || unknown.Critical != c.critical {
				t.Fatalf("decoded as %#v", unknown)
			}
			if again, err := teamlog.Encode(unknown); err != nil || string(again) != c.raw {
				t.Errorf("encodes as %s, %v", again, err)
			}
		})
	}
}

func TestRecordIsSignedForItsLogAlone(t *testing.T) {
	public, private := newKey(t)
	stranger, _ := newKey(t)
	envelope := teamlog.Envelope{Log: "kaas", Device: teamlog.DeviceID(public), Seq: 3, Prev: "before", At: noon, Events: everyEvent}
	record, err := teamlog.Seal(envelope, private)
	if err != nil {
		t.Fatal(err)
	}
	opened, err := teamlog.Open(record.Bytes)
	if err != nil {
		t.Fatal(err)
	}
	if opened.ID != record.ID || !reflect.DeepEqual(opened.Envelope, envelope) {
		t.Errorf("opened as %+v, want %+v", opened.Envelope, envelope)
	}
	if !opened.Verify(public) || opened.Verify(stranger) || opened.Verify(nil) {
		t.Error("only the signer's key verifies")
	}
	opened.Log = "another log"
	if opened.Verify(public) {
		t.Error("the signature holds in another log")
	}
}

func TestAnyChangedByteIsNoticed(t *testing.T) {
	public, private := newKey(t)
	record, err := teamlog.Seal(teamlog.Envelope{Log: "kaas", Device: teamlog.DeviceID(public), Events: everyEvent}, private)
	if err != nil {
		t.Fatal(err)
	}
	rapid.Check(t, func(t *rapid.T) {
		damaged := bytes.Clone(record.Bytes)
		at := rapid.IntRange(0, len(damaged)-1).Draw(t, "at")
		damaged[at] ^= byte(rapid.IntRange(1, 255).Draw(t, "flip"))
		if opened, err := teamlog.Open(damaged); err == nil && opened.Verify(public) && opened.ID != record.ID {
			t.Fatalf("a flipped byte at %d verifies under another id", at)
		}
	})
}

func FuzzOpen(f *testing.F) {
	_, private := newKey(f)
	record, _ := teamlog.Seal(teamlog.Envelope{Log: "kaas", Events: everyEvent}, private)
	f.Add(record.Bytes)
	f.Add([]byte("1 a b\n"))
	f.Fuzz(func(_ *testing.T, record []byte) {
		if opened, err := teamlog.Open(record); err == nil {
			opened.Verify(make([]byte, ed25519.PublicKeySize))
		}
	})
}

func TestCursorComparesWhatTwoDesktopsSaw(t *testing.T) {
	a, b := teamlog.Begin("kaas"), teamlog.Begin("kaas")
	one, two := []byte("one"), []byte("two")
	if a = a.Accept(teamlog.Pos{N: 1}, one).Accept(teamlog.Pos{N: 2}, two); a.Count != 2 {
		t.Errorf("count %d", a.Count)
	}
	if b = b.Accept(teamlog.Pos{N: 1}, two).Accept(teamlog.Pos{N: 2}, one); a.Base() == b.Base() {
		t.Error("another order has the same chain")
	}
	if teamlog.Begin("brood").Base() == teamlog.Begin("kaas").Base() {
		t.Error("another log has the same chain")
	}
}
