package autostart

import (
	"errors"

	"golang.org/x/sys/windows"
	"golang.org/x/sys/windows/registry"
)

// Explorer starts what stands under Run. What the person switches off in the
// task manager stays there and is noted under StartupApproved.
const (
	runKey      = `Software\Microsoft\Windows\CurrentVersion\Run`
	approvedKey = `Software\Microsoft\Windows\CurrentVersion\Explorer\StartupApproved\Run`
)

func (e Entry) on() (bool, error) {
	value, err := readValue(runKey, func(k registry.Key) (string, error) {
		text, _, err := k.GetStringValue(e.Name)
		return text, err
	})
	if err != nil || value != windows.ComposeCommandLine(e.Command) {
		return false, err
	}
	note, err := readValue(approvedKey, func(k registry.Key) ([]byte, error) {
		bytes, _, err := k.GetBinaryValue(e.Name)
		return bytes, err
	})
	return err == nil && !switchedOff(note), err
}

// readValue gives the zero value where there is no key or no value.
func readValue[T any](path string, read func(registry.Key) (T, error)) (value T, err error) {
	key, err := registry.OpenKey(registry.CURRENT_USER, path, registry.QUERY_VALUE)
	if err == nil {
		defer key.Close()
		value, err = read(key)
	}
	if errors.Is(err, registry.ErrNotExist) {
		err = nil
	}
	return value, err
}

func (e Entry) enable() error {
	if on, err := e.on(); on || err != nil {
		return err
	}
	key, _, err := registry.CreateKey(registry.CURRENT_USER, runKey, registry.SET_VALUE)
	if err != nil {
		return err
	}
	defer key.Close()
	if err := key.SetStringValue(e.Name, windows.ComposeCommandLine(e.Command)); err != nil {
		return err
	}
	return deleteValue(approvedKey, e.Name) // who switches it on here, means it
}

func (e Entry) disable() error { return deleteValue(runKey, e.Name) }

func deleteValue(path, name string) error {
	key, err := registry.OpenKey(registry.CURRENT_USER, path, registry.SET_VALUE)
	if err == nil {
		defer key.Close()
		err = key.DeleteValue(name)
	}
	if errors.Is(err, registry.ErrNotExist) {
		return nil
	}
	return err
}
