// Package command is the program's command line: it reads the arguments,
// starts the program in a window or headless, and says in one sentence why it
// could not. It knows nothing of mail.
package command

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"strings"

	"postvak/app"
	"postvak/app/about"
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

POSTVAK_PASSPHRASE_FILE in the environment names a file with a passphrase on its
first line: it seals the passwords where there is no keyring.
`

// Exit statuses; the contract's.
const (
	exitDone   = 0
	exitFailed = 1
	exitWrong  = 2
)

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
