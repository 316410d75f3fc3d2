package teamsync_test

import (
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"os"
	"strconv"
	"testing"
	"time"

	"postvak/backend/inbox"
	"postvak/backend/teamlog"
)

const eventsARecord = 50

// longLog is a team's log of so many events about a tenth as many
// conversations, with a snapshot near its end.
func longLog(t testing.TB, events int) *live {
	t.Helper()
	ann := founder(t, "ann")
	ann.patience = 10 * time.Minute
	ann.sync.SnapshotEvery(1 << 40)
	for from := 0; from < events; from += eventsARecord {
		batch := make([]teamlog.Event, 0, eventsARecord)
		for i := from; i < min(from+eventsARecord, events); i++ {
			batch = append(batch, longEvent(i, max(events/10, 1)))
		}
		record, err := ann.sync.Seal(teamlog.Envelope{Log: ann.sync.LogID(), Seq: uint64(from), At: morning, Events: batch})
		ann.ok(err)
		_, err = ann.wire.Append(t.Context(), record.ID, record.Bytes)
		ann.ok(err)
	}
	ann.until("the whole log", func() bool {
		_, cursor := ann.sync.StateBytes()
		return cursor.Count > uint64(events/eventsARecord)
	})
	ann.sync.SnapshotEvery(uint64(events/eventsARecord) / 2)
	ann.decide(&teamlog.Avail{On: true})
	ann.until("a snapshot", func() bool { return ann.snapshots() > 0 })
	ann.sync.SnapshotEvery(1 << 40)
	ann.busy(5)
	return ann
}

// longEvent is what members do all day.
func longEvent(i, anchors int) teamlog.Event {
	digest := sha256.Sum256([]byte(strconv.Itoa(i % anchors)))
	c := inbox.Key("c1:" + base64.RawURLEncoding.EncodeToString(digest[:16]))
	switch i / anchors % 5 {
	case 0:
		return &teamlog.Assign{Conversation: c, To: "ann"}
	case 1:
		return &teamlog.Read{Conversation: c, UpTo: morning.Add(time.Duration(i) * time.Second)}
	case 2:
		return &teamlog.Close{Conversation: c, Covers: []inbox.Key{c}}
	case 3:
		return &teamlog.Assign{Conversation: c, To: "", Was: "ann"}
	}
	return &teamlog.Note{Conversation: c, Text: fmt.Sprint("what was agreed, number ", i)}
}

// BenchmarkJoin measures from asking to join until everything is known that the
// log says. A log of 1,000,000 events is to take 10 s at most; POSTVAK_JOIN_EVENTS
// is another number. The past is checked afterwards, which is not measured.
func BenchmarkJoin(b *testing.B) {
	events, err := strconv.Atoi(os.Getenv("POSTVAK_JOIN_EVENTS"))
	if err != nil {
		events = 1_000_000
	}
	ann := longLog(b, events)
	_, cursor := ann.sync.StateBytes()
	for i := 0; b.Loop(); i++ {
		ben := newLive(b, fmt.Sprint("ben", i), ann.wire.mailbox)
		ben.join(ben.name+"@bakery.example", teamlog.Invitation{})
		ben.until("everything", func() bool {
			_, mine := ben.sync.StateBytes()
			return mine.Count >= cursor.Count
		})
		b.StopTimer()
		if !ben.sync.Standing(b.Context()) && events > 10_000 {
			b.Fatal("it did not begin with the snapshot")
		}
		ben.group.Stop()
		b.StartTimer()
	}
	b.ReportMetric(float64(events)/(b.Elapsed().Seconds()/float64(b.N)), "events/s")
}
