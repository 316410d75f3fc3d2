package outbox_test

import (
	"context"
	"database/sql"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"postvak/backend/chat"
	"postvak/backend/inbox"
	"postvak/backend/intake"
	"postvak/backend/outbox"
	"postvak/backend/run"
	"postvak/backend/sandbox/rest"
	"postvak/backend/sandbox/twilioserver"
	"postvak/backend/sqlite"
	"postvak/backend/whatsapp"
)

const (
	shop      = "+31201234567"
	els       = "+31612345678"
	piet      = "+31687654321"
	overText  = "The reply window ended."
	overFile  = "over" // in the program's folder: the reply window has ended
	questions = 5      // that customers wrote
)

// chatVictim is the program in small again, with a WhatsApp sender.
func chatVictim(dir string) error {
	ctx := context.Background()
	db, err := sqlite.Open(ctx, dir, sqlite.Options{Me: "ann", Parser: chat.Version, Parse: func(_ inbox.Key, raw []byte) inbox.Message { return chat.Parse(raw) }})
	if err != nil {
		return err
	}
	defer db.Close()
	account, err := whatsapp.New(twilioFromEnv())
	if err != nil {
		return err
	}
	in := intake.New(intake.Config[sqlite.Changed]{Store: db, Clock: run.System, Status: func(s inbox.ChannelStatus) {
		if s.State == inbox.ChannelOK {
			fmt.Println("synced")
		}
	}})
	in.Add(channel, account)
	defer in.Stop()
	return work(ctx, db, outbox.Config{
		Sender: func(inbox.ChannelID) outbox.Sender { return account },
		Permit: func(context.Context, inbox.Outgoing, time.Time) (inbox.Permit, error) {
			if _, err := os.Stat(filepath.Join(dir, overFile)); err == nil {
				return inbox.Permit{Refused: overText}, nil
			}
			return inbox.Permit{Until: time.Now().Add(time.Hour)}, nil
		},
		Taken: func(ctx context.Context, o inbox.Outgoing, ids []string) (map[string]inbox.Holder, error) {
			return db.TakenBy(ctx, o.Channel, o.Key, ids)
		},
	}, queueChat)
}

func twilioFromEnv() whatsapp.Config {
	return whatsapp.Config{
		Channel: inbox.Channel{ID: channel, Kind: inbox.WhatsApp, Address: shop, OpenSince: time.Now().AddDate(0, 0, -30), WhatsApp: inbox.WhatsAppSettings{
			AccountSID: os.Getenv("KILL_ACCOUNT"), APIKey: os.Getenv("KILL_KEY"), BaseURL: os.Getenv("KILL_TWILIO"),
		}},
		Secret: func(context.Context) (string, error) { return os.Getenv("KILL_SECRET"), nil }, Pace: often{},
	}
}

// often is a pace that has the victim ask all the time, so that its own messages
// often come in before it knows that they were sent.
type often struct{}

