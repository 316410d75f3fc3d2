package run

import (
	"context"
	"testing"
	"time"
)

func TestAnAlarmRingsAtTheNewestTime(t *testing.T) {
	clock := NewManual(time.Unix(1000, 0))
	alarm := Alarm{Clock: clock}
	rings := func(want bool, at time.Time) {
		t.Helper()
		select {
		case <-alarm.At(at):
			if !want {
				t.Fatal("it rang")
			}
			alarm.Rang()
		default:
			if want {
				t.Fatal("it did not ring")
			}
		}
	}
	soon, late := clock.Now().Add(time.Minute), clock.Now().Add(time.Hour)
	rings(false, time.Time{})
	rings(false, late)
	first := alarm.At(late)
	if alarm.At(late) != first {
		t.Error("the same time is asked for twice")
	}
	rings(false, soon)
	clock.Advance(time.Minute)
	rings(true, soon)
	rings(false, late)
	rings(false, time.Time{})
	clock.Advance(time.Hour)
	rings(false, time.Time{})
	rings(true, soon) // what is past rings at once
}

func TestWhatFollowsAnAttemptOutlivesTheProgramsEndByAMoment(t *testing.T) {
	ctx, end := context.WithCancel(context.Background())
	behind, stop := Behind(ctx, time.Hour)
	defer stop()
	end()
	if err := behind.Err(); err != nil {
		t.Errorf("at the end: %v", err)
	}
	stop()
	if behind.Err() == nil {
		t.Error("it goes on after it was stopped")
	}
	if behind, stop := Behind(ctx, -1); behind.Err() == nil {
		t.Error("it goes on beyond its limit")
	} else {
		stop()
	}
}
