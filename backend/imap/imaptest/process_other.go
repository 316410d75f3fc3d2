//go:build !linux

package imaptest

import (
	"os"
	"os/exec"
)

func ownGroup(*exec.Cmd) {}

func killGroup(cmd *exec.Cmd) { cmd.Process.Kill() }

func terminate(cmd *exec.Cmd) { cmd.Process.Signal(os.Interrupt) }
