package autostart

import (
	"strings"

	"postvak/app/entryfile"
)

// desktopFile is the entry as the Desktop Entry Specification has it. TryExec
// has the desktop pass over it once the program is removed: a package cannot
// look into people's homes.
func (e Entry) desktopFile() string {
	return "[Desktop Entry]\nType=Application\nName=" + entryfile.Text(e.Title) + "\nTryExec=" + entryfile.Text(e.Command[0]) +
		"\nExec=" + entryfile.Exec(e.Command) + "\nIcon=postvak\nTerminal=false\nX-GNOME-Autostart-enabled=true\n"
}

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
	return exec == entryfile.Exec(e.Command)
}
