package teamsync_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"postvak/backend/inbox"
	"postvak/backend/teamlog"
	"postvak/backend/teamsync"
)

const channelSecret = "channel/c1"

func TestAnInvitedPersonIsLetInByItselfAndReadsThePasswords(t *testing.T) {
	ann := founder(t, "ann")
	ann.ok(ann.sync.PutSecret(t.Context(), channelSecret, "hunter2"))
	ben := newLive(t, "ben", ann.wire.mailbox)
	invitation := ann.invite(teamlog.Person)
	ben.join("ben@bakery.example", invitation)
	ben.is(teamsync.Active)
	ben.reads(channelSecret, "hunter2")
	if names := len(ben.sync.Members()); names != 2 || ben.sync.Name() != "Bakery" {
		t.Errorf("ben sees %d members of %q", names, ben.sync.Name())
	}
	if me, _ := ben.sync.Member(ben.sync.Me()); me.Role != teamlog.Person {
		t.Errorf("ben is %+v", me)
	}
	carol := newLive(t, "carol", ann.wire.mailbox)
	_, err := carol.sync.Join(t.Context(), carol.wire, teamsync.Joining{Name: "carol", Invitation: invitation})
	carol.refused(err, inbox.Conflict)
	if carol.sync.Membership() != teamsync.Solo || len(carol.sync.Members()) != 1 {
		t.Error("a join that failed changed something")
	}
}

func TestWithoutAnInvitationAnAdminComparesFourWords(t *testing.T) {
	ann := founder(t, "ann")
	carol := newLive(t, "carol", ann.wire.mailbox)
	words := carol.join("carol@bakery.example", teamlog.Invitation{})
	request := ann.waits()
	seen, err := ann.sync.Words(request)
	ann.ok(err)
	if seen != words || slices.Contains(words[:], "") {
		t.Errorf("ann reads %v, carol %v", seen, words)
	}
	carol.until("her own request", func() bool {
		state, err := carol.sync.State(t.Context())
		return err == nil && state.Pending == 0 && carol.see(func(t *teamlog.Team) bool { return len(t.Requests()) == 1 })
	})
	if carol.sync.Membership() != teamsync.Newcomer || len(carol.sync.Requests()) != 0 || len(carol.sync.Channels()) != 0 {
		t.Error("who waits sees something of the team")
	}
	_, err = carol.sync.Decide(t.Context(), &teamlog.Avail{On: false})
	carol.refused(err, inbox.Forbidden)
	if !errors.Is(err, teamsync.ErrNotLetIn) {
		t.Errorf("a newcomer's decision: %v", err)
	}
	carol.restart()
	ann.ok(ann.sync.Approve(t.Context(), request.Member, ""))
	carol.is(teamsync.Active)
	ann.until("carol", func() bool { return len(ann.sync.Members()) == 2 })
	ann.refused(ann.sync.Approve(t.Context(), request.Member, ""), inbox.NotFound)
}

func TestARefusedPersonStaysOutside(t *testing.T) {
	ann := founder(t, "ann")
	mallory := newLive(t, "mallory", ann.wire.mailbox)
	mallory.join("mallory@evil.example", teamlog.Invitation{})
	request := ann.waits()
	ann.ok(ann.sync.Remove(t.Context(), request.Member))
	mallory.until("the refusal", func() bool {
		return mallory.see(func(t *teamlog.Team) bool { return len(t.Requests()) == 0 && t.Name == "Bakery" })
	})
	if mallory.sync.Membership() == teamsync.Active || len(ann.sync.Members()) != 1 {
		t.Error("the refused person is in the team")
	}
}

func TestAnInvitationThatExpiredLetsNobodyIn(t *testing.T) {
	ann := founder(t, "ann")
	invitation := ann.invite(teamlog.Person)
	ben := newLive(t, "ben", ann.wire.mailbox)
	ben.clock.Advance(25 * time.Hour)
	_, err := ben.sync.Join(t.Context(), ben.wire, teamsync.Joining{Name: "ben", Invitation: invitation})
	ben.refused(err, inbox.Invalid)
	// One whose clock was set back asks all the same; ann's own clock decides.
	ann.clock.Advance(25 * time.Hour)
	cheat := newLive(t, "cheat", ann.wire.mailbox)
	cheat.join("cheat@evil.example", invitation)
	ann.waits()
	ann.ok(ann.sync.Tend(t.Context()))
	if len(ann.sync.Members()) != 1 {
		t.Error("an expired invitation let somebody in")
	}
}

func TestALostLaptopIsRetiredWhenItsOwnerComesAgain(t *testing.T) {
	ann := founder(t, "ann")
	ann.ok(ann.sync.PutSecret(t.Context(), channelSecret, "hunter2"))
	ben := ann.bring("ben", teamlog.Person)
	ben.reads(channelSecret, "hunter2")
	again := newLive(t, "ben-new", ann.wire.mailbox)
	again.join("BEN@bakery.example", ann.invite(teamlog.Person))
	request := ann.waits()
	ann.ok(ann.sync.Tend(t.Context())) // an address of the team is never let in by itself
	if same, known := ann.sync.SamePerson(request); !known || same != "ben" {
		t.Fatalf("same person %q %v", same, known)
	}
	ann.ok(ann.sync.Approve(t.Context(), request.Member, ""))
	again.is(teamsync.Active)
	if again.sync.Me() != "ben" || len(again.sync.Members()) != 2 {
		t.Errorf("speaks for %q of %d members", again.sync.Me(), len(again.sync.Members()))
	}
	ben.is(teamsync.Removed)
	_, err := ben.sync.Decide(t.Context(), &teamlog.Avail{On: false})
	ben.refused(err, inbox.Forbidden)
	again.reads(channelSecret, "hunter2")
	if secret := again.secret(channelSecret); ben.sync.Opens(t.Context(), secret.Sealed) {
		t.Error("the lost laptop opens the newest password")
	}
	if devices := ann.sync.Devices("ben"); len(devices) != 2 || !devices[0].Revoked || devices[1].Revoked {
		t.Errorf("devices %+v", devices)
	}
}

