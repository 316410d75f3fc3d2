package run

import (
	"context"
	"slices"
	"sync"
	"testing"
	"time"
)

var start = time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)

func TestManualSendsWhenDue(t *testing.T) {
	clock := NewManual(start)
	soon, late := clock.After(time.Second), clock.After(25*time.Hour)
	clock.Advance(999 * time.Millisecond)
	select {
	case <-soon:
		t.Fatal("sent a millisecond early")
	default:
	}
	clock.Advance(time.Millisecond)
	if got := <-soon; !got.Equal(start.Add(time.Second)) {
		t.Fatalf("sent %v", got)
	}
	select {
	case <-late:
		t.Fatal("sent a day early")
	default:
	}
	clock.Advance(25 * time.Hour)
	<-late
	<-clock.After(0)
}

func TestManualBlocksUntilSomebodyWaits(t *testing.T) {
	clock := NewManual(start)
	done := make(chan time.Time)
	go func() { done <- <-clock.After(time.Hour) }()
	clock.BlockUntil(1)
	clock.Advance(time.Hour)
	if got := <-done; !got.Equal(clock.Now()) {
		t.Fatalf("got %v", got)
	}
}

func TestGroupStopsNewestFirst(t *testing.T) {
	g := NewGroup(context.Background())
	var mu sync.Mutex
	var ended []string
	for _, name := range []string{"database", "sync", "window"} {
		g.Go(name, func(ctx context.Context) {
			<-ctx.Done()
			mu.Lock()
			ended = append(ended, name)
			mu.Unlock()
		})
	}
	g.Stop()
	if want := []string{"window", "sync", "database"}; !slices.Equal(ended, want) {
		t.Fatalf("ended %v, want %v", ended, want)
	}
	if g.Go("late", func(context.Context) { t.Error("ran after Stop") }) {
		t.Error("Go said yes after Stop")
	}
	g.Stop()
}

func TestGroupForgetsWhatEndedByItself(t *testing.T) {
	g := NewGroup(context.Background())
	defer g.Stop()
	ended := make(chan struct{})
	g.Go("short", func(context.Context) { close(ended) })
	<-ended
	<-g.members[0].done
	g.Go("long", func(ctx context.Context) { <-ctx.Done() })
	if got := g.Running(); !slices.Equal(got, []string{"long"}) {
		t.Fatalf("running %v", got)
	}
}

func TestGroupEndsWithItsParent(t *testing.T) {
	parent, cancel := context.WithCancel(context.Background())
	g := NewGroup(parent)
	ended := make(chan struct{})
	g.Go("worker", func(ctx context.Context) { <-ctx.Done(); close(ended) })
	cancel()
	<-ended
	g.Stop()
}

func TestBackoffDoublesUpToItsMaximum(t *testing.T) {
	b := Backoff{Base: time.Second, Max: 7 * time.Second}
	for i, want := range []time.Duration{1, 2, 4, 7, 7, 7} {
		if got := b.Next(); got != want*time.Second {
			t.Fatalf("try %d: %v, want %v s", i, got, int(want))
		}
	}
	b.Reset()
	if got := b.Next(); got != time.Second {
		t.Fatalf("after Reset: %v", got)
	}
}

func TestBackoffJitterStaysInItsRange(t *testing.T) {
	for _, chance := range []float64{0, 0.5, 0.999999} {
		b := Backoff{Base: time.Minute, Max: time.Hour, Jitter: 0.5, Rand: func() float64 { return chance }}
		if got := b.Next(); got > time.Minute || got < 30*time.Second {
			t.Fatalf("with %v: %v", chance, got)
		}
	}
}

func TestBackoffDoesNotOverflow(t *testing.T) {
	b := Backoff{Base: time.Second, Max: 1<<63 - 1}
	for range 200 {
		if got := b.Next(); got <= 0 {
			t.Fatalf("pause %v", got)
		}
	}
}
