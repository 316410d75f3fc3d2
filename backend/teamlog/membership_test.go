package teamlog_test

import (
	"crypto/ed25519"
	"fmt"
	"testing"
	"time"

	"postvak/backend/inbox"
	"postvak/backend/teamlog"
)

func (w *world) void(author inbox.MemberID, event teamlog.Event, want teamlog.Reason) {
	w.t.Helper()
	if got := w.decide(author, event); got != want {
		w.t.Errorf("%s by %s: %q, want %q", event.Kind(), author, got, want)
	}
}

// newcomer asks to be let in, with an invitation or without.
func (w *world) newcomer(n byte, invitation *teamlog.Invitation) *teamlog.Join {
	join := &teamlog.Join{Member: "eve", Name: "Eve", Email: "eve@example.com", Key: key(n), Recipient: "age1eve"}
	if invitation != nil {
		join.Invite = invitation.Key()
		join.Proof = invitation.Prove(w.team.LogID, key(n), join.Recipient, join.Name, join.Email)
	}
	return join
}

func newInvitation(w *world, n byte) *teamlog.Invitation {
	i := &teamlog.Invitation{Log: "kaas", Secret: key(n), Expires: noon.Add(24 * time.Hour)}
	w.team.LogID = "kaas"
	w.must("ann", &teamlog.Invite{Key: i.Key(), Role: teamlog.Person, Expires: i.Expires})
	return i
}

func TestANewcomerIsLetInOnceByAnInvitation(t *testing.T) {
	w := newWorld(t)
	invitation := newInvitation(w, 50)
	w.must("", w.newcomer(60, invitation))
	w.must("", w.newcomer(61, invitation))
	requests := w.team.Requests()
	if len(requests) != 2 || !requests[0].Valid || !requests[1].Valid || requests[0].Device != teamlog.DeviceID(key(60)) {
		t.Fatalf("waiting: %+v", requests)
	}
	add := func(id inbox.MemberID, n byte) *teamlog.MemberAdd {
		return &teamlog.MemberAdd{Member: id, Name: "Eve", Role: teamlog.Person, Key: key(n), Invite: invitation.Key()}
	}
	w.void("ben", add("eve", 60), teamlog.NotAdmin)
	w.must("ann", add("eve", 60))
	w.void("ann", add("eve2", 61), teamlog.InviteUsed)
	if left := w.team.Requests(); len(left) != 1 || left[0].Valid {
		t.Errorf("after it was used: %+v", left)
	}
	if used := w.team.Invites(); used[0].UsedBy != teamlog.DeviceID(key(60)) {
		t.Errorf("%+v", used)
	}
}

func TestAnInvitationProvesExactlyOneRequest(t *testing.T) {
	for name, change := range map[string]func(*world, *teamlog.Join){
		"another name":      func(_ *world, j *teamlog.Join) { j.Name = "Mallory" },
		"another address":   func(_ *world, j *teamlog.Join) { j.Email = "m@example.com" },
		"another recipient": func(_ *world, j *teamlog.Join) { j.Recipient = "age1mallory" },
		"another key":       func(_ *world, j *teamlog.Join) { j.Key = key(99) },
		"another proof":     func(_ *world, j *teamlog.Join) { j.Proof = make([]byte, ed25519.SignatureSize) },
		"another log":       func(w *world, _ *teamlog.Join) { w.team.LogID = "brood" },
		"an unknown one": func(w *world, j *teamlog.Join) {
			*j = *w.newcomer(60, &teamlog.Invitation{Secret: key(51)})
		},
		"too late": func(w *world, _ *teamlog.Join) { w.late = 48 * time.Hour },
		"its maker is gone": func(w *world, _ *teamlog.Join) {
			w.must("ann", &teamlog.MemberRole{Member: "ben", Role: teamlog.Admin, Was: teamlog.Person})
			w.must("ben", &teamlog.MemberRemove{Member: "ann"})
		},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			join := w.newcomer(60, newInvitation(w, 50))
			change(w, join)
			w.must("", join)
			if requests := w.team.Requests(); len(requests) != 1 || requests[0].Valid {
				t.Errorf("%+v", requests)
			}
		})
	}
}

func TestAtMostFiftyWait(t *testing.T) {
	w := newWorld(t)
	for i := range 50 {
		w.must("", w.newcomer(byte(100+i), nil))
	}
	w.void("", w.newcomer(30, nil), teamlog.TooMany)
	w.void("", w.newcomer(100, nil), teamlog.AlreadyExists)
	w.void("", w.newcomer(1, nil), teamlog.AlreadyExists)
	w.void("ben", &teamlog.Refuse{Device: teamlog.DeviceID(key(100))}, teamlog.NotAdmin)
	w.must("ann", &teamlog.Refuse{Device: teamlog.DeviceID(key(100))})
	w.void("ann", &teamlog.Refuse{Device: teamlog.DeviceID(key(100))}, teamlog.NotFound)
	w.must("", w.newcomer(30, nil))
}

