package autostart

import (
	"os"
	"path/filepath"

	"postvak/app/entryfile"
)

// path is read by launchd at the next login. Nothing is loaded now: launchd
// would start a second program at once.
func (e Entry) path() (string, error) {
	home, err := os.UserHomeDir()
	return filepath.Join(home, "Library", "LaunchAgents", e.agentLabel()+".plist"), err
}

// on does not ask for what a person switched off in the system's settings:
// launchd keeps that in a place of its own.
func (e Entry) on() (bool, error) {
	path, err := e.path()
	if err != nil {
		return false, err
	}
	file, err := entryfile.Read(path)
	return file == e.agent(), err
}

func (e Entry) enable() error {
	path, err := e.path()
	if err != nil {
		return err
	}
	return entryfile.Write(path, e.agent())
}

func (e Entry) disable() error {
	path, err := e.path()
	if err != nil {
		return err
	}
	return entryfile.Remove(path)
}
