// Package entryfile writes the small text files by which desktops know
// programs, as the Desktop Entry Specification has them, and replaces such
// files as a whole. It knows no program and no folder.
package entryfile

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
)

// Text is a value of the specification's type string.
func Text(text string) string {
	text = strings.ReplaceAll(text, `\`, `\\`)
	if rest, found := strings.CutPrefix(text, " "); found { // readers trim it
		text = `\s` + rest
	}
	return text
}

// Exec writes a command as its "The Exec key" chapter has it: a part with a
// reserved character in quotes, in which " ` $ \ are escaped, a percent sign
// doubled, and the whole escaped once more as a string. Other parts stand
// bare: some readers look for a program's name with its quotes.
func Exec(command []string) string {
	quoted := make([]string, len(command))
	for i, part := range command {
		quoted[i] = strings.ReplaceAll(part, "%", "%%")
		if part == "" || strings.ContainsAny(part, reserved) {
			quoted[i] = `"` + inQuotes.Replace(part) + `"`
		}
	}
	return Text(strings.Join(quoted, " "))
}

const reserved = " \t\n\"'\\><~|&;$*?#()`"

var inQuotes = strings.NewReplacer(`"`, `\"`, "`", "\\`", `$`, `\$`, `\`, `\\`, `%`, `%%`)

// Read gives a file's text, "" when there is none.
func Read(path string) (string, error) {
	text, err := os.ReadFile(path)
	if errors.Is(err, os.ErrNotExist) {
		return "", nil
	}
	return string(text), err
}

// Write replaces a file as a whole, and leaves one alone that says the same.
func Write(path, text string) error {
	if was, err := Read(path); err == nil && was == text {
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

// Remove takes a file away, if it is there.
func Remove(path string) error {
	if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	return nil
}