func TestWhoWaitsDecidesNothing(t *testing.T) {
	w := newWorld(t)
	w.must("", w.newcomer(60, nil))
	for _, event := range []teamlog.Event{
		&teamlog.Note{Conversation: thread, Text: "hello"}, &teamlog.Avail{On: true}, &teamlog.Prefs{Value: []byte(`1`)},
		&teamlog.Hint{Channel: "c1"}, &teamlog.Claim{Work: "w", Lease: 1}, &teamlog.Assign{Conversation: thread},
	} {
		w.void("", event, teamlog.NotMember)
		w.void("eve", event, teamlog.NotMember)
	}
	if w.team.HasAccess("eve", "c1") || w.team.HasAccess("", "c1") {
		t.Error("R31: who waits has access")
	}
}

func TestTheSamePersonWithANewComputer(t *testing.T) {
	w := newWorld(t)
	w.must("", w.newcomer(60, nil))
	add := &teamlog.DeviceAdd{Member: "ben", Key: key(60), Recipient: "age1new", Retire: true}
	w.void("carol", add, teamlog.NotAdmin)
	w.void("ben", add, teamlog.NotAdmin)
	w.must("ann", add)
	w.void("ann", add, teamlog.AlreadyExists)
	devices := w.team.Devices("ben")
	if len(devices) != 2 || !devices[0].Revoked || devices[1].Revoked || devices[1].ID != teamlog.DeviceID(key(60)) {
		t.Fatalf("%+v", devices)
	}
	if len(w.team.Requests()) != 0 || w.team.Recipients()[devices[1].ID] != "age1new" || len(w.team.Recipients()) != 1 {
		t.Errorf("waiting %v, recipients %v", w.team.Requests(), w.team.Recipients())
	}
	w.signedBy = teamlog.DeviceID(key(2))
	w.void("ben", &teamlog.Avail{On: false}, teamlog.NotMember)
	w.signedBy = teamlog.DeviceID(key(60))
	w.must("ben", &teamlog.DeviceAdd{Member: "ben", Key: key(61)})
	w.must("ben", &teamlog.DeviceUpdate{Recipient: "age1newer"})
	w.must("ben", &teamlog.DeviceRevoke{Device: teamlog.DeviceID(key(61))})
	w.void("ben", &teamlog.DeviceRevoke{Device: teamlog.DeviceID(key(61))}, teamlog.NotFound)
	w.void("ben", &teamlog.DeviceRevoke{Device: teamlog.DeviceID(key(3))}, teamlog.NotAdmin)
	w.void("ben", &teamlog.DeviceAdd{Member: "carol", Key: key(62)}, teamlog.NotAdmin)
}

func TestATeamKeepsAnAdminWhoCanSign(t *testing.T) {
	w := newWorld(t)
	w.void("ann", &teamlog.MemberRole{Member: "ann", Role: teamlog.Person, Was: teamlog.Admin}, teamlog.LastAdmin)
	w.void("ann", &teamlog.DeviceRevoke{Device: teamlog.DeviceID(key(1))}, teamlog.LastAdmin)
	w.must("ann", &teamlog.MemberRole{Member: "ben", Role: teamlog.Admin, Was: teamlog.Person})
	w.must("ann", &teamlog.DeviceRevoke{Device: teamlog.DeviceID(key(1))})
	w.void("ben", &teamlog.MemberRemove{Member: "ben"}, teamlog.LastAdmin)
	w.void("ben", &teamlog.MemberRole{Member: "ben", Role: teamlog.Person, Was: teamlog.Admin}, teamlog.LastAdmin)
}

func TestRolesAndSettingsSayWhatTheyWere(t *testing.T) {
	w := newWorld(t)
	w.void("ann", &teamlog.MemberRole{Member: "ben", Role: teamlog.Admin, Was: teamlog.Admin}, teamlog.FirstWins)
	w.void("ann", &teamlog.MemberRole{Member: "nobody", Role: teamlog.Admin}, teamlog.NotFound)
	w.void("ben", &teamlog.Setting{Key: teamlog.TeamName, Value: "Mine"}, teamlog.NotAdmin)
	w.void("ann", &teamlog.Setting{Key: teamlog.TeamName, Value: "Mine", Was: "Yours"}, teamlog.FirstWins)
	w.must("ann", &teamlog.Setting{Key: teamlog.TeamName, Value: "Mine"})
	w.must("ann", &teamlog.Setting{Key: "drafts", Value: "on"})
	if w.team.Name != "Mine" || w.team.Setting("drafts") != "on" || w.team.Setting("else") != "" {
		t.Errorf("%q, %q", w.team.Name, w.team.Setting("drafts"))
	}
}

