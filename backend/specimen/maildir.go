package specimen

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"sync"
)

// WriteMaildir writes a mailbox as Dovecot keeps it: the inbox in dir, the
// team's own letters in dir/.Sent. File times are the times of delivery, which
// is what Dovecot reports as INTERNALDATE.
func WriteMaildir(dir string, m *Mailbox) error {
	for _, folder := range []string{dir, filepath.Join(dir, ".Sent")} {
		for _, part := range []string{"cur", "new", "tmp"} {
			if err := os.MkdirAll(filepath.Join(folder, part), 0o700); err != nil {
				return fmt.Errorf("make a maildir: %w", err)
			}
		}
	}
	var work sync.WaitGroup
	faults := make([]error, runtime.GOMAXPROCS(0))
	for w := range faults {
		work.Go(func() {
			for i := w; i < m.Len() && faults[w] == nil; i += len(faults) {
				faults[w] = writeLetter(dir, i, m.Letter(i))
			}
		})
	}
	work.Wait()
	return errors.Join(faults...)
}

// writeLetter names the file as Dovecot's own delivery does, with the sizes
// (S= as stored, W= with CRLF) that save it from reading the file for them.
func writeLetter(dir string, i int, l Letter) error {
	if l.Sent {
		dir = filepath.Join(dir, ".Sent")
	}
	stored := bytes.ReplaceAll(l.Raw, []byte("\r\n"), []byte("\n"))
	flags := ""
	if l.Seen {
		flags = "S"
	}
	name := fmt.Sprintf("%d.M%06dP1.specimen,S=%d,W=%d:2,%s", l.At.Unix(), i, len(stored), len(l.Raw), flags)
	path := filepath.Join(dir, "cur", name)
	if err := os.WriteFile(path, stored, 0o600); err != nil {
		return fmt.Errorf("write a letter: %w", err)
	}
	return os.Chtimes(path, l.At, l.At)
}
