package rest_test

import (
	"bytes"
	"runtime"
	"strings"
	"testing"
	"time"

	"postvak/backend/rest"
)

// TestTheFirmsTimeIsNotSetBack: a person who sets the computer's clock back, or a
// computer that finds out that it was wrong, opens no reply window again (R29).
func TestTheFirmsTimeIsNotSetBack(t *testing.T) {
	r := open(t)
	if r.KnowsTime() {
		t.Error("the firm's time is known before anybody said it")
	}
	if _, err := r.post(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	known := r.Client.Now()
	if !r.KnowsTime() || !known.Equal(noon.Add(7*time.Minute)) {
		t.Fatalf("it is %v", known)
	}
	r.ours.Advance(-time.Hour)
	if got := r.Client.Now(); got.Before(known) {
		t.Errorf("the clock was set back, and the firm's time went from %v to %v", known, got)
	}
	r.ours.Advance(2 * time.Hour)
	if got := r.Client.Now(); !got.Equal(known.Add(time.Hour)) {
		t.Errorf("an hour later it is %v", got)
	}
	r.ours.Advance(-2 * time.Hour)
	r.theirs.Advance(time.Minute)
	if _, err := r.post(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	if got := r.Client.Now(); !got.Equal(known.Add(time.Minute)) {
		t.Errorf("after another answer it is %v", got)
	}
}

// TestAnAnswerOfCountlessValuesIsNone: a few bytes each, and many times that in
// memory.
func TestAnAnswerOfCountlessValuesIsNone(t *testing.T) {
	for name, raw := range map[string][]byte{
		"numbers": []byte(`{"messages":[` + strings.Repeat("0,", 15<<20) + `0]}`),
		"objects": []byte(`{"messages":[` + strings.Repeat("{},", 10<<20) + `{}]}`),
		"depth":   bytes.Repeat([]byte(`{"a":[`), 5<<20),
	} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		_, ok := rest.Parse(raw)
		runtime.ReadMemStats(&after)
		if grown := (after.TotalAlloc - before.TotalAlloc) >> 20; ok || grown > 64 {
			t.Errorf("%s: read %v, with %d MB", name, ok, grown)
		}
	}
	if _, ok := rest.Parse([]byte(`{"messages":[` + strings.Repeat(`{"body":",,,[[[{{{","n":1},`, 50_000) + `{}]}`)); !ok {
		t.Error("a long page is none")
	}
}
