package teamlog_test

import (
	"bytes"
	"errors"
	"io"
	"testing"

	"postvak/backend/inbox"
	"postvak/backend/teamlog"
)

// filled is a world with some of everything about two conversations.
func filled(t testing.TB) *world {
	w := newWorld(t)
	other := inbox.Key("c1:other")
	w.assign("ann", "ben", "")
	w.decide("ann", &teamlog.Assign{Conversation: thread, Was: "ben", Undo: w.lastID()})
	w.close("ben", thread)
	w.must("ann", &teamlog.Reopen{Conversation: thread})
	w.must("ann", &teamlog.Note{Conversation: thread, Text: "é ✓", Mentions: []inbox.MemberID{"ben"}})
	w.must("ben", &teamlog.Read{Conversation: thread, UpTo: noon})
	w.must("ben", &teamlog.Unread{Conversation: thread})
	w.must("ben", &teamlog.Drafting{Conversation: thread})
	w.must("ben", &teamlog.Sent{Conversation: other, Key: "c1:sent", By: "ben"})
	w.must("ann", &teamlog.Delete{Conversation: other, Covers: []inbox.Key{other, "c1:sent"}})
	return w
}

func (w *world) snapshot() (file []byte, hash [32]byte, size int64) {
	w.t.Helper()
	var out bytes.Buffer
	header := teamlog.SnapshotHeader{
		Upto: teamlog.Base{Count: uint64(len(w.decisions)), Hash: "hash"}, State: []byte(`{"v":1}`), Recent: []string{"one", "two"},
	}
	hash, size, err := teamlog.EncodeSnapshot(&out, header, func(yield func(inbox.Key, []teamlog.Decision) bool) {
		for _, anchor := range []inbox.Key{thread, "c1:nothing", "c1:other"} {
			if !yield(anchor, of([]inbox.Key{anchor}, w.decisions)) {
				return
			}
		}
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return out.Bytes(), hash, size
}

func readSnapshot(file []byte, size int64) (header teamlog.SnapshotHeader, all []teamlog.Decision, hash [32]byte, err error) {
	reader, err := teamlog.DecodeSnapshot(bytes.NewReader(file), size)
	if err != nil {
		return header, nil, hash, err
	}
	defer reader.Close()
	for {
		_, decisions, err := reader.Next()
		if errors.Is(err, io.EOF) {
			return reader.Header, all, reader.Hash(), nil
		}
		if err != nil {
			return header, nil, hash, err
		}
		all = append(all, decisions...)
	}
}

func TestSnapshotComesBackAsItWas(t *testing.T) {
	w := filled(t)
	file, hash, size := w.snapshot()
	again, hash2, size2 := w.snapshot()
	if !bytes.Equal(file, again) || hash != hash2 || size != size2 {
		t.Error("the same log gave another snapshot")
	}
	header, decisions, readHash, err := readSnapshot(file, size)
	if err != nil || readHash != hash {
		t.Fatalf("%v; hash %x, want %x", err, readHash, hash)
	}
	if header.Upto.Count != uint64(len(w.decisions)) || string(header.State) != `{"v":1}` || len(header.Recent) != 2 {
		t.Errorf("%+v", header)
	}
	kinds := map[string]int{}
	for _, d := range decisions {
		kinds[d.Event.Kind()]++
		if d.ID == "" || d.N == 0 || d.Void != teamlog.Admitted || d.Seen != d.N-1 {
			t.Errorf("%+v", d)
		}
	}
	if len(decisions) != 9 || kinds["drafting"] != 0 || kinds["assign"] != 2 || kinds["note"] != 1 {
		t.Errorf("%v", kinds)
	}
}

// A desktop that joined by a snapshot can check the next one as well.
func TestSnapshotOfASnapshotIsTheSame(t *testing.T) {
	file, hash, size := filled(t).snapshot()
	header, decisions, _, err := readSnapshot(file, size)
	if err != nil {
		t.Fatal(err)
	}
	again, size2, err := teamlog.EncodeSnapshot(io.Discard, header, func(yield func(inbox.Key, []teamlog.Decision) bool) {
		_ = yield(thread, of([]inbox.Key{thread}, decisions)) && yield("c1:other", of([]inbox.Key{"c1:other"}, decisions))
	})
	if err != nil || again != hash || size2 != size {
		t.Errorf("%x of %d bytes, want %x of %d; %v", again, size2, hash, size, err)
	}
}

func TestSnapshotWithAnyFlippedByteIsNoticed(t *testing.T) {
	file, hash, size := filled(t).snapshot()
	for i := range file {
		damaged := bytes.Clone(file)
		damaged[i] ^= 0x41
		if _, _, got, err := readSnapshot(damaged, size); err == nil && got != hash {
			continue // read, and known to be another one
		} else if err == nil && i > 16 {
			t.Errorf("byte %d of %d changed, and nobody notices", i, len(file))
		}
	}
	if _, _, _, err := readSnapshot(file, size-1); err == nil {
		t.Error("longer than it says, it is read")
	}
	if _, _, _, err := readSnapshot(file[:len(file)/2], size); err == nil {
		t.Error("cut off, it is read")
	}
}

func TestEncodeSnapshotWantsAnchorsInOrder(t *testing.T) {
	w := filled(t)
	_, _, err := teamlog.EncodeSnapshot(io.Discard, teamlog.SnapshotHeader{Upto: teamlog.Base{Count: 99}}, func(yield func(inbox.Key, []teamlog.Decision) bool) {
		for _, anchor := range []inbox.Key{"c1:other", thread} {
			if !yield(anchor, of([]inbox.Key{anchor}, w.decisions)) {
				return
			}
		}
	})
	if err == nil {
		t.Error("anchors in any order are taken")
	}
}

func TestCompactingAgainChangesNothing(t *testing.T) {
	w := filled(t)
	once := teamlog.Compact(of([]inbox.Key{thread}, w.decisions))
	if twice := teamlog.Compact(once); len(twice) != len(once) || len(once) >= len(of([]inbox.Key{thread}, w.decisions)) {
		t.Errorf("%d, then %d", len(once), len(twice))
	}
}

func TestCompactingKeepsWhatWasCoveredBeforeADelete(t *testing.T) {
	w := newWorld(t)
	w.arrives("c1:second", noon)
	w.close("ben", thread, "c1:second")
	w.must("ann", &teamlog.Delete{Conversation: thread, Covers: []inbox.Key{thread}})
	if !w.state().Hidden {
		t.Fatal("what a close covered shows after the delete")
	}
	w.decisions = teamlog.Compact(of([]inbox.Key{thread}, w.decisions))
	if !w.state().Hidden {
		t.Error("compacted, what a close covered shows again")
	}
}

func FuzzDecodeSnapshot(f *testing.F) {
	file, _, size := filled(f).snapshot()
	f.Add(file, size)
	f.Add([]byte("rubbish"), int64(10))
	f.Fuzz(func(t *testing.T, file []byte, size int64) {
		_, decisions, _, err := readSnapshot(file, min(size, 1<<20))
		if err == nil {
			teamlog.FoldConversation(teamlog.Facts{Me: "ann"}, decisions)
		}
	})
}
