//go:build bench

package bench

import (
	"io"
	"os"
	"os/exec"
	"strings"
)

// peer is a program that others' mail is searched with. A table does without
// one that is not installed, and says so.
type peer struct {
	name     string
	command  string
	header   string   // a file that has to be there, too; may be empty
	packages []string // Debian's names
}

var (
	mu      = peer{name: "mu", command: "mu", packages: []string{"maildir-utils"}}
	notmuch = peer{name: "notmuch", command: "notmuch", header: "/usr/include/notmuch.h", packages: []string{"notmuch", "libnotmuch-dev"}}
)

func (p peer) missing() bool {
	if _, err := exec.LookPath(p.command); err != nil {
		return true
	}
	if p.header == "" {
		return false
	}
	_, err := os.Stat(p.header)
	return err != nil
}

// noteMissing says what to install so that the table is complete.
func noteMissing(tab *table, peers ...peer) {
	for _, p := range peers {
		if p.missing() {
			tab.note("%s is missing here: install %s (Debian's names) to have it in this table", p.name, strings.Join(p.packages, " and "))
		}
	}
}

// pipes are what a program reads from and writes to when it is asked.
func pipes(cmd *exec.Cmd) (in io.WriteCloser, out io.Reader, err error) {
	if in, err = cmd.StdinPipe(); err != nil {
		return nil, nil, err
	}
	out, err = cmd.StdoutPipe()
	return in, out, err
}
