//go:build !windows && !darwin

package autostart

import (
	"errors"
	"os"
	"path/filepath"
	"strings"

	"postvak/app/entryfile"
)

// path asks the environment each time, as the desktop does.
func (e Entry) path() (string, error) {
	dir := os.Getenv("XDG_CONFIG_HOME")
	if !filepath.IsAbs(dir) { // the specification: a relative one is none
		home := os.Getenv("HOME")
		if home == "" {
			return "", errors.New("autostart: there is no home folder")
		}
		dir = filepath.Join(home, ".config")
	}
	return filepath.Join(dir, "autostart", e.Name+".desktop"), nil
}

func (e Entry) on() (bool, error) {
	path, err := e.path()
	if err != nil {
		return false, err
	}
	file, err := entryfile.Read(path)
	return err == nil && e.starts(file), err
}

// errProgram: the specification has no "=" in a program's path, and desktops do
// not find one with "%".
var errProgram = errors.New("autostart: a desktop starts no program with % or = in its path")

func (e Entry) enable() error {
	if strings.ContainsAny(e.Command[0], "%=") {
		return errProgram
	}
	path, err := e.path()
	if err != nil {
		return err
	}
	if on, err := e.on(); on || err != nil {
		return err // the person may have added lines of their own
	}
	return entryfile.Write(path, e.desktopFile())
}

func (e Entry) disable() error {
	path, err := e.path()
	if err != nil {
		return err
	}
	return entryfile.Remove(path)
}
