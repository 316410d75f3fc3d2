package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"syscall"
	"time"
)

// A reader turns what a suite writes on standard output into results, while
// it writes. It reads to the end also when it understands nothing of it.
type reader func(s suite, out io.Reader, t *tally) error

// suite is one command and how to read its report.
type suite struct {
	name    string
	command []string
	dir     string   // relative to the repository; "" is its root
	env     []string // added to this process's own
	limit   time.Duration
	read    reader
	single  bool   // one test, which passes when the command ends with 0
	report  string // file that the command writes its report to, for readers that need one
}

// run runs the suite's command to its end. The command gets a process group
// of its own, which is ended as a whole when the suite takes too long or the
// run is interrupted: servers and browsers must not outlive their test.
func (s suite) run(ctx context.Context, t *tally) error {
	ctx, cancel := context.WithTimeoutCause(ctx, s.limit, fmt.Errorf("not done after %s", s.limit))
	defer cancel()
	cmd := exec.CommandContext(ctx, s.command[0], s.command[1:]...)
	cmd.Dir = s.dir
	cmd.Env = append(os.Environ(), s.env...)
	cmd.Stderr = os.Stdout
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGTERM) }
	cmd.WaitDelay = 10 * time.Second
	pipe, out, err := os.Pipe()
	if err != nil {
		return err
	}
	defer pipe.Close()
	cmd.Stdout = out
	if err := cmd.Start(); err != nil {
		out.Close()
		return err
	}
	out.Close()
	read := make(chan error, 1)
	go func() { read <- s.read(s, pipe, t) }()
	ended := cmd.Wait()
	// What is left of the group would keep the pipe open.
	_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
	if err := <-read; err != nil {
		return err
	}
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return ended
}
