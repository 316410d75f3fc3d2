package backup

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"io"
	"strings"

	"filippo.io/age"
)

// Is says whether a file that begins so is a backup, of any form.
func Is(head []byte) bool { return bytes.HasPrefix(head, []byte(magic)) }

// Reader reads a backup part by part. Its errors are *inbox.Error with a
// sentence, but for those of the source itself, which it passes on. It is not
// safe for concurrent use.
type Reader struct {
	Manifest Manifest

	source *source
	sealed io.Reader
	part   *io.LimitedReader // what is left of the present part
	last   string
	parts  int
	bytes  int64
}

// Open reads the beginning of a backup. A file that is none, one of a newer
// form and a wrong passphrase are told apart; none costs more than the work
// that this package's own files ask for.
func Open(from io.Reader, passphrase string) (*Reader, error) {
	r := &Reader{source: &source{from: from}}
	plain := bufio.NewReaderSize(r.source, 64<<10)
	if err := r.firstLine(plain); err != nil {
		return nil, err
	}
	if passphrase == "" {
		return nil, errPhrase
	}
	identity, err := age.NewScryptIdentity(passphrase)
	if err != nil {
		return nil, err
	}
	identity.SetMaxWorkFactor(maxWork)
	if r.sealed, err = age.Decrypt(plain, identity); err != nil {
		return nil, r.wrong(err)
	}
	return r, r.frame(&r.Manifest, maxManifest)
}

// firstLine reads what stands before the seal.
func (r *Reader) firstLine(plain *bufio.Reader) error {
	line := make([]byte, len(magic)+len(form)+1)
	if _, err := io.ReadFull(plain, line); err != nil && r.source.err != nil {
		return r.source.err
	}
	number, ours := strings.CutPrefix(string(line), magic)
	switch {
	case !ours:
		return errForeign
	case number != form+"\n":
		return errNewer
	}
	return nil
}

// wrong tells why age did not open a file: an identity that does not match is
// a wrong passphrase, and a header that cannot be read is no header of ours.
func (r *Reader) wrong(err error) error {
	var mismatch *age.NoIdentityMatchError
	switch {
	case r.source.err != nil:
		return r.source.err
	case errors.As(err, &mismatch):
		return errPhrase
	}
	return damaged(err)
}

// Next gives the next part, and io.EOF behind the last one. What was not read of
// the part before is passed over. The size is what the part has, or reading it
// fails.
func (r *Reader) Next() (name string, size int64, content io.Reader, err error) {
	if err := r.pass(); err != nil {
		return "", 0, nil, err
	}
	var h header
	if err := r.frame(&h, maxHeader); err != nil {
		return "", 0, nil, err
	}
	if h.Name == "" {
		return "", 0, nil, r.end(h)
	}
	r.parts++
	r.bytes += h.Size
	if !follows(r.last, h.Name) || h.Size < 0 || h.Size > limit(h.Name) || r.parts > maxParts || r.bytes > r.Manifest.Bytes {
		return "", 0, nil, damaged(errors.New("a part out of place"))
	}
	r.last = h.Name
	r.part = &io.LimitedReader{R: r.sealed, N: h.Size}
	return h.Name, h.Size, partReader{r}, nil
}

// pass goes to the end of the present part.
func (r *Reader) pass() error {
	if r.part == nil {
		return nil
	}
	_, err := io.Copy(io.Discard, partReader{r})
	return err
}

// end checks the last header, and that nothing follows it.
func (r *Reader) end(h header) error {
	if h.Parts != r.parts {
		return damaged(errors.New("parts are missing"))
	}
	n, err := r.sealed.Read(make([]byte, 1))
	switch {
	case n > 0:
		return damaged(errors.New("something follows the end"))
	case errors.Is(err, io.EOF):
		return io.EOF
	}
	return r.broken(err)
}

// frame reads a value with its length before it.
func (r *Reader) frame(value any, most uint32) error {
	var length [4]byte
	if _, err := io.ReadFull(r.sealed, length[:]); err != nil {
		return r.broken(err)
	}
	n := binary.BigEndian.Uint32(length[:])
	if n > most {
		return damaged(errors.New("a header is too long"))
	}
	text := make([]byte, n)
	if _, err := io.ReadFull(r.sealed, text); err != nil {
		return r.broken(err)
	}
	if json.Unmarshal(text, value) != nil {
		return damaged(errors.New("a header cannot be read"))
	}
	return nil
}

// broken says what a failing read means: the disk's own error, or damage.
func (r *Reader) broken(err error) error {
	if r.source.err != nil {
		return r.source.err
	}
	return damaged(err)
}

// partReader reads the present part and no further.
type partReader struct{ r *Reader }

func (p partReader) Read(into []byte) (int, error) {
	n, err := p.r.part.Read(into)
	if errors.Is(err, io.EOF) {
		if p.r.part.N == 0 {
			return n, io.EOF
		}
		err = io.ErrUnexpectedEOF
	}
	if err != nil {
		err = p.r.broken(err)
	}
	return n, err
}

// source remembers why a file could not be read, which age would hide among the
// reasons of its own.
type source struct {
	from io.Reader
	err  error
}

func (s *source) Read(into []byte) (int, error) {
	n, err := s.from.Read(into)
	if err != nil && !errors.Is(err, io.EOF) {
		s.err = err
	}
	return n, err
}
