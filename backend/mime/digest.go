package mime

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"hash"
)

// Digest names a mail by its content, equal on every desktop, for every
// provider and every version of the parser: the channel-independent part of a
// message's key. It hashes the unfolded raw values of Message-ID, Date, From
// and Subject and the raw bytes after the header, line ends as CRLF, so that
// the form in which a server or a file keeps the mail does not matter.
//
// It must never change: close and delete name messages by it. For that reason
// it has its own plain idea of a header, apart from the walker's: everything up
// to the first empty line, a field being a line that begins with its name and a
// colon and the lines after it that begin with a blank; the first of a name
// counts.
func Digest(raw []byte) string {
	names := [...]string{"Message-ID", "Date", "From", "Subject"}
	var values [len(names)][]byte
	pos, last := 0, -1
	for pos < len(raw) {
		end, next := lineAt(raw, pos)
		line := raw[pos:end]
		pos = next
		if len(line) == 0 {
			break
		}
		if line[0] == ' ' || line[0] == '\t' {
			if last >= 0 {
				values[last] = append(values[last], line...)
			}
			continue
		}
		last = -1
		for i, name := range names {
			if values[i] == nil && len(line) > len(name) && line[len(name)] == ':' && equalFold(line[:len(name)], name) {
				values[i] = append([]byte{}, line[len(name)+1:]...)
				last = i
			}
		}
	}
	h := sha256.New()
	h.Write([]byte("m1|"))
	for _, v := range values {
		h.Write(bytes.Trim(v, " \t"))
		h.Write([]byte("|"))
	}
	hashLines(h, raw[pos:])
	return base64.RawURLEncoding.EncodeToString(h.Sum(nil))[:16]
}

// hashLines hashes text with every line end as CRLF, without copying it.
func hashLines(h hash.Hash, b []byte) {
	from := 0
	for i := 0; ; i++ {
		n := bytes.IndexByte(b[i:], '\n')
		if n < 0 {
			h.Write(b[from:])
			return
		}
		i += n
		if i == 0 || b[i-1] != '\r' {
			h.Write(b[from:i])
			h.Write([]byte("\r\n"))
			from = i + 1
		}
	}
}
