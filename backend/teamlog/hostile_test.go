package teamlog_test

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/klauspost/compress/zstd"

	"postvak/backend/inbox"
	"postvak/backend/teamlog"
)

// Whoever can write to the mailbox can ask to join and lie about what was seen:
// that is nobody's word for two logs. A removed member's is none either.
func TestAStrangersBaseIsNobodysWord(t *testing.T) {
	o, ann, ben := pair()
	stranger := newDesk(nil, "stranger")
	e := ann.envelope(&teamlog.Join{Member: "x", Name: "X", Key: stranger.public()})
	e.Device, e.Seq, e.Prev, e.Base.Hash = stranger.device, 1, "", "another"
	if a, kinds := ann.accept(t, stranger.seal(e).Bytes); a.ID == "" || slices.Contains(kinds, teamlog.BaseMismatch) {
		t.Errorf("a stranger's: %v", kinds)
	}
	ann.decide(&teamlog.MemberRemove{Member: "ben"})
	o.sync()
	late := ben.envelope(&teamlog.Avail{On: false})
	late.Base.Hash = "another"
	if a, kinds := ann.accept(t, ben.seal(late).Bytes); a.ID == "" || slices.Contains(kinds, teamlog.BaseMismatch) {
		t.Errorf("a removed member's: %v", kinds)
	}
}

// Fifty strangers who wait keep nobody out whom an invitation proves.
func TestACrowdAtTheDoorKeepsNoInvitedPersonOut(t *testing.T) {
	w := newWorld(t)
	invitation := newInvitation(w, 50)
	for n := range byte(50) {
		w.must("", &teamlog.Join{Member: inbox.MemberID(fmt.Sprint("x", n)), Name: "X", Key: key(100 + n)})
	}
	w.void("", &teamlog.Join{Member: "y", Name: "Y", Key: key(90)}, teamlog.TooMany)
	w.must("", w.newcomer(60, invitation))
	requests := w.team.Requests()
	last := requests[len(requests)-1]
	if len(requests) != 50 || !last.Valid || last.Device != teamlog.DeviceID(key(60)) {
		t.Fatalf("%d wait, the last one is %+v", len(requests), last)
	}
	for n := byte(61); n < 61+49; n++ {
		w.decide("", w.newcomer(n, invitation))
	}
	if n := len(w.team.Requests()); n != 50 {
		t.Errorf("%d wait", n)
	}
}

// bomb writes a snapshot by hand, with whatever a liar likes in it.
type bomb struct{ bytes.Buffer }

func (b *bomb) numbers(all ...uint64) {
	for _, n := range all {
		b.Write(binary.AppendUvarint(nil, n))
	}
}

func (b *bomb) text(s string) {
	b.numbers(uint64(len(s)))
	b.WriteString(s)
}

func newBomb(anchor string) *bomb {
	b := &bomb{}
	b.WriteString("postvak-snapshot\n")
	b.numbers(teamlog.SnapshotVersion)
	b.text("{}")
	b.text("{}")
	b.numbers(0, 1, 0) // no recent ids; an anchor
	b.text(anchor)
	return b
}

// A snapshot that says little and means much takes little memory.
func TestASnapshotOfManyThingsIsRefusedBeforeItIsKept(t *testing.T) {
	long := "c1:" + strings.Repeat("a", 4000)
	for name, bomb := range map[string]*bomb{
		"keys": func() *bomb {
			b := newBomb(long)
			b.numbers(1, 1, 0, 0)
			b.text("ann")
			b.numbers(0)
			b.text("device")
			b.numbers(0, 0, 2, 0, 200_000) // a close that covers
			for range 200_000 {
				b.numbers(uint64(len(long)))
				b.text("b")
			}
			return b
		}(),
		"decisions": func() *bomb {
			b := newBomb("c1:a")
			b.numbers(2_000_000)
			for i := range 2_000_000 {
				b.numbers(1, 0)
				if i == 0 {
					b.numbers(0)
					b.text("ann")
				} else {
					b.numbers(1)
				}
				b.numbers(1, 0, 0, 3) // a reopen
			}
			return b
		}(),
		"names": func() *bomb {
			b := newBomb("c1:a")
			b.numbers(100_000)
			for i := range 100_000 {
				b.numbers(1, 0, 0)
				b.text(fmt.Sprintf("%0800d", i))
				b.numbers(0)
				b.text(fmt.Sprintf("d%0799d", i))
				b.numbers(0, 0, 3)
			}
			return b
		}(),
	} {
		t.Run(name, func(t *testing.T) {
			var file bytes.Buffer
			packer, _ := zstd.NewWriter(&file)
			_, _ = packer.Write(bomb.Bytes())
			_ = packer.Close()
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			_, all, _, err := readSnapshot(file.Bytes(), int64(bomb.Len()))
			runtime.ReadMemStats(&after)
			if err == nil || len(all) > 0 {
				t.Errorf("%d decisions, %v", len(all), err)
			}
			if used := (after.TotalAlloc - before.TotalAlloc) >> 20; used > 200 {
				t.Errorf("%d kB of snapshot took %d MB", file.Len()>>10, used)
			}
		})
	}
}

// A member's desktop cannot add computers until no secret fits any more.
func TestAMemberHasSoManyComputers(t *testing.T) {
	w := newWorld(t)
	for n := range byte(7) {
		w.must("ben", &teamlog.DeviceAdd{Member: "ben", Key: key(100 + n)})
	}
	w.void("ben", &teamlog.DeviceAdd{Member: "ben", Key: key(120)}, teamlog.ManyDevices)
	w.must("ben", &teamlog.DeviceRevoke{Device: teamlog.DeviceID(key(100))})
	w.must("ben", &teamlog.DeviceAdd{Member: "ben", Key: key(120)})
	w.must("ann", &teamlog.DeviceAdd{Member: "ben", Key: key(121), Retire: true})
}
