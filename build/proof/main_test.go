package proof

import (
	"bufio"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"strconv"
	"testing"
	"time"

	"postvak/app"
	"postvak/app/desktop"
	"postvak/backend/sandbox"
)

// What a test tells the program that it starts.
const (
	envDir   = "PROOF_DIR"
	envHaste = "PROOF_HASTE" // how many times too fast its clock runs
	envName  = "PROOF_NAME"  // the person's
	envMail  = "PROOF_MAIL"  // the address under which it finds mailHost
	envAhead = "PROOF_AHEAD" // how far its clock, which standard input moves, is ahead
	envShows = "PROOF_SHOWS" // it has a desktop to show notifications on
	envDemo  = "PROOF_DEMO"  // it is the demo team's, in which nobody does anything by themselves
)

// TestMain lets this binary be the program.
func TestMain(m *testing.M) {
	if dir := os.Getenv(envDir); dir != "" {
		if err := program(dir); err != nil {
			fmt.Fprintln(os.Stderr, app.Sentence(err))
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// program is headless mode until standard input ends.
func program(dir string) error {
	hold, err := app.Acquire(dir, "")
	if err != nil {
		return err
	}
	defer hold.Release()
	if address := os.Getenv(envMail); address != "" {
		net.DefaultResolver = resolving(address)
	}
	opt := app.Options{Dir: dir, LogLevel: slog.LevelDebug, Person: person()}
	if times, _ := strconv.Atoi(os.Getenv(envHaste)); times > 1 {
		opt.Clock = hasty{time.Now(), times}
	}
	var clock sandbox.Clock
	if ahead, err := time.ParseDuration(os.Getenv(envAhead)); err == nil {
		clock = sandbox.NewClock()
		clock.Advance(ahead)
		opt.Clock = clock
	}
	if os.Getenv(envDemo) != "" {
		opt.Sandbox, opt.Quiet, opt.LogLevel = true, true, slog.LevelInfo
	}
	if os.Getenv(envShows) != "" {
		opt.Desktop = desktop.Choose(false, slog.New(slog.DiscardHandler))
	}
	built, err := app.New(opt)
	if err != nil {
		return err
	}
	defer built.Close()
	host, err := app.NewHeadless(built, "127.0.0.1:0")
	if err != nil {
		return err
	}
	failed := make(chan error, 1)
	go func() { failed <- host.Serve() }()
	if err := host.Announce(os.Stdout); err != nil {
		return err
	}
	err = obey(os.Stdin, clock)
	host.Close()
	if served := <-failed; served != nil {
		return served
	}
	return err
}

// obey moves the clock by each duration that stands on a line, until there is
// no more.
func obey(orders io.Reader, clock sandbox.Clock) error {
	lines := bufio.NewScanner(orders)
	for lines.Scan() {
		d, err := time.ParseDuration(lines.Text())
		if err != nil {
			return err
		}
		clock.Advance(d)
	}
	return lines.Err()
}

// person is who sits there.
func person() string {
	if name := os.Getenv(envName); name != "" {
		return name
	}
	return "Ann Baker"
}

// hasty is a clock that runs too fast from a moment on.
type hasty struct {
	from  time.Time
	times int
}

func (h hasty) Now() time.Time {
	return h.from.Add(time.Duration(h.times) * time.Since(h.from))
}

func (h hasty) After(d time.Duration) <-chan time.Time {
	return time.After(d / time.Duration(h.times))
}
