package scheme

import (
	"errors"
	"os"

	"golang.org/x/sys/windows"
	"golang.org/x/sys/windows/registry"
)

// Explorer looks here first for who opens a scheme: what stands here is the
// person's own.
const classes = `Software\Classes\`

func (h Handler) commandLine() string {
	return windows.ComposeCommandLine(h.Command) + ` "%1"`
}

func (h Handler) register() error {
	root := classes + h.Scheme
	present, err := read(root + `\shell\open\command`)
	if err != nil || present == h.commandLine() || installed(present) {
		return err
	}
	return errors.Join(
		write(root, "", "URL:"+h.Title),
		write(root, "URL Protocol", ""),
		write(root+`\DefaultIcon`, "", h.Command[0]+",0"),
		write(root+`\shell\open\command`, "", h.commandLine()),
	)
}

// installed says whether a command's program is there: then it was chosen.
func installed(command string) bool {
	parts, err := windows.DecomposeCommandLine(command)
	if err != nil || len(parts) == 0 {
		return false
	}
	_, err = os.Stat(parts[0])
	return err == nil
}

// read gives "" where there is no key or no value.
func read(path string) (string, error) {
	key, err := registry.OpenKey(registry.CURRENT_USER, path, registry.QUERY_VALUE)
	if errors.Is(err, registry.ErrNotExist) {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	defer key.Close()
	text, _, err := key.GetStringValue("")
	if errors.Is(err, registry.ErrNotExist) {
		err = nil
	}
	return text, err
}

func write(path, name, value string) error {
	key, _, err := registry.CreateKey(registry.CURRENT_USER, path, registry.SET_VALUE)
	if err != nil {
		return err
	}
	defer key.Close()
	return key.SetStringValue(name, value)
}

func (h Handler) unregister() error {
	root := classes + h.Scheme
	present, err := read(root + `\shell\open\command`)
	if err != nil || present != h.commandLine() {
		return err
	}
	for _, path := range []string{`\shell\open\command`, `\shell\open`, `\shell`, `\DefaultIcon`, ``} {
		if err := registry.DeleteKey(registry.CURRENT_USER, root+path); err != nil && !errors.Is(err, registry.ErrNotExist) {
			return err
		}
	}
	return nil
}
