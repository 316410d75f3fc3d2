package app

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"sync"
	"time"

	"postvak/backend/inbox"
)

// sameClick is the time in which the very same draft for the very same place
// is one wish that was uttered twice: a double click, or a script that asks
// again.
const sameClick = time.Second

// latest remembers what was queued last, so that a double click sends once.
type latest struct {
	mu   sync.Mutex
	what [sha256.Size]byte
	at   time.Time
	sent Started
}

// once queues what a draft asks for, or gives what the same draft was queued as
// a moment ago. One that was taken back meanwhile is sent anew.
func (a *App) once(ctx context.Context, place string, d Draft, queue func() (Started, error)) (Started, error) {
	if err := checkDraft(d); err != nil {
		return Started{}, err
	}
	text, err := json.Marshal([]any{place, d})
	if err != nil {
		return Started{}, err
	}
	what, clicked := sha256.Sum256(text), a.clock.Now()
	l := &a.latest
	l.mu.Lock()
	defer l.mu.Unlock()
	if what == l.what && clicked.Sub(l.at) < sameClick {
		if _, err := a.db.Message(ctx, inbox.Key(l.sent.MessageID)); err == nil {
			return l.sent, nil
		}
	}
	sent, err := queue()
	if err == nil {
		l.what, l.at, l.sent = what, a.clock.Now(), sent
	}
	return sent, err
}

// maxBeside bounds what a draft has beside its text, in bytes: thousands of
// addresses.
const maxBeside = 256 << 10

// checkDraft bounds what is kept of a draft: it crosses to the screen whole
// whenever its conversation is opened.
func checkDraft(d Draft) error {
	if len(d.Text) > maxText {
		return inbox.Errorf(inbox.Invalid, "This text is too long for a mail. Attach it as a file.")
	}
	size := len(d.Subject) + len(d.TemplateID)
	for _, group := range [][]string{d.To, d.Cc, d.Bcc, d.Attachments} {
		for _, entry := range group {
			size += len(entry) + len(`"",`)
		}
	}
	for name, value := range d.Variables {
		size += len(name) + len(value) + len(`"":"",`)
	}
	if size > maxBeside {
		return inbox.Errorf(inbox.Invalid, "These are too many addresses or attachments, or the subject is too long. Remove some.")
	}
	return nil
}
