package proof

import (
	"database/sql"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	_ "github.com/mattn/go-sqlite3" // looks at the database from outside

	"postvak/app"
	"postvak/backend/imap/imaptest"
	"postvak/backend/specimen"
)

// letters are in the mailbox of which the first sync is killed.
const letters = 400

// chance is the run's random numbers; their seed is told when a test fails.
func chance(t *testing.T) *rand.Rand {
	t.Helper()
	seed, err := strconv.ParseUint(os.Getenv("POSTVAK_SEED"), 10, 64)
	if err != nil {
		seed = rand.Uint64()
	}
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("again with POSTVAK_SEED=%d", seed)
		}
	})
	return rand.New(rand.NewPCG(seed, 0))
}

// kills is how many there are, and how long they may take: a usual run is
// short also on a busy machine.
func kills() (int, time.Duration) {
	if n, err := strconv.Atoi(os.Getenv("POSTVAK_KILLS")); err == nil {
		return n, time.Hour
	}
	return 25, 20 * time.Second
}

// TestKilledInItsFirstSync kills the program at random moments from the moment
// at which a mailbox is being connected until all its mail is there. Whatever
// was hit, the profile ends as one that nobody disturbed: nothing is lost,
// nothing is there twice, nothing stands elsewhere.
func TestKilledInItsFirstSync(t *testing.T) {
	d := startDovecot(t)
	smtp := imaptest.StartGoSMTP(t, d)
	fill(t, d, letters)
	connect := connection(ann, passwords[ann], d, smtp.Port, "starttls")

	undisturbed := launch(t, t.TempDir(), d)
	began := time.Now()
	undisturbed.finish(connect)
	whole := time.Since(began)
	want := undisturbed.everything()
	undisturbed.stop()
	if n := strings.Count(want, `"direction":"in"`); n != letters {
		t.Fatalf("%d of %d letters are shown without any kill", n, letters)
	}

	random, hits := chance(t), map[string]int{}
	most, limit := kills()
	for began := time.Now(); hits["all"] < most && time.Since(began) < limit; {
		dir := t.TempDir()
		for range 1 + random.IntN(5) {
			p := launch(t, dir, d)
			hits[p.dieConnecting(connect, time.Duration(random.Int64N(int64(whole))))]++
			hits["all"]++
		}
		p := launch(t, dir, d)
		p.finish(connect)
		if diff := difference(p.everything(), want); diff != "" {
			t.Errorf("a killed profile is not as one that nobody killed: %s", diff)
		}
		p.stop()
		sound(t, dir)
		if t.Failed() {
			break
		}
	}
	t.Logf("%d kills: %d before the mailbox was connected, %d while it was read, %d after",
		hits["all"], hits["connecting"], hits["reading"], hits["synced"])
}

// fill writes a mailbox of customers' threads.
func fill(t *testing.T, d *imaptest.Dovecot, n int) {
	t.Helper()
	world := specimen.New(specimen.Options{Seed: 7, Messages: n, Brief: true})
	next := 0
	d.Fill(t, ann, func() []byte {
		if next++; next > n {
			return nil
		}
		return world.Letter(next - 1).Raw
	})
}

// finish connects the mailbox unless it is, and waits until all is read.
func (p *running) finish(connect app.ConnectEmailRequest) {
	p.t.Helper()
	p.listen()
	if len(call[[]app.ChannelInfo](p, "Channels.List")) == 0 {
		call[string](p, "Channels.ConnectEmail", connect)
	}
	p.until("the first sync", p.synced)
}

// dieConnecting connects the mailbox unless it is, is killed after a while,
// and says in what the program was hit.
func (p *running) dieConnecting(connect app.ConnectEmailRequest, after time.Duration) string {
	p.t.Helper()
	doomed := time.AfterFunc(after, p.kill)
	defer p.kill()
	defer doomed.Stop()
	connected, err := p.try("Channels.List")
	if err == nil && string(connected.Result) == "[]" {
		_, err = p.try("Channels.ConnectEmail", connect)
	}
	if err != nil {
		return "connecting"
	}
	state := "reading"
	for {
		status, err := p.try("Settings.Status")
		if err != nil {
			return state
		}
		if text := string(status.Result); strings.Contains(text, `"syncing":false`) && !strings.Contains(text, `"lastSync":""`) {
			state = "synced"
		}
	}
}

