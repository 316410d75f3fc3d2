package autostart

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
)

// desktopFile is the entry as the Desktop Entry Specification has it.
func (e Entry) desktopFile() string {
	return "[Desktop Entry]\nType=Application\nName=" + escapeString(e.Title) + "\nExec=" + execLine(e.Command) +
		"\nIcon=postvak\nTerminal=false\nX-GNOME-Autostart-enabled=true\n"
}

// escapeString is for values of the specification's type string.
func escapeString(text string) string {
	text = strings.ReplaceAll(text, `\`, `\\`)
	if rest, found := strings.CutPrefix(text, " "); found { // readers trim it
		text = `\s` + rest
	}
	return text
}

// execLine writes a command as its "The Exec key" chapter has it: every part in
// quotes, in which " ` $ \ are escaped, a percent sign doubled, and the whole
// escaped once more as a string.
func execLine(command []string) string {
	quoted := make([]string, len(command))
	for i, part := range command {
		quoted[i] = `"` + inQuotes.Replace(part) + `"`
	}
	return escapeString(strings.Join(quoted, " "))
}

var inQuotes = strings.NewReplacer(`"`, `\"`, "`", "\\`", `$`, `\$`, `\`, `\\`, `%`, `%%`)

// starts says whether a file has this very entry and nobody switched it off.
func (e Entry) starts(file string) bool {
	exec, inGroup := "", false
	for line := range strings.Lines(file) {
		line = strings.TrimSpace(line)
		if strings.HasPrefix(line, "[") {
			inGroup = line == "[Desktop Entry]"
			continue
		}
		key, value, _ := strings.Cut(line, "=")
		key, value = strings.TrimSpace(key), strings.TrimSpace(value)
		switch {
		case !inGroup:
		case key == "Exec":
			exec = value
		case key == "Hidden" && value == "true", key == "X-GNOME-Autostart-enabled" && value == "false":
			return false
		}
	}
	return exec == execLine(e.Command)
}

// readFile gives a file's text, "" when there is none.
func readFile(path string) (string, error) {
	text, err := os.ReadFile(path)
	if errors.Is(err, os.ErrNotExist) {
		return "", nil
	}
	return string(text), err
}

// writeFile replaces a file as a whole, and leaves one alone that says the same.
func writeFile(path, text string) error {
	if was, err := readFile(path); err == nil && was == text {
		return nil
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	temp, err := os.CreateTemp(filepath.Dir(path), ".postvak-")
	if err != nil {
		return err
	}
	defer os.Remove(temp.Name()) // gone already when all went well
	_, err = temp.WriteString(text)
	if err = errors.Join(err, temp.Chmod(0o644), temp.Close()); err != nil {
		return err
	}
	return os.Rename(temp.Name(), path)
}

func removeFile(path string) error {
	if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	return nil
}