func (often) Next(ctx context.Context, _ time.Duration) error {
	select {
	case <-time.After(20 * time.Millisecond):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (often) Found(string) {}

// queueChat is what the composer does. Every second message says the same.
func queueChat(ctx context.Context, db *sqlite.DB, id string, n int) error {
	m := chat.Message{
		ID: id, Kind: inbox.WhatsApp, Direction: inbox.Out, From: inbox.Address{Address: shop},
		To: inbox.Address{Address: []string{els, piet}[n/2%2]}, At: time.Now().UTC(), Text: id,
	}
	if n%2 == 1 {
		m.Text = "ok"
	}
	r := inbox.Rendered{MessageID: id, From: shop, Recipients: []string{m.To.Address}, Wire: chat.Encode(m)}
	shown := chat.Parse(r.Wire)
	shown.Key, shown.Channel = inbox.ChatKey(channel, id), channel
	_, err := db.Queue(ctx, sqlite.Queueing{Message: shown, Rendered: r, Outgoing: inbox.Outgoing{State: inbox.OutQueued}})
	return err
}

// TestChatKilledForReal kills the program while it reads and sends, with answers
// that are lost on the way, and ends the reply window between two of its lives.
// In the end every message was sent once, and is one message here; or it was not
// sent, and a person is asked.
func TestChatKilledForReal(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	kills := 12
	if n, err := strconv.Atoi(os.Getenv("POSTVAK_KILLS")); err == nil {
		kills = n
	}
	server, err := twilioserver.Start(twilioserver.Config{Senders: []twilioserver.Sender{{Number: shop}}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = server.Close() })
	for i := range questions {
		server.Receive(twilioserver.Incoming{From: []string{els, piet}[i%2], Body: fmt.Sprint("question ", i)})
	}
	sid, key, secret := server.Account()
	k := &killer{t: t, dir: t.TempDir(), queued: map[string]bool{}, env: []string{
		"KILL_TWILIO=" + server.URL(), "KILL_ACCOUNT=" + sid, "KILL_KEY=" + key, "KILL_SECRET=" + secret,
	}}
	path := "POST /2010-04-01/Accounts/" + sid + "/Messages.json"
	troubles := []rest.Failure{rest.CutBefore, rest.CutAfter, rest.CutJSON, rest.GatewayAfter, rest.NotJSON, rest.Broken}
	for life := range kills {
		server.FailAfter(path, troubles[rand.IntN(len(troubles))], rand.IntN(4))
		k.live(strconv.Itoa(life), time.Duration(rand.IntN(1000))*time.Millisecond)
	}
	server.Heal()
	inTime := len(server.Outgoing())
	if err := os.WriteFile(filepath.Join(k.dir, overFile), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	k.live("late", 100*time.Millisecond)
	k.live("", 0)
	if late := len(server.Outgoing()) - inTime; late != 0 {
		t.Errorf("R29: %d messages were sent when the window was over", late)
	}
	k.judgeChat(server)
}

// fate is a row of the outbox.
type fate struct{ state, provider, reason string }

func (k *killer) fates() map[string]fate {
	k.t.Helper()
	db, err := sql.Open("sqlite3", "file:"+filepath.Join(k.dir, "postvak.db")+"?mode=ro")
	if err != nil {
		k.t.Fatal(err)
	}
	defer db.Close()
	rows, err := db.Query(`SELECT o.message_id, o.state, coalesce(p.provider, ''), o.reason
		FROM outbox o LEFT JOIN provided p ON p.message = o.message`)
	if err != nil {
		k.t.Fatal(err)
	}
	defer rows.Close()
	all := map[string]fate{}
	for rows.Next() {
		var id string
		var f fate
		if err := rows.Scan(&id, &f.state, &f.provider, &f.reason); err != nil {
			k.t.Fatal(err)
		}
		all[id] = f
	}
	if err := rows.Err(); err != nil {
		k.t.Fatal(err)
	}
	return all
}

func (k *killer) judgeChat(server *twilioserver.Server) {
	k.t.Helper()
	body, sent := map[string]string{}, map[string]int{}
	for _, m := range server.Outgoing() {
		body[m.SID] = m.Body
		sent[m.Body]++
	}
	fates, owner := k.fates(), map[string]string{}
	asked, oks := 0, 0
	for id := range k.queued {
		if fates[id].state == "" {
			k.t.Errorf("%s is lost", id)
		}
	}
	for id, f := range fates { // the last one of a life may be stored and not told
		_, n, _ := strings.Cut(id, ".")
		says := id
		if number, _ := strconv.Atoi(n); number%2 == 1 {
			says = "ok"
			oks++
		}
		switch f.state {
		case string(inbox.OutFiled):
			if owner[f.provider] != "" || body[f.provider] != says {
				k.t.Errorf("%s (%q) passes for %q (%q), as does %q", id, says, f.provider, body[f.provider], owner[f.provider])
			}
			owner[f.provider] = id
		case string(inbox.OutAsk):
			if asked++; says == id && sent[id] > 0 {
				k.t.Errorf("%s was sent and could have been found: %s", id, f.reason)
			}
		default:
			k.t.Errorf("%s rests as %+v", id, f)
		}
		if says == id && sent[id] > 1 {
			k.t.Errorf("%s was sent %d times", id, sent[id])
		}
	}
	if sent["ok"] > oks || len(owner) != len(body) {
		k.t.Errorf("ok was queued %d times and sent %d times; of %d messages %d are known", oks, sent["ok"], len(body), len(owner))
	}
	var stored, doubles int
	k.query("SELECT count(*) FROM sources", &stored)
	k.query("SELECT count(*) - count(DISTINCT key) FROM sources", &doubles)
	if want := questions + len(fates); stored != want || doubles != 0 {
		k.t.Errorf("%d messages are shown, want %d; %d doubled", stored, want, doubles)
	}
	k.t.Logf("%d messages queued, %d sent, %d asked about", len(fates), len(body), asked)
}
