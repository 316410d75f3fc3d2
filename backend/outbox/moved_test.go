package outbox

import (
	"testing"

	"postvak/backend/inbox"
)

// TestWhatCameWithABackupIsNeverSentUnasked: the other computer may have sent
// it, before or meanwhile (R34).
func TestWhatCameWithABackupIsNeverSentUnasked(t *testing.T) {
	for _, state := range []inbox.OutgoingState{inbox.OutQueued, inbox.OutSending, inbox.OutUnknown, inbox.OutFailed, inbox.OutAsk} {
		for _, sent := range []bool{true, false} {
			w := newWorld()
			m, r := letter(1)
			m.State = state
			m = m.Moved()
			w.rows[m.Key], w.bytes[m.Key] = m, r
			if sent { // by the other computer
				w.delivered[r.MessageID], w.sent[r.MessageID] = 1, 1
			}
			o := w.process()
			if err := w.settle(o, "c"); err != nil {
				t.Fatal(err)
			}
			if w.attempts > 0 {
				t.Fatalf("%s was sent by itself", state)
			}
			waits := state != inbox.OutFailed && state != inbox.OutAsk
			want := inbox.OutAsk
			if sent && waits {
				want = inbox.OutFiled
			}
			if m = w.rows[m.Key]; m.State != want || waits && !sent && m.Reason != askMoved {
				t.Fatalf("%s, sent %v: %s %q", state, sent, m.State, m.Reason)
			}
			if want == inbox.OutFiled {
				continue
			}
			if err := o.Retry(ctx, m.Key); err != nil {
				t.Fatal(err)
			}
			if err := w.settle(o, "c"); err != nil || w.delivered[r.MessageID] != 1 || w.rows[m.Key].State != inbox.OutFiled {
				t.Errorf("tried again: delivered %d times, %s: %v", w.delivered[r.MessageID], w.rows[m.Key].State, err)
			}
		}
	}
}

// TestAMovedChatIsNotSentByItself: elsewhere an unknown one goes again once.
func TestAMovedChatIsNotSentByItself(t *testing.T) {
	w := newChat()
	key := w.put(0, "els", "hi")
	w.rows[key] = w.rows[key].Moved()
	if err := w.settle(w.process(), "c"); err != nil || w.row(key).State != inbox.OutAsk || w.attempts != 0 {
		t.Errorf("%s after %d attempts: %v", w.row(key).State, w.attempts, err)
	}
}
