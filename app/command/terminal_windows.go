package command

import (
	"os"

	"golang.org/x/sys/windows"
)

// attachParentProcess stands for the process that started this one.
const attachParentProcess = ^uintptr(0)

// Terminal is where the program speaks and complains. A program with windows
// gets no terminal of Windows by itself: one that was started from a terminal
// without redirection asks for that one's.
func Terminal() (out, complaints *os.File) {
	present := func(which uint32) bool {
		handle, err := windows.GetStdHandle(which)
		return err == nil && handle != 0 && handle != windows.InvalidHandle
	}
	if present(windows.STD_OUTPUT_HANDLE) || present(windows.STD_ERROR_HANDLE) {
		return os.Stdout, os.Stderr
	}
	attach := windows.NewLazySystemDLL("kernel32.dll").NewProc("AttachConsole")
	if done, _, _ := attach.Call(attachParentProcess); done == 0 {
		return os.Stdout, os.Stderr // started by a click: nobody reads
	}
	console, err := os.OpenFile("CONOUT$", os.O_RDWR, 0)
	if err != nil {
		return os.Stdout, os.Stderr
	}
	return console, console
}
