package imaptest

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"
)

// Fill puts many messages into a user's INBOX at once, past the server, by
// writing a maildir: two hundred times faster than Deliver. next gives the
// messages, nil at the end. Only for the maildir format, and before anybody
// has the folder open.
func (d *Dovecot) Fill(t testing.TB, user string, next func() []byte) {
	t.Helper()
	who := whoRuns(t)
	uid, _ := strconv.Atoi(who.UID)
	gid, _ := strconv.Atoi(who.GID)
	home := filepath.Join(d.Dir, "mail", user)
	box := filepath.Join(home, "Maildir")
	for _, dir := range []string{home, box, filepath.Join(box, "cur"), filepath.Join(box, "new"), filepath.Join(box, "tmp")} {
		must(t, os.MkdirAll(dir, 0o700))
		must(t, os.Chown(dir, uid, gid))
	}
	for {
		raw := next()
		if raw == nil {
			return
		}
		n := serial.Add(1)
		// A second later for each message; the size in the name saves a look.
		arrived := time.Unix(1_700_000_000+n, 0)
		name := filepath.Join(box, "cur", fmt.Sprintf("%d.M%dP1.imaptest,S=%d:2,", arrived.Unix(), n, len(raw)))
		must(t, os.WriteFile(name, raw, 0o600))
		must(t, os.Chtimes(name, arrived, arrived)) // Dovecot's INTERNALDATE
		must(t, os.Chown(name, uid, gid))
	}
}
