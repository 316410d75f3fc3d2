package teamlog_test

import (
	"errors"
	"slices"
	"testing"

	"postvak/backend/teamlog"
	"postvak/backend/teamlog/logtest"
)

func TestMemoryLog(t *testing.T) {
	logtest.Run(t, func(*testing.T) teamlog.Log { return teamlog.NewMemory() })
}

func TestFaultyLogWithoutFaults(t *testing.T) {
	logtest.Run(t, func(*testing.T) teamlog.Log { return logtest.NewFaulty(teamlog.NewMemory()) })
}

func TestLandmarksAreWhatANewcomerLooksFor(t *testing.T) {
	_, ann, ben := pair()
	for name, c := range map[string]struct {
		record []byte
		want   bool
	}{
		"genesis":           {ann.accepted[0].Record, true},
		"a member":          {ann.accepted[1].Record, true},
		"a channel":         {ann.accepted[2].Record, false},
		"a note":            {ben.seal(ben.envelope(&teamlog.Note{Conversation: "c1:a", Text: "x"})).Bytes, false},
		"a snapshot":        {ann.seal(ann.envelope(everyEvent[slices.IndexFunc(everyEvent, isSnapshot)])).Bytes, true},
		"rubbish":           {[]byte("rubbish"), false},
		"a note and a role": {ben.seal(ben.envelope(&teamlog.Avail{}, &teamlog.MemberRole{Member: "ann", Role: teamlog.Admin})).Bytes, true},
	} {
		if got := teamlog.Landmark(c.record); got != c.want {
			t.Errorf("%s is a landmark: %v", name, got)
		}
	}
}

func isSnapshot(e teamlog.Event) bool { return e.Kind() == "snapshot" }

func TestFaultyLogLosesAndDelays(t *testing.T) {
	faulty := logtest.NewFaulty(teamlog.NewMemory())
	put := func(text string, want error) {
		t.Helper()
		if _, err := faulty.Append(t.Context(), text, []byte(text)); !errors.Is(err, want) {
			t.Fatalf("%s: %v", text, err)
		}
	}
	cursor := teamlog.Pos{}
	var seen []string
	read := func() {
		t.Helper()
		last, err := faulty.Read(t.Context(), cursor, func(_ teamlog.Pos, record []byte) error {
			seen = append(seen, string(record))
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		cursor = last
	}
	faulty.Refuse(1)
	put("lost", logtest.ErrCut)
	faulty.Unheard(1)
	put("unheard", logtest.ErrCut)
	faulty.Withhold(2)
	put("late", nil)
	put("third", nil)
	read()
	faulty.Show(2)
	read()
	read()
	if want := []string{"unheard", "third", "late"}; !slices.Equal(seen, want) {
		t.Errorf("read %q, want %q", seen, want)
	}
}
