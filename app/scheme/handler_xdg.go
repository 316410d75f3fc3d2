//go:build !windows && !darwin

package scheme

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"postvak/app/entryfile"
)

// toolLimit is how long one of the desktop's tools may take.
const toolLimit = 10 * time.Second

// The places of the Base Directory Specification. They are asked for each time,
// as the desktop does.
func dataHome() (string, error) {
	if dir := os.Getenv("XDG_DATA_HOME"); filepath.IsAbs(dir) { // the specification: a relative one is none
		return dir, nil
	}
	home := os.Getenv("HOME")
	if home == "" {
		return "", errors.New("scheme: there is no home folder")
	}
	return filepath.Join(home, ".local", "share"), nil
}

func systemData() []string {
	if dirs := os.Getenv("XDG_DATA_DIRS"); dirs != "" {
		return filepath.SplitList(dirs)
	}
	return []string{"/usr/local/share", "/usr/share"}
}

// entryName is not the name under which a package installs the program: the
// person's own file would hide the package's.
func (h Handler) entryName() string { return h.Name + "-links.desktop" }

func (h Handler) entry() string {
	return "[Desktop Entry]\nType=Application\nName=" + entryfile.Text(h.Title) +
		"\nExec=" + entryfile.Exec(h.Command) + " %u\nIcon=" + h.Name +
		"\nTerminal=false\nNoDisplay=true\nMimeType=" + h.mime() + ";\n"
}

func (h Handler) mime() string { return "x-scheme-handler/" + h.Scheme }

// register leaves the work to a package's entry where there is one.
func (h Handler) register() error {
	data, err := dataHome()
	if err != nil {
		return err
	}
	folder := filepath.Join(data, "applications")
	path := filepath.Join(folder, h.entryName())
	before, err := entryfile.Read(path)
	switch {
	case err != nil:
		return err
	case h.packaged():
		if before == "" {
			return nil
		}
		return errors.Join(entryfile.Remove(path), h.index(folder))
	case before == h.entry():
		return nil // the person may have chosen another program since
	}
	if err := entryfile.Write(path, h.entry()); err != nil {
		return err
	}
	return errors.Join(h.index(folder), h.beDefault())
}

// packaged says whether the program was installed for everybody.
func (h Handler) packaged() bool {
	for _, dir := range systemData() {
		text, err := entryfile.Read(filepath.Join(dir, "applications", h.Name+".desktop"))
		if err == nil && strings.Contains(text, h.mime()) {
			return true
		}
	}
	return false
}

// index tells the desktop's index of entries. A desktop without that tool looks
// into the folder itself.
func (h Handler) index(folder string) error {
	_, err := tool("update-desktop-database", folder)
	return err
}

// beDefault makes this program the one for such links, unless the person has
// another one. Without the tool the only program that knows the scheme is the
// one.
func (h Handler) beDefault() error {
	chosen, err := tool("xdg-mime", "query", "default", h.mime())
	if err != nil || chosen != "" && chosen != h.entryName() {
		return err
	}
	_, err = tool("xdg-mime", "default", h.entryName(), h.mime())
	return err
}

// tool runs one of the desktop's tools; one that is not there says nothing.
func tool(name string, args ...string) (string, error) {
	path, err := exec.LookPath(name)
	if err != nil {
		return "", nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), toolLimit)
	defer cancel()
	out, err := exec.CommandContext(ctx, path, args...).Output()
	return strings.TrimSpace(string(out)), err
}

func (h Handler) unregister() error {
	data, err := dataHome()
	if err != nil {
		return err
	}
	folder := filepath.Join(data, "applications")
	path := filepath.Join(folder, h.entryName())
	before, err := entryfile.Read(path)
	if err != nil || before != h.entry() {
		return err
	}
	return errors.Join(entryfile.Remove(path), h.forgetDefault(), h.index(folder))
}

// forgetDefault takes the entry out of the person's list of chosen programs; the
// desktop's tools only ever put one in.
func (h Handler) forgetDefault() error {
	config := os.Getenv("XDG_CONFIG_HOME")
	if !filepath.IsAbs(config) {
		config = filepath.Join(os.Getenv("HOME"), ".config")
	}
	path := filepath.Join(config, "mimeapps.list")
	before, err := entryfile.Read(path)
	if err != nil || before == "" {
		return err
	}
	var lines []string
	for line := range strings.SplitSeq(before, "\n") {
		if value, ours := strings.CutPrefix(line, h.mime()+"="); ours && strings.TrimSuffix(value, ";") == h.entryName() {
			continue
		}
		lines = append(lines, line)
	}
	if after := strings.Join(lines, "\n"); after != before {
		return entryfile.Write(path, after)
	}
	return nil
}
