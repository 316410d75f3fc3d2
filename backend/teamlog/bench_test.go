package teamlog_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"testing"
	"time"

	"postvak/backend/inbox"
	"postvak/backend/teamlog"
)

// BenchmarkAccept reads a log of a busy team without checking signatures; what
// they cost is a machine's own matter. It reports events a second.
func BenchmarkAccept(b *testing.B) {
	b.Cleanup(teamlog.BelieveSignatures())
	records := busyLog(b, 2000)
	events := 0
	for b.Loop() {
		replay := teamlog.NewReplay("")
		events = 0
		for i, record := range records {
			accepted, _, err := replay.Accept(teamlog.Pos{Epoch: "1", N: uint64(i + 1)}, record, nil)
			if err != nil || accepted.ID == "" {
				b.Fatal(i, err)
			}
			events += len(accepted.Decisions)
		}
	}
	b.ReportMetric(float64(events*b.N)/b.Elapsed().Seconds(), "events/s")
}

// busyLog makes records of a few to many events, as clicks and read marks do.
func busyLog(b *testing.B, size int) (records [][]byte) {
	device := newDesk(nil, "ann")
	replay := teamlog.NewReplay("")
	put := func(events ...teamlog.Event) {
		seq, prev := replay.Chain(device.device)
		base := replay.Cursor.Base()
		if replay.Team.LogID == "" {
			base = teamlog.Base{}
		}
		record := device.seal(teamlog.Envelope{
			Log: replay.Team.LogID, Device: device.device, Seq: seq + 1, Prev: prev, Base: base,
			At: noon.Add(time.Duration(len(records)) * time.Second), Events: events,
		})
		if _, _, err := replay.Accept(teamlog.Pos{}, record.Bytes, nil); err != nil {
			b.Fatal(err)
		}
		records = append(records, record.Bytes)
	}
	put(&teamlog.Genesis{Team: "Kaasboer", Member: "ann", Name: "Ann", Key: device.public()})
	put(&teamlog.ChannelAdd{ID: "c1", Channel: inbox.Email, Address: "info@example.com", Shared: true, Connected: noon})
	for i := range size {
		c := inbox.Key(fmt.Sprintf("c1:%022d", i))
		events := []teamlog.Event{
			&teamlog.Assign{Conversation: c, To: "ann"}, &teamlog.Close{Conversation: c, Covers: []inbox.Key{c}},
		}
		for n := range i % 12 {
			events = append(events, &teamlog.Read{Conversation: inbox.Key(fmt.Sprintf("c1:%022d", n)), UpTo: noon})
		}
		put(events...)
	}
	return records
}

// BenchmarkSnapshot decodes a snapshot of a million decisions about a hundred
// thousand conversations.
func BenchmarkSnapshot(b *testing.B) {
	const anchors, each = 100_000, 10
	histories := func(yield func(inbox.Key, []teamlog.Decision) bool) {
		for i := range anchors {
			c := inbox.Key(fmt.Sprintf("c1:%022d", i))
			if !yield(c, slices.Collect(someDecisions(c, uint64(i*each), each))) {
				return
			}
		}
	}
	var file bytes.Buffer
	hash, size, err := teamlog.EncodeSnapshot(&file, teamlog.SnapshotHeader{Upto: teamlog.Base{Count: anchors * each}}, histories)
	if err != nil {
		b.Fatal(err)
	}
	packed := file.Bytes()
	for b.Loop() {
		reader, err := teamlog.DecodeSnapshot(bytes.NewReader(packed), size)
		if err != nil {
			b.Fatal(err)
		}
		total := 0
		for {
			_, decisions, err := reader.Next()
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				b.Fatal(err)
			}
			total += len(decisions)
		}
		if total != anchors*each || reader.Hash() != hash {
			b.Fatal("another snapshot came back")
		}
		reader.Close()
	}
	b.ReportMetric(float64(len(packed))/1e6, "MB")
}

func someDecisions(c inbox.Key, n uint64, count int) func(func(teamlog.Decision) bool) {
	return func(yield func(teamlog.Decision) bool) {
		for i := range count {
			n++
			d := teamlog.Decision{
				ID: teamlog.DecisionID(teamlog.RecordID(fmt.Append(nil, n)), 0), N: n, Author: people[i%3], Device: "device " + string(people[i%3]),
				At: noon.Add(time.Duration(n) * time.Second), Seen: n - 1,
				Event: &teamlog.Close{Conversation: c, Covers: []inbox.Key{inbox.Key(fmt.Sprintf("c1:%022d", n))}},
			}
			if i%3 == 0 {
				d.Event = &teamlog.Assign{Conversation: c, To: people[i%5], Was: people[(i+4)%5]}
			}
			if !yield(d) {
				return
			}
		}
	}
}

// BenchmarkState writes the state of a team that remembers as much work as it
// may: the largest part of a checkpoint.
func BenchmarkState(b *testing.B) {
	replay := teamlog.NewReplay("")
	decide := func(n int, event teamlog.Event) {
		d := teamlog.Decision{
			ID: teamlog.DecisionID(teamlog.RecordID(fmt.Append(nil, n)), 0), N: uint64(n), Author: "ann", At: noon, Event: event,
		}
		if void := replay.Team.Apply(&d); void != teamlog.Admitted {
			b.Fatal(void)
		}
	}
	decide(1, &teamlog.Genesis{Team: "Kaasboer", Member: "ann", Name: "Ann", Key: key(1)})
	for i := range teamlog.MaxClaims {
		work := fmt.Sprintf("alert/ann/c1:%022d/%d", i, i)
		decide(2+2*i, &teamlog.Claim{Work: work, Lease: 300})
		claim, _ := replay.Team.Claim(work)
		decide(3+2*i, &teamlog.Done{Work: work, Of: claim.Record, State: "sent"})
	}
	size := 0
	for b.Loop() {
		size = len(replay.State())
	}
	b.ReportMetric(float64(size)/1e6, "MB")
}