// sound looks whether the database is whole.
func sound(t *testing.T, dir string) {
	t.Helper()
	db, err := sql.Open("sqlite3", "file:"+filepath.Join(dir, "postvak.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	var verdict string
	if err := db.QueryRow("PRAGMA integrity_check").Scan(&verdict); err != nil || verdict != "ok" {
		t.Errorf("integrity_check: %s %v", verdict, err)
	}
	rows, err := db.Query("PRAGMA foreign_key_check")
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	if rows.Next() {
		t.Error("foreign_key_check finds something")
	}
	if rows.Err() != nil {
		t.Error(rows.Err())
	}
}

// TestKilledWhileSending kills the program at random moments while it queues
// and sends. What it said is queued is not lost; what the mail server took, it
// took once; and in the end a message is sent, or a person is asked because
// the answer was lost and no copy is in the Sent folder.
func TestKilledWhileSending(t *testing.T) {
	random := chance(t)
	d := startDovecot(t)
	counter := startCounter(t, d, random.Uint64())
	dir := t.TempDir()
	p := launch(t, dir, d)
	call[any](p, "Settings.Save", map[string]any{"undoSendSeconds": 0})
	p.finish(connection(ann, passwords[ann], d, counter.port, "none"))
	channel := call[[]app.ChannelInfo](p, "Channels.List")[0].ID
	p.kill()

	queued := map[string]bool{} // subjects; false: it was not said
	most, limit := kills()
	n := 0
	for began := time.Now(); n < most && time.Since(began) < limit; n++ {
		p := launch(t, dir, d)
		p.dieSending(channel, n, time.Duration(random.Int64N(int64(400*time.Millisecond))), queued)
	}

	p = launch(t, dir, d, envHaste+"=100")
	p.listen()
	p.until("everything to rest", func() bool {
		for _, row := range call[[]app.OutboxRow](p, "Composer.Outbox") {
			if row.State != "needs_attention" {
				return false
			}
		}
		return true
	})
	p.judge(d, counter, queued, n)
	p.stop()
	sound(t, dir)
}

// dieSending queues messages until it is killed.
func (p *running) dieSending(channel string, life int, after time.Duration, queued map[string]bool) {
	p.t.Helper()
	doomed := time.AfterFunc(after, p.kill)
	defer p.kill()
	defer doomed.Stop()
	for i := range 6 {
		subject := fmt.Sprintf("life %d message %d", life, i)
		queued[subject] = false
		a, err := p.try("Composer.Start", app.StartRequest{ChannelID: channel, Draft: app.Draft{To: []string{ben}, Subject: subject, Text: "Hello"}})
		if err != nil {
			return
		}
		if a.Error != nil {
			p.t.Errorf("%s: %+v", subject, *a.Error)
		}
		queued[subject] = true
	}
	for { // until the kill
		if _, err := p.try("Composer.Outbox"); err != nil {
			return
		}
	}
}

// judge compares what the program shows with what the servers have.
func (p *running) judge(d *imaptest.Dovecot, counter *counter, queued map[string]bool, kills int) {
	p.t.Helper()
	states := map[string][]string{}
	for _, row := range p.rows("unassigned") {
		for _, m := range call[app.Conversation](p, "Inbox.Open", row.ID, app.OpenQuery{}).Messages {
			states[m.Subject] = append(states[m.Subject], m.State)
		}
	}
	inSent := subjects(p.t, d, ann, "Sent")
	total := map[string]int{}
	for subject, said := range queued {
		taken, state := counter.taken(subject), strings.Join(states[subject], " and ")
		total[state]++
		switch {
		case state == "" && (said || taken > 0):
			p.t.Errorf("%q is lost (the server took it %d times)", subject, taken)
		case taken > 1:
			p.t.Errorf("%q was sent %d times", subject, taken)
		case state == "sent" && (taken != 1 || inSent[subject] != 1):
			p.t.Errorf("%q is shown as sent; the server took it %d times and Sent has %d", subject, taken, inSent[subject])
		case state == "needs_attention" && inSent[subject] != 0:
			p.t.Errorf("%q: a person is asked though it is in Sent", subject)
		case state != "" && state != "sent" && state != "needs_attention":
			p.t.Errorf("%q ends as %q", subject, state)
		}
	}
	if id, times := counter.repeated(); times > 1 {
		p.t.Errorf("the server took %s %d times", id, times)
	}
	if total["sent"] == 0 {
		p.t.Errorf("nothing was sent at all: %v", total)
	}
	p.t.Logf("%d kills: %d messages sent once, %d asked about, %d never queued; the server took %d, %d of them without an answer",
		kills, total["sent"], total["needs_attention"], total[""], counter.all(), counter.silent())
}
