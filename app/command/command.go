// Package command is the program's command line: it reads the arguments,
// starts the program in a window or headless, and says in one sentence why it
// could not. It knows nothing of mail.
package command

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"postvak/app"
	"postvak/app/about"
	"postvak/app/desktop"
)

const usage = `postvak [--data DIR] [--sandbox] [--headless [--listen 127.0.0.1:0]] [--hidden] [--log-level LEVEL] [postvak://conversation/ID]
postvak --version | --help

  --data DIR         the folder with database, attachments and log
  --sandbox          a demo team on this computer; nothing leaves it
  --headless         no window: the same over HTTP on loopback
  --listen ADDRESS   where --headless listens (127.0.0.1:0: any free port)
  --hidden           start in the background
  --log-level LEVEL  debug, info, warn or error
  --version, --help  say so and end
`

// Exit statuses; the contract's.
const (
	exitDone   = 0
	exitFailed = 1
	exitWrong  = 2
)

// endLimit is within what a clean end must be done.
const endLimit = 4500 * time.Millisecond

type arguments struct {
	dir, listen, link, place  string
	sandbox, headless, hidden bool
	version, help             bool
	level                     slog.Level
}

// misuse is what is wrong with the arguments, in a sentence.
type misuse string

func (m misuse) Error() string { return string(m) }

// Main runs the program with the arguments after its name and returns its exit
// status. The assets are the built frontend.
func Main(args []string, assets fs.FS, out, complaints io.Writer) int {
	if app.BindingsOnly {
		if err := app.Bindings(); err != nil {
			fmt.Fprintln(complaints, err)
			return exitFailed
		}
		return exitDone
	}
	parsed, err := parse(args)
	if err != nil {
		fmt.Fprintln(complaints, err)
		return exitWrong
	}
	switch {
	case parsed.help:
		fmt.Fprint(out, usage)
		return exitDone
	case parsed.version:
		fmt.Fprintln(out, "postvak", about.Line())
		return exitDone
	}
	if err := run(parsed, assets, out); err != nil {
		fmt.Fprintln(complaints, app.Sentence(err))
		return exitFailed
	}
	return exitDone
}

func parse(args []string) (arguments, error) {
	var a arguments
	var level string
	flags := flag.NewFlagSet("postvak", flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	flags.StringVar(&a.dir, "data", "", "")
	flags.BoolVar(&a.sandbox, "sandbox", false, "")
	flags.BoolVar(&a.headless, "headless", false, "")
	flags.StringVar(&a.listen, "listen", "", "")
	flags.BoolVar(&a.hidden, "hidden", false, "")
	flags.StringVar(&level, "log-level", "info", "")
	flags.BoolVar(&a.version, "version", false, "")
	flags.BoolVar(&a.help, "help", false, "")
	err := flags.Parse(args)
	if errors.Is(err, flag.ErrHelp) {
		a.help = true
		return a, nil
	}
	if err != nil {
		return a, misuse(firstUpper(err.Error()) + ". See postvak --help.")
	}
	if err := a.level.UnmarshalText([]byte(level)); err != nil {
		return a, misuse(fmt.Sprintf("The log level is debug, info, warn or error, not %q.", level))
	}
	flags.Visit(func(f *flag.Flag) {
		if f.Name == "data" && a.dir == "" {
			err = misuse("--data names no folder. Leave it out for the usual one.")
		}
	})
	if err != nil {
		return a, err
	}
	return a, a.check(flags.Args())
}

func (a *arguments) check(rest []string) (err error) {
	if a.listen != "" {
		if !a.headless {
			return misuse("--listen goes with --headless.")
		}
		if err := app.ListenAddress(a.listen); err != nil {
			return err
		}
	} else {
		a.listen = "127.0.0.1:0"
	}
	if len(rest) > 1 {
		return misuse("One link at a time, please: " + strings.Join(rest[1:], " ") + " is too much. See postvak --help.")
	}
	if len(rest) == 1 {
		a.link = rest[0]
		if a.place, err = app.ParseLink(a.link); err != nil {
			return err
		}
	}
	return nil
}

func firstUpper(text string) string { return strings.ToUpper(text[:1]) + text[1:] }

// run holds the folder, builds the program and gives it a host.
func run(args arguments, assets fs.FS, out io.Writer) error {
	login, err := app.LoginEntry(args.dir, args.sandbox)
	if err != nil {
		return err
	}
	usual := !args.sandbox && args.dir == ""
	fresh := args.sandbox && args.dir == ""
	if args.dir == "" {
		args.dir = app.DefaultDir(args.sandbox)
	}
	hold, err := app.Acquire(args.dir, args.link)
	if errors.Is(err, app.ErrRunning) {
		return nil
	}
	if err != nil {
		return err
	}
	defer hold.Release()
	if fresh {
		if err := hold.Empty(); err != nil {
			return err
		}
	}
	opt := app.Options{
		Dir: args.dir, Sandbox: args.sandbox, Assets: assets, LogLevel: args.level,
		PassphraseFile: os.Getenv("POSTVAK_PASSPHRASE_FILE"), Language: app.SystemLanguage(),
	}
	if !args.headless {
		if err := app.CheckDisplay(); err != nil {
			return err
		}
		opt.Login = login
		if usual {
			if opt.Links, err = app.DeepLinks(); err != nil {
				return err
			}
		}
	}
	opt.Desktop = desktop.Choose(!args.headless, nil)
	built, err := app.New(opt)
	if err != nil {
		return err
	}
	defer built.Close()
	if args.headless {
		return serve(built, hold, args, out)
	}
	return app.RunWindow(built, hold.Links(), args.place, args.hidden)
}

// serve is headless mode: until SIGTERM or SIGINT, and then not longer than
// the contract allows.
func serve(built *app.App, hold *app.Instance, args arguments, out io.Writer) error {
	host, err := app.NewHeadless(built, args.listen)
	if err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	failed := make(chan error, 1)
	go func() { failed <- host.Serve() }()
	go built.Follow(ctx, hold.Links())
	if args.place != "" {
		built.Navigate(args.place)
	}
	if err := host.Announce(out); err != nil {
		return err
	}
	select {
	case err := <-failed:
		return err
	case <-ctx.Done():
	}
	time.AfterFunc(endLimit, func() { os.Exit(exitDone) }) // a server that does not answer must not hold us
	host.Close()
	return nil
}
