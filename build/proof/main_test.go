package proof

import (
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"strconv"
	"testing"
	"time"

	"postvak/app"
)

// What a test tells the program that it starts.
const (
	envDir   = "PROOF_DIR"
	envHaste = "PROOF_HASTE" // how many times too fast its clock runs
	envName  = "PROOF_NAME"  // the person's
	envMail  = "PROOF_MAIL"  // the address under which it finds mailHost
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
	_, err = io.Copy(io.Discard, os.Stdin)
	host.Close()
	if served := <-failed; served != nil {
		return served
	}
	return err
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
