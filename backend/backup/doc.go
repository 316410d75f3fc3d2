// Package backup is the sealed file in which a profile moves to another
// computer: a stream of named parts under a passphrase.
//
// The file begins with one line in plain text that says what it is and in which
// form; all else is sealed by filippo.io/age with scrypt, in chunks that are
// authenticated one by one. Inside, each part is a header of its name and size
// and then that many bytes; the first tells what the file holds, the last how
// many parts there were, so that nothing can be cut off unnoticed. Nothing is
// compressed: what a file says that it weighs is what it weighs, on both sides.
//
// Writer and Reader keep one chunk in memory, whatever the size. A backup is
// hostile input until it was opened, and also behind its passphrase: names are
// of a closed list, in one order and never twice, and every length has a limit
// that is checked before anything of that length is read. The package opens no
// file, knows nothing of what the parts mean, and never says in an error what
// was in one.
package backup

import (
	"regexp"
	"strings"
	"time"

	"postvak/backend/inbox"
)

// The parts, in the order in which they stand. Files stand behind them, by the
// hash that is their name.
const (
	Profile  = "profile.json"
	Secrets  = "secrets.json"
	Database = "postvak.db"
	files    = "files/"
)

// Limits on what a reader takes.
const (
	maxHeader   = 1 << 10
	maxManifest = 4 << 10
	maxSmall    = 16 << 20 // profile and secrets
	maxDatabase = 1 << 40
	maxFile     = 1 << 30
	maxParts    = 20_000_000
)

// Manifest says what a backup holds. Bytes is what the writer expected all parts
// to weigh: a reader refuses the part with which they weigh more, so that nothing
// unpacks without an end. It is no promise of that much, and nobody compares it
// with the room on the disk: writing says when that is full.
type Manifest struct {
	Program string    `json:"program"` // the version that wrote it
	Made    time.Time `json:"made"`
	Bytes   int64     `json:"bytes"`
}

// FileName is the part that holds a stored file, by the hash of its bytes in
// hexadecimal digits.
func FileName(hash string) string { return files + hash }

// FileHash is the hash in the name of a stored file's part; false: the part is
// no such file.
func FileHash(name string) (string, bool) {
	return strings.CutPrefix(name, files)
}

var fileName = regexp.MustCompile(`^files/[0-9a-f]{64}$`)

// place orders the parts; 0 is no part at all.
func place(name string) int {
	switch {
	case name == Profile:
		return 1
	case name == Secrets:
		return 2
	case name == Database:
		return 3
	case fileName.MatchString(name):
		return 4
	}
	return 0
}

// follows says whether a part may stand behind another ("" is the beginning).
func follows(before, name string) bool {
	a, b := place(before), place(name)
	return b > a || b == 4 && a == 4 && name > before
}

func limit(name string) int64 {
	switch place(name) {
	case 3:
		return maxDatabase
	case 4:
		return maxFile
	}
	return maxSmall
}

// What a person reads of a file that cannot be taken.
var (
	errForeign = inbox.Errorf(inbox.Invalid, "This file is no backup of Postvak. Choose the file that was saved as a backup.")
	errNewer   = inbox.Errorf(inbox.Unavailable, "This backup was written by a newer version of Postvak. Update Postvak, then restore it.")
	errPhrase  = inbox.Errorf(inbox.Auth, "This passphrase does not open the backup. Type the one that was chosen when the backup was made.")
)

func damaged(cause error) error {
	return inbox.Errorf(inbox.Invalid, "This backup is damaged or was cut short. Copy it again from where it was saved, or take another one. "+
		"Nothing was changed.").Because(cause)
}
