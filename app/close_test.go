package app

import (
	"context"
	"slices"
	"testing"

	"postvak/backend/inbox"
	"postvak/backend/keyring"
	"postvak/backend/mime"
	"postvak/backend/sqlite"
	"postvak/backend/teamlog"
)

// lastWords is a log that still tells something when it is closed, which is the
// last that is done with it.
type lastWords struct {
	teamlog.Log
	say func()
}

func (l *lastWords) Close() error {
	l.say()
	return l.Log.Close()
}

// What the team log brings in the last moment before the end is noted, for the
// next start to tell of.
func TestTheLastNewsIsNoted(t *testing.T) {
	dir, log := t.TempDir(), &lastWords{Log: teamlog.NewMemory()}
	r := startRig(t, Options{Dir: dir, Sandbox: true, Quiet: true, TeamLog: log, Secrets: keyring.NewMemory()})
	b := &bellRig{rig: r, l: r.listen()}
	b.save(func(s *NotificationSettings) { s.Email = NotificationBell{AssignedToMe: true} })
	c, me := b.write("eva@klant.example", "Op de valreep"), inbox.MemberID(b.me())
	said := 0
	log.say = func() {
		said++
		r.app.changed(sqlite.Changed{Assigned: []sqlite.Assignment{{NotificationEvent: inbox.NotificationEvent{
			ID: "last.0", Conversation: inbox.Key(c.ID), Channel: inbox.ChannelID(c.ChannelID), At: r.app.clock.Now(),
			Assignment: true, By: "sanne", Assignee: me,
		}, Stands: true}}})
	}
	r.app.Close()
	db, err := sqlite.Open(context.Background(), dir, sqlite.Options{
		Me: me, Now: r.app.clock.Now, Parse: parse, Parser: parserVersion, Preview: mime.Preview,
	})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for _, medium := range []inbox.Medium{inbox.MediumDesktop, inbox.MediumEmail} {
		rows, err := db.WaitingNotifications(t.Context(), medium)
		noted := slices.ContainsFunc(rows, func(n inbox.NotificationRecord) bool { return n.EventID == "last.0" })
		if err != nil || !noted || said != 1 {
			t.Errorf("%s: %+v, %v; said %d times", medium, rows, err, said)
		}
	}
}
