package imaptest

import (
	"os/exec"
	"syscall"
)

// ownGroup puts cmd and its children into a process group of their own, and
// ends cmd when the test process is killed.
func ownGroup(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGTERM}
}

func killGroup(cmd *exec.Cmd) { syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }

func terminate(cmd *exec.Cmd) { cmd.Process.Signal(syscall.SIGTERM) }
