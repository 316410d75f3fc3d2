package app

import (
	"encoding/json"
	"errors"
	"sync"
	"testing"

	"postvak/backend/inbox"
	"postvak/backend/sandbox/oauthserver"
)

// TestAGrantIsUsedOnce: two places that renew one sign-in end it for each other.
func TestAGrantIsUsedOnce(t *testing.T) {
	var desk grantDesk
	g := &grant{id: "g", end: func() {}}
	desk.add(g)
	stored := 0
	store := func() error { stored++; return nil }
	full := errors.New("the disk is full")
	if err := desk.use(g, func() error { return full }); !errors.Is(err, full) {
		t.Fatal(err)
	}
	err := desk.use(g, func() error { // what another call finds meanwhile
		_, err := desk.get("g")
		if inbox.CodeOf(err) != inbox.NotFound || inbox.CodeOf(desk.use(g, store)) != inbox.NotFound {
			t.Error("it was given to two")
		}
		return store()
	})
	if err != nil || stored != 1 {
		t.Errorf("stored %d times, %v", stored, err)
	}
	if err := desk.use(g, store); inbox.CodeOf(err) != inbox.NotFound || stored != 1 {
		t.Errorf("stored %d times, %v", stored, err)
	}
	if err := desk.use(nil, store); err != nil || stored != 2 {
		t.Errorf("a password: stored %d times, %v", stored, err)
	}
}

// TestTwoMailboxesAtOnceWithOneGrant: only one of them is connected.
func TestTwoMailboxesAtOnceWithOneGrant(t *testing.T) {
	b := newTokenFirm(t, oauthserver.Google)
	ann := b.desktop("Ann")
	grant := b.grant(ann, b.asks("info@example.test"))
	var all sync.WaitGroup
	answers := make([]reply, 2)
	for i, address := range []string{"info@example.test", "ben@example.test"} {
		r := b.channelBy(grant)
		r.Address = address
		r.IMAP.Username, r.SMTP.Username = "info@example.test", "info@example.test"
		text, err := json.Marshal([]any{r})
		if err != nil {
			t.Fatal(err)
		}
		all.Go(func() { answers[i] = ann.post("Channels.ConnectEmail", string(text)) })
	}
	all.Wait()
	connected := 0
	for _, answer := range answers {
		switch {
		case answer.Error == nil:
			connected++
		case answer.Error.Code != "not_found":
			t.Errorf("%+v", answer.Error)
		}
	}
	if n := len(call[[]ChannelInfo](ann.rig, "Channels.List")); connected != 1 || n != 1 {
		t.Errorf("%d calls connected, %d channels", connected, n)
	}
}
