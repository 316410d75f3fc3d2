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
	what := sha256.Sum256(text)
	l := &a.latest
	l.mu.Lock()
	defer l.mu.Unlock()
	if what == l.what && a.clock.Now().Sub(l.at) < sameClick {
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

// Limits of a draft beside its text's.
const (
	maxSubject  = 900 // bytes: a header's line has 998 (RFC 5322 2.1.1)
	maxWritten  = 320 // bytes of one address with its name
	maxPieces   = 100 // attachments
	maxVariable = 64  // of a template
)

// checkDraft bounds what is kept and sent of a draft: it crosses to the screen
// whole whenever its conversation is opened.
func checkDraft(d Draft) error {
	switch {
	case len(d.Text) > maxText:
		return inbox.Errorf(inbox.Invalid, "This text is too long for a mail. Attach it as a file.")
	case len(d.Subject) > maxSubject:
		return inbox.Errorf(inbox.Invalid, "The subject is too long for a mail. Shorten it.")
	case len(d.To)+len(d.Cc)+len(d.Bcc) > maxRecipients:
		return inbox.Errorf(inbox.Invalid, "A mail goes to at most %d addresses.", maxRecipients)
	case len(d.Attachments) > maxPieces:
		return inbox.Errorf(inbox.Invalid, "A mail has at most %d attachments. Put them into one archive.", maxPieces)
	case len(d.Variables) > maxVariable || len(d.TemplateID) > maxSubject:
		return inbox.Errorf(inbox.Invalid, "This template has too much to fill in.")
	}
	for _, group := range [][]string{d.To, d.Cc, d.Bcc, d.Attachments} {
		for _, entry := range group {
			if len(entry) > maxWritten {
				return inbox.Errorf(inbox.Invalid, "One of the addresses is too long. Correct or remove it.")
			}
		}
	}
	for name, value := range d.Variables {
		if len(name) > maxSubject || len(value) > maxText/maxVariable {
			return inbox.Errorf(inbox.Invalid, "What a template is filled with is too long.")
		}
	}
	return nil
}
