package imap

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"sync/atomic"
)

const (
	// maxLine is more than any response but a list of numbers needs.
	maxLine = 1 << 20
	// maxNumbers is the limit for SEARCH: about four million UIDs.
	maxNumbers = 32 << 20
	// maxSkip is how much of a literal is read only to be thrown away. With
	// more than that the connection is given up.
	maxSkip = 1 << 30
	// maxString is the limit for a literal where a folder name belongs.
	maxString = 64 << 10
)

// What the command that is under way expects of FETCH responses.
const (
	fetchNone int32 = iota // none: they are news, and dropped
	fetchAny               // flags
	fetchBody              // those with a body; others are news
)

// signals is what passes between the reader, which runs in the library's
// goroutine, and Conn.
type signals struct {
	fetching  atomic.Int32
	selecting atomic.Pointer[string] // the tag of a SELECT, "" before it has one: EXISTS is no news
	bye       atomic.Pointer[string]
	bearing   atomic.Int32  // what a "+" means while a token is given
	news      chan struct{} // capacity 1
	expunged  atomic.Int64
}

func (s *signals) changed() {
	select {
	case s.news <- struct{}{}:
	default:
	}
}

// reader is the tolerant reader: what it reads from in are a server's
// responses, what it gives are the same responses in the form, and of the
// kinds, that go-imap takes. Contents of messages pass through unread.
type reader struct {
	in      *bufio.Reader
	sig     *signals
	log     *slog.Logger
	maxBody int64

	long  []byte // a line that did not fit into in's buffer
	out   []byte // what is to be given, from pos
	pos   int
	pass  int64 // bytes of a literal to hand through after out
	fetch fetchResponse
	err   error
}

func newReader(in io.Reader, sig *signals, log *slog.Logger, maxBody int64) *reader {
	return &reader{in: bufio.NewReaderSize(in, 64<<10), sig: sig, log: log, maxBody: maxBody}
}

// protocolError is the end of a connection on which nothing can be understood
// any more.
type protocolError string

func (e protocolError) Error() string { return string(e) }

// Read gives the next bytes.
func (r *reader) Read(p []byte) (int, error) {
	for {
		n := copy(p, r.out[r.pos:])
		r.pos += n
		if r.pass > 0 && n < len(p) && (n == 0 || r.in.Buffered() > 0) {
			m, err := r.in.Read(p[n:min(int64(len(p)), int64(n)+r.pass)])
			r.pass -= int64(m)
			if err != nil {
				r.err, r.pass = err, 0
			}
			n += m
		}
		if n > 0 || len(p) == 0 {
			return n, nil
		}
		if r.err != nil {
			return 0, r.err
		}
		if r.pos = 0; cap(r.out) > maxLine {
			r.out = nil // do not keep what one long response needed
		}
		r.out = r.out[:0]
		r.err = r.next()
	}
}

// next reads one response, or what follows a literal in one, and appends what
// becomes of it to out.
func (r *reader) next() error {
	line, err := r.line()
	if err != nil {
		return err
	}
	if r.fetch.open {
		return r.fetchItems(&scanner{b: line})
	}
	switch {
	case len(bytes.TrimSpace(line)) == 0:
		return nil
	case line[0] == '*':
		return r.untagged(line)
	case line[0] == '+': // the text may be anything, and nobody reads it
		r.out = append(r.out, r.sig.goOn()...)
		return nil
	case line[0] == 'T':
		return r.tagged(line)
	}
	return notAResponse(line)
}

func notAResponse(line []byte) error {
	return protocolError(fmt.Sprintf("not a response: %.12q", line))
}

// line reads up to the end of a line and gives it without that. It is valid
// until the next read.
func (r *reader) line() ([]byte, error) {
	b, err := r.in.ReadSlice('\n')
	if errors.Is(err, bufio.ErrBufferFull) {
		b, err = r.longLine(b)
	}
	if err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(b[:len(b)-1], []byte("\r")), nil
}

func (r *reader) longLine(begin []byte) ([]byte, error) {
	limit := maxLine
	if len(begin) > 9 && is(begin[:9], "* SEARCH ") {
		limit = maxNumbers
	}
	r.long = append(r.long[:0], begin...)
	for {
		b, err := r.in.ReadSlice('\n')
		if len(r.long)+len(b) > limit {
			return nil, protocolError("a line without an end")
		}
		r.long = append(r.long, b...)
		if !errors.Is(err, bufio.ErrBufferFull) {
			return r.long, err
		}
	}
}

// whole reads a response to its end and gives it in one piece, its literals as
// quoted strings. It is for responses that hold names; ok is false when a
// literal is longer than any name.
func (r *reader) whole(line []byte) (all []byte, ok bool, err error) {
	size, at, found := literal(line)
	if !found {
		return line, true, nil
	}
	ok = true
	for found {
		all = append(all, line[:at]...)
		if size > maxString || len(all) > maxLine {
			ok, err = false, r.skip(size)
		} else {
			all, err = r.quoteLiteral(all, size)
		}
		if err != nil {
			return nil, false, err
		}
		if line, err = r.line(); err != nil {
			return nil, false, err
		}
		size, at, found = literal(line)
	}
	return append(all, line...), ok, nil
}

func (r *reader) quoteLiteral(to []byte, size int64) ([]byte, error) {
	content := make([]byte, size)
	if _, err := io.ReadFull(r.in, content); err != nil {
		return to, err
	}
	return appendQuoted(to, content), nil
}

func appendQuoted(to, content []byte) []byte {
	to = append(to, '"')
	for _, c := range content {
		if c == '"' || c == '\\' {
			to = append(to, '\\')
		}
		to = append(to, c)
	}
	return append(to, '"')
}

// skip reads size bytes and throws them away.
func (r *reader) skip(size int64) error {
	if size > maxSkip {
		return protocolError(fmt.Sprintf("a literal of %d bytes", size))
	}
	_, err := io.CopyN(io.Discard, r.in, size)
	return err
}

func (r *reader) drop(what string) {
	r.log.Debug("imap: response dropped", "what", fmt.Sprintf("%.24q", what))
}