func TestAChannelGetsItsNextInstaller(t *testing.T) {
	w := newWorld(t)
	w.must("ann", &teamlog.MemberRole{Member: "ben", Role: teamlog.Admin, Was: teamlog.Person})
	to := &teamlog.ChannelInstaller{ID: "c1", To: "carol"}
	w.void("ben", to, teamlog.HasInstaller)
	w.must("ben", &teamlog.MemberRemove{Member: "ann"})
	w.void("carol", to, teamlog.NotAdmin)
	w.void("ben", &teamlog.ChannelInstaller{ID: "c1", To: "ann"}, teamlog.NotMember)
	w.void("ben", &teamlog.ChannelInstaller{ID: "c9", To: "carol"}, teamlog.NotFound)
	w.void("carol", &teamlog.Delete{Conversation: thread, Covers: []inbox.Key{thread}}, teamlog.NotInstaller)
	w.must("ben", to)
	w.must("carol", &teamlog.Delete{Conversation: thread, Covers: []inbox.Key{thread}})
	if !w.state().Hidden {
		t.Error("R11: the next installer deletes nothing")
	}
}

func TestSecretsPrefsAndHintsAreTheNewest(t *testing.T) {
	w := newWorld(t)
	w.void("ben", &teamlog.SecretSet{Of: "channel/c1"}, teamlog.NotAdmin)
	for _, sealed := range []string{"one", "two"} {
		w.must("ann", &teamlog.SecretSet{Of: "channel/c1", Sealed: []byte(sealed), To: []string{"d"}})
		w.must("ben", &teamlog.Prefs{Value: fmt.Appendf(nil, "%q", sealed)})
		w.must("ben", &teamlog.Hint{Channel: "c1", Newest: sealed})
	}
	if s, found := w.team.Secret("channel/c1"); !found || string(s.Sealed) != "two" || s.By != "ann" || len(w.team.Secrets()) != 1 {
		t.Errorf("%+v", s)
	}
	if _, found := w.team.Secret("channel/c2"); found || string(w.team.Prefs("ben")) != `"two"` || w.team.Prefs("ann") != nil {
		t.Errorf("prefs %s", w.team.Prefs("ben"))
	}
	if w.team.Hints()["c1"].Newest != "two" {
		t.Errorf("%+v", w.team.Hints())
	}
	w.void("ben", &teamlog.Hint{Channel: "c9", Newest: "1"}, teamlog.NotFound)
}

func TestAnOldSecretNeverReplacesANewOne(t *testing.T) {
	w := newWorld(t)
	put := func(sealed, was string) teamlog.Reason {
		return w.decide("ann", &teamlog.SecretSet{Of: "channel/c1", Sealed: []byte(sealed), Was: was})
	}
	if void := put("again", "nothing"); void != teamlog.FirstWins {
		t.Errorf("sealing again what is not there: %q", void)
	}
	_ = put("old", "")
	old, _ := w.team.Secret("channel/c1")
	_ = put("new", "")
	if void := put("old, for one more", old.ID); void != teamlog.FirstWins {
		t.Errorf("sealing the old one again: %q", void)
	}
	present, _ := w.team.Secret("channel/c1")
	if void := put("new, for one more", present.ID); void != teamlog.Admitted {
		t.Errorf("sealing the new one again: %q", void)
	}
}

func TestAPrivateChannelIsDecidedBesideTheTeam(t *testing.T) {
	w := newWorld(t)
	view := w.team.With([]inbox.Channel{{ID: "p1", Installer: "ben"}})
	decide := func(by inbox.MemberID, e teamlog.Event) teamlog.Reason {
		return view.Apply(&teamlog.Decision{N: 1, Author: by, Event: e})
	}
	if void := decide("ben", &teamlog.Close{Conversation: "p1:a"}); void != teamlog.Admitted {
		t.Errorf("its installer: %q", void)
	}
	if void := decide("ben", &teamlog.Assign{Conversation: "p1:a", To: "carol"}); void != teamlog.NoAccess {
		t.Errorf("R31: assigned to somebody without access: %q", void)
	}
	if void := decide("ann", &teamlog.Close{Conversation: "p1:a"}); void != teamlog.NoAccess {
		t.Errorf("R31: somebody else: %q", void)
	}
	if void := decide("ann", &teamlog.ChannelAdd{ID: "p2", Channel: inbox.Email, Address: "a@example.com"}); void != teamlog.Admitted {
		t.Errorf("one more: %q", void)
	}
	if void := decide("ann", &teamlog.ChannelUpdate{ID: "c1", Name: new("Changed")}); void != teamlog.Admitted {
		t.Errorf("a change on the view: %q", void)
	}
	if void := decide("ann", &teamlog.MemberRemove{Member: "ben"}); void != teamlog.NotMember {
		t.Errorf("members are not decided on a view: %q", void)
	}
	c1, _ := w.team.Channel("c1")
	if _, found := w.team.Channel("p1"); found || len(w.team.Channels()) != 1 || c1.Name == "Changed" {
		t.Error("the view touched the team")
	}
}
