package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"slices"
	"strings"
	"time"
)

func main() {
	only := strings.FieldsFunc(strings.Join(os.Args[1:], ","), func(r rune) bool { return r == ',' || r == ' ' })
	all := parts(size("KILLS", "500"), size("HISTORIES", "100000"), size("MINUTES", "60"), size("PLACES", "1000"))
	for _, name := range only {
		if !slices.ContainsFunc(all, func(p part) bool { return p.name == name }) {
			fmt.Fprintf(os.Stderr, "There is no part %s: they are F1 to F6.\n", name)
			os.Exit(2)
		}
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	broken := 0
	for _, p := range all {
		if len(only) == 0 || slices.Contains(only, p.name) {
			broken += p.play(ctx, os.Stdout)
		}
	}
	stop()
	if broken > 0 {
		fmt.Printf("\n%d of the plays broke\n", broken)
		os.Exit(1)
	}
}

func size(name, usual string) string {
	if value := os.Getenv(name); value != "" {
		return value
	}
	return usual
}

// play prints what each play counted, and gives how many broke.
func (p part) play(ctx context.Context, out io.Writer) (broken int) {
	fmt.Fprintf(out, "\n%s %s (load %s)\n", p.name, p.title, load())
	for _, one := range p.plays {
		fmt.Fprintf(out, "  %s\n", one.what)
		if !one.run(ctx, out) {
			broken++
		}
	}
	fmt.Fprintf(out, "  aim: %s\n", p.aim)
	return broken
}

func (p play) run(ctx context.Context, out io.Writer) (whole bool) {
	cmd := exec.CommandContext(ctx, p.command[0], p.command[1:]...)
	cmd.Dir, cmd.Env = p.dir, append(os.Environ(), p.env...)
	pipe, err := cmd.StdoutPipe()
	if err != nil {
		fmt.Fprintln(out, err)
		return false
	}
	cmd.Stderr = cmd.Stdout
	began := time.Now()
	if err := cmd.Start(); err != nil {
		fmt.Fprintln(out, err)
		return false
	}
	var r report
	lines := bufio.NewReader(pipe)
	for {
		line, err := lines.ReadString('\n')
		if line != "" {
			r.read(strings.TrimRight(line, "\n"))
		}
		if err != nil {
			break
		}
	}
	ended := cmd.Wait()
	whole = ended == nil && r.failed == 0 && r.passed > 0
	if p.quiet {
		r.counts = nil
	}
	for _, count := range r.counts {
		fmt.Fprintf(out, "    %s\n", count)
	}
	fmt.Fprintf(out, "    %d cases, %d failed, %d skipped, in %s\n", r.passed+r.failed, r.failed, r.skipped, time.Since(began).Round(time.Second/10))
	if !whole {
		fmt.Fprintf(out, "%s\n%v\n", strings.Join(r.all, "\n"), ended)
	}
	return whole
}

// load is the machine's, as the kernel tells it.
func load() string {
	data, _ := os.ReadFile("/proc/loadavg")
	if fields := strings.Fields(string(data)); len(fields) > 2 {
		return strings.Join(fields[:3], " ")
	}
	return "unknown"
}
