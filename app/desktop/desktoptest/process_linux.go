package desktoptest

import (
	"os"
	"os/exec"
	"syscall"
	"testing"
)

// endWithUs ends a program also when the test's own process dies.
func endWithUs(cmd *exec.Cmd) { cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL} }

func freeze(t testing.TB, p *os.Process) (thaw func()) {
	t.Helper()
	if err := p.Signal(syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	return func() { _ = p.Signal(syscall.SIGCONT) }
}
