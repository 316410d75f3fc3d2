package backup

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"filippo.io/age"

	"postvak/backend/inbox"
)

// The first line. The number is the form of what follows it.
const (
	magic = "postvak-backup "
	form  = "1"
)

// maxWork is what a file may ask of whoever opens it.
const maxWork = 18

// workFactor is scrypt's cost for a new backup: 2^17 is 128 MB and about half a
// second. Tests of this package make many.
var workFactor = 17

// header stands before each part. One without a name ends the backup, and
// counts the parts.
type header struct {
	Name string `json:"name,omitempty"`
	Size int64  `json:"size,omitempty"`
	// Parts is how many parts there were, in the last header.
	Parts int `json:"parts,omitempty"`
}

// Writer writes a backup. It is not safe for concurrent use.
type Writer struct {
	sealed io.WriteCloser
	last   string
	parts  int
}

// NewWriter begins a backup under a passphrase. Close ends it; a backup that
// was not closed is refused by Open.
func NewWriter(to io.Writer, passphrase string, m Manifest) (*Writer, error) {
	if passphrase == "" {
		return nil, inbox.Errorf(inbox.Invalid, "A backup needs a passphrase: it holds what signs in to your mailboxes.")
	}
	recipient, err := age.NewScryptRecipient(passphrase)
	if err != nil {
		return nil, err
	}
	recipient.SetWorkFactor(workFactor)
	if _, err := io.WriteString(to, magic+form+"\n"); err != nil {
		return nil, err
	}
	sealed, err := age.Encrypt(to, recipient)
	if err != nil {
		return nil, err
	}
	w := &Writer{sealed: sealed}
	return w, w.frame(m)
}

// Add writes a part of exactly size bytes. Parts come in the order of the list
// in this package, files by ascending hash; anything else is a mistake of the
// caller's, and ends the backup.
func (w *Writer) Add(name string, size int64, from io.Reader) error {
	if !follows(w.last, name) || size < 0 || size > limit(name) {
		return fmt.Errorf("%s of %d bytes has no place behind %q in a backup", name, size, w.last)
	}
	if err := w.frame(header{Name: name, Size: size}); err != nil {
		return err
	}
	w.last, w.parts = name, w.parts+1
	n, err := io.Copy(w.sealed, io.LimitReader(from, size))
	if err == nil && n < size {
		err = fmt.Errorf("%s has %d bytes, not %d: %w", name, n, size, io.ErrUnexpectedEOF)
	}
	return err
}

// Close ends the backup. It does not close what was written to.
func (w *Writer) Close() error {
	return errors.Join(w.frame(header{Parts: w.parts}), w.sealed.Close())
}

// frame writes a value with its length before it.
func (w *Writer) frame(value any) error {
	text, err := json.Marshal(value)
	if err != nil {
		return err
	}
	_, err = w.sealed.Write(append(binary.BigEndian.AppendUint32(nil, uint32(len(text))), text...)) //nolint:gosec // some hundred bytes
	return err
}
