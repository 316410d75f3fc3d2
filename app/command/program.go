package command

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"os/signal"
	"slices"
	"strings"
	"syscall"
	"time"

	"postvak/app"
	"postvak/app/desktop"
)

// endLimit is within what a clean end must be done.
const endLimit = 4500 * time.Millisecond

// program is one run of Postvak on one folder.
type program struct {
	args arguments
	opt  app.Options
	hold *app.Instance
	out  io.Writer
	// What the system has of this folder's program, whether or not this run may
	// use it: removing everything takes it away.
	entries []app.Entry
}

// run holds the folder, builds the program and gives it a host. On the person's
// word it starts again afterwards, or removes everything.
func run(args arguments, assets fs.FS, out io.Writer) error {
	p, err := prepare(args, assets, out)
	if err != nil || p == nil {
		return err
	}
	var end app.Ending
	if args.headless {
		end, err = p.headless()
	} else {
		end, err = p.window()
	}
	switch {
	case err == nil && end == app.Remove:
		return app.Erase(p.hold, p.opt, p.entries)
	case err == nil && end == app.Restart:
		p.hold.Release()
		return again(args.link)
	}
	p.hold.Release()
	return err
}

// prepare gives nothing when another instance has the folder.
func prepare(args arguments, assets fs.FS, out io.Writer) (*program, error) {
	login, err := app.LoginEntry(args.dir, args.sandbox)
	if err != nil {
		return nil, err
	}
	usual, fresh := !args.sandbox && args.dir == "", args.sandbox && args.dir == ""
	if args.dir == "" {
		args.dir = app.DefaultDir(args.sandbox)
	}
	hold, err := app.Acquire(args.dir, args.link)
	if errors.Is(err, app.ErrRunning) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	p := &program{args: args, hold: hold, out: out, entries: []app.Entry{app.AtLogin(login)}, opt: app.Options{
		Dir: args.dir, Sandbox: args.sandbox, Assets: assets, LogLevel: args.level,
		PassphraseFile: os.Getenv("POSTVAK_PASSPHRASE_FILE"), Language: app.SystemLanguage(),
	}}
	if err := p.settle(login, usual, fresh); err != nil {
		hold.Release()
		return nil, err
	}
	return p, nil
}

// settle decides what of the system this run uses.
func (p *program) settle(login app.Login, usual, fresh bool) error {
	if fresh {
		if err := p.hold.Empty(); err != nil {
			return err
		}
	}
	links, err := app.DeepLinks()
	if err != nil {
		return err
	}
	if usual {
		p.entries = append(p.entries, links, app.WebData{})
	}
	if p.args.headless {
		return nil
	}
	if err := app.CheckDisplay(); err != nil {
		return err
	}
	p.opt.Login = login
	if usual {
		p.opt.Links = links
	}
	return nil
}

// build makes the program; the folder must be held.
func (p *program) build() (*app.App, error) {
	opt := p.opt
	opt.Desktop = desktop.Choose(!p.args.headless, nil)
	if err := app.EraseLeft(opt, p.entries); err != nil {
		return nil, err
	}
	return app.Build(opt)
}

func (p *program) window() (app.Ending, error) {
	built, err := p.build()
	if err != nil {
		return 0, err
	}
	defer built.Close()
	if err := app.RunWindow(built, p.hold.Links(), p.args.place, p.args.hidden); err != nil {
		return 0, err
	}
	select {
	case end := <-built.Ended():
		return end, nil
	default:
		return 0, nil
	}
}

// again starts this very program anew.
func again(link string) error {
	self, err := os.Executable()
	if err != nil {
		return err
	}
	command := exec.Command(self, argumentsAgain(os.Args[1:], link)...) //nolint:noctx // it outlives us
	if err := command.Start(); err != nil {
		return err
	}
	return command.Process.Release()
}

// argumentsAgain leaves out what was of the start before: its link, and hiding.
// Whoever has the program start again looks at it.
func argumentsAgain(args []string, link string) []string {
	return slices.DeleteFunc(slices.Clone(args), func(arg string) bool {
		name, _, _ := strings.Cut(strings.TrimLeft(arg, "-"), "=")
		return arg == link && link != "" || strings.HasPrefix(arg, "-") && name == "hidden"
	})
}

// headless serves until SIGTERM or SIGINT, and then ends not later than the
// contract allows. A restart happens in this process: address and token stay.
func (p *program) headless() (app.Ending, error) {
	built, err := p.build()
	if err != nil {
		return 0, err
	}
	defer func() { built.Close() }()
	host, err := app.NewHeadless(built, p.args.listen)
	if err != nil {
		return 0, err
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	failed := make(chan error, 1)
	go func() { failed <- host.Serve() }()
	if p.args.place != "" {
		built.Navigate(p.args.place)
	}
	if err := host.Announce(p.out); err != nil {
		return 0, err
	}
	for {
		following, leave := context.WithCancel(ctx)
		go built.Follow(following, p.hold.Links())
		end, err := wait(ctx, failed, built)
		leave()
		if err != nil || end != app.Restart {
			if ctx.Err() != nil {
				time.AfterFunc(endLimit, func() { os.Exit(exitDone) }) // a server that does not answer must not hold us
			}
			host.Close()
			return end, err
		}
		host.Rest()
		built.Close()
		if built, err = p.build(); err != nil {
			host.Close()
			return 0, err
		}
		host.Use(built)
	}
}

func wait(ctx context.Context, failed <-chan error, built *app.App) (app.Ending, error) {
	select {
	case err := <-failed:
		return 0, err
	case end := <-built.Ended():
		return end, nil
	case <-ctx.Done():
		return 0, nil
	}
}
