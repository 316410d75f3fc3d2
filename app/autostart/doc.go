// Package autostart has a program started when the person logs in, and says
// whether it really is: on Linux and the like by a file in the autostart folder
// (XDG Autostart), on Windows by the Run key of the registry, on macOS by a
// launch agent. All three are the person's own: nothing here takes an
// administrator's rights, and nothing is started now.
//
// Linux is tried by tests. What stands here for Windows and macOS is compiled
// and its texts are tested; it was not tried on them.
package autostart

import (
	"errors"
	"strings"
	"unicode"
)

// Entry is one program that can be started at login. Entries of different names
// do not touch each other.
type Entry struct {
	Name    string   // of the file or value: lower case letters, digits and "-"
	Title   string   // what the system's own settings call it
	Command []string // the program's path and its arguments
}

// errCommand says that a command cannot be written down for the system.
var errCommand = errors.New("autostart: an entry needs a name, and a program and arguments without control characters")

// check refuses what a file of lines cannot hold, whoever chose it: a folder
// can have a line end in its name.
func (e Entry) check() error {
	if e.Name == "" || strings.ContainsAny(e.Name, `/\.`) || len(e.Command) == 0 || e.Command[0] == "" {
		return errCommand
	}
	for _, part := range append([]string{e.Name, e.Title}, e.Command...) {
		if strings.ContainsFunc(part, unicode.IsControl) {
			return errCommand
		}
	}
	return nil
}

// On says whether the system will start this very command at login. It is false
// also where another copy of the program is started, and where the person
// switched the entry off in the system's own settings.
func (e Entry) On() (bool, error) {
	if err := e.check(); err != nil {
		return false, err
	}
	return e.on()
}

// Set switches it on or off; doing so again changes nothing.
func (e Entry) Set(on bool) error {
	if err := e.check(); err != nil {
		return err
	}
	if on {
		return e.enable()
	}
	return e.disable()
}
