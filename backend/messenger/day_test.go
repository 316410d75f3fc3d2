package messenger_test

import (
	"math/rand/v2"
	"strconv"
	"testing"
	"time"
)

// An hour of 50 messages a minute from 200 people, on lists that lag, repeat
// and come in any order, with a program that is ended in the middle: all are
// there, once.
func TestABusyHour(t *testing.T) {
	r := open(t)
	rnd := rand.New(rand.NewPCG(7, 7))
	r.server.SetOdd(true, true)
	n, minute := 0, 0
	write := func() {
		for ; minute%3 != 2; minute++ {
			r.server.SetLag(time.Duration(rnd.IntN(60)) * time.Second)
			for range 50 {
				who := strconv.Itoa(9000 + rnd.IntN(200))
				r.clock.Advance(time.Duration(rnd.IntN(2400)) * time.Millisecond)
				r.server.Deliver(who, "N"+who, "text "+strconv.Itoa(n), nil)
				n++
			}
		}
		minute++
	}
	for range 2 {
		r.restart()
		r.pace.before = write
		if err := r.poll(12); err != nil {
			t.Fatal(err)
		}
	}
	r.pace.before = nil
	r.clock.Advance(3 * time.Minute)
	r.mustPoll()
	if got := len(r.sink.stored); got != n || r.server.InboundCount() != n || n < 2000 {
		t.Errorf("%d of %d messages", got, n)
	}
}