func TestOnesOwnSecondComputerRetiresNothing(t *testing.T) {
	ann := founder(t, "ann")
	ben := ann.bring("ben", teamlog.Person)
	second := newLive(t, "ben-two", ann.wire.mailbox)
	second.join("ben@bakery.example", teamlog.Invitation{})
	ben.ok(ben.sync.Approve(t.Context(), ben.waits().Member, ""))
	second.is(teamsync.Active)
	if ben.sync.Membership() != teamsync.Active || second.sync.Me() != "ben" {
		t.Error("the first computer was retired")
	}
	ben.until("the second computer", func() bool { return len(ben.sync.Devices("ben")) == 2 })
	ben.ok(ben.sync.RevokeDevice(t.Context(), second.sync.OwnDevice()))
	second.is(teamsync.Removed)
	ben.refused(ben.sync.RevokeDevice(t.Context(), ben.sync.OwnDevice()), inbox.Conflict)
	ben.refused(ben.sync.RevokeDevice(t.Context(), ann.sync.OwnDevice()), inbox.Forbidden)
}

func TestAfterARemovalTheNewestPasswordsAreClosedToWhoLeft(t *testing.T) {
	ann := founder(t, "ann")
	ann.ok(ann.sync.PutSecret(t.Context(), channelSecret, "hunter2"))
	ben := ann.bring("ben", teamlog.Person)
	ben.reads(channelSecret, "hunter2")
	ann.ok(ann.sync.Remove(t.Context(), "ben"))
	ben.is(teamsync.Removed)
	ann.until("ben leaving", func() bool { gone, _ := ann.sync.Member("ben"); return gone.Removed })
	ann.until("the password sealed anew", func() bool { n, _ := ann.sync.Stale(); return n == 0 })
	secret := ann.secret(channelSecret)
	if ben.sync.Opens(t.Context(), secret.Sealed) || !ann.sync.Opens(t.Context(), secret.Sealed) {
		t.Error("the newest password is not for whom it should be")
	}
	_, err := ben.sync.Decide(t.Context(), &teamlog.Avail{On: false})
	ben.refused(err, inbox.Forbidden)
	// Who was removed joins again with a new key.
	ben.join("ben@bakery.example", ann.invite(teamlog.Person))
	ben.is(teamsync.Active)
	ben.reads(channelSecret, "hunter2")
	if id := ben.sync.Me(); id == "ben" {
		t.Error("a removed member's id came back")
	}
}

func TestRolesAndTheLastAdmin(t *testing.T) {
	ann := founder(t, "ann")
	ben := ann.bring("ben", teamlog.Person)
	ann.until("ben", func() bool { return len(ann.sync.Members()) == 2 })
	ann.refused(ann.sync.Leave(t.Context()), inbox.Conflict)
	ann.refused(ann.sync.SetRole(t.Context(), "ann", teamlog.Person), inbox.Conflict)
	ben.refused(ben.sync.SetRole(t.Context(), "ben", teamlog.Admin), inbox.Forbidden)
	ben.refused(ben.sync.Remove(t.Context(), "ann"), inbox.Forbidden)
	_, err := ben.sync.Invite(t.Context(), teamlog.Person, time.Hour)
	ben.refused(err, inbox.Forbidden)
	ben.refused(ben.sync.PutSecret(t.Context(), "x", "y"), inbox.Forbidden)
	ann.ok(ann.sync.SetRole(t.Context(), "ben", teamlog.Admin))
	for _, d := range []*live{ann, ben} { // each reads the log in its own time
		d.until("ben being an admin", func() bool { m, _ := d.sync.Member("ben"); return m.Role == teamlog.Admin })
	}
	ann.ok(ann.sync.Leave(t.Context()))
	ann.is(teamsync.Removed)
	ben.until("ann leaving", func() bool { gone, _ := ben.sync.Member("ann"); return gone.Removed })
	ben.refused(ben.sync.Leave(t.Context()), inbox.Conflict)
}

// A sealer that dies after its claim is followed by another admin's desktop.
func TestAnotherAdminSealsWhenTheSealerDies(t *testing.T) {
	ann := founder(t, "ann")
	ann.ok(ann.sync.PutSecret(t.Context(), channelSecret, "hunter2"))
	ben := ann.bring("ben", teamlog.Admin)
	ben.reads(channelSecret, "hunter2")
	ben.wire.offline.Store(true)
	carol := newLive(t, "carol", ann.wire.mailbox)
	carol.join("carol@bakery.example", teamlog.Invitation{})
	request := ann.waits()
	ann.wire.dies.Store(true)
	ann.ok(ann.sync.Approve(t.Context(), request.Member, ""))
	carol.is(teamsync.Active)
	carol.until("ann's claim", func() bool { return carol.see(sealing) })
	ann.group.Stop()
	ben.clock.armed = make(chan struct{}, 1)
	ben.wire.offline.Store(false)
	ben.sync.Wake()
	for range teamsync.MinLease / teamsync.LookAgain {
		<-ben.clock.armed
		ben.clock.Advance(teamsync.LookAgain)
	}
	carol.reads(channelSecret, "hunter2")
}

// sealing says whether a work of sealing is claimed and not done.
func sealing(t *teamlog.Team) bool {
	_, work := teamsync.StaleOf(t)
	state, known := t.Claim(work)
	return known && !state.Done
}
