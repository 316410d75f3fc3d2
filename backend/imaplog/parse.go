package imaplog

import (
	"bytes"
	"encoding/base64"
	"html"
	"io"
	stdmime "mime"
	"mime/quotedprintable"
	"strings"
)

const (
	maxDepth = 8       // of parts in parts
	maxParts = 100     // of one message
	maxBlock = 8 << 20 // characters between the marks
)

// parse finds the record in a message as it came back from a server; nil when
// there is none. It takes CRLF and LF, quoted-printable and base64, parts in
// parts, text before and after the block, a body turned into HTML, and headers
// that were lost, renamed or made up: it looks for the block as the message
// stands, then in each part as its headers say, then as if everything had been
// encoded. It says nothing of whether the record is genuine.
func parse(raw []byte) []byte {
	if record := findBlock(raw); record != nil {
		return record
	}
	w := walker{}
	if record := w.entity(raw, 0); record != nil {
		return record
	}
	if record := findBlock(unquote(raw)); record != nil {
		return record
	}
	return findBlock(untag(unquote(raw)))
}

// findBlock looks between the marks, wherever they are.
func findBlock(text []byte) []byte {
	for range maxParts {
		_, rest, found := bytes.Cut(text, []byte(blockBegin))
		if !found {
			return nil
		}
		text = rest
		inside, _, found := bytes.Cut(text, []byte(blockEnd))
		if !found {
			return nil
		}
		if record := readBlock(inside); record != nil {
			return record
		}
	}
	return nil
}

// readBlock puts a record together again. White space means nothing: a gateway
// may have broken any line.
func readBlock(inside []byte) []byte {
	if len(inside) > maxBlock {
		return nil
	}
	inside = bytes.TrimLeft(inside, " \t\r\n")
	version, rest := cutSpace(inside)
	switch string(version) {
	case "0":
		return decode(nil, squeeze(rest))
	case "1":
		key, rest := cutSpace(rest)
		body := squeeze(rest)
		if len(key) == 0 || len(body) <= signatureLen {
			return nil
		}
		head := append(append([]byte("1 "), key...), ' ')
		return decode(append(append(head, body[:signatureLen]...), '\n'), body[signatureLen:])
	}
	return nil
}

func cutSpace(b []byte) (word, rest []byte) {
	b = bytes.TrimLeft(b, " \t\r\n")
	if i := bytes.IndexAny(b, " \t\r\n"); i >= 0 {
		return b[:i], b[i:]
	}
	return b, nil
}

// squeeze leaves out white space.
func squeeze(b []byte) []byte {
	out := make([]byte, 0, len(b))
	for _, c := range b {
		if c > ' ' {
			out = append(out, c)
		}
	}
	return out
}

var strict = base64.StdEncoding.Strict()

func decode(head, coded []byte) []byte {
	out := make([]byte, len(head)+strict.DecodedLen(len(coded)))
	n, err := strict.Decode(out[copy(out, head):], coded)
	if err != nil || n == 0 {
		return nil
	}
	return out[:len(head)+n]
}

// walker goes through the parts of one message.
type walker struct{ parts int }

// entity looks into one part: headers, an empty line, a body.
func (w *walker) entity(raw []byte, depth int) []byte {
	if w.parts++; w.parts > maxParts || depth > maxDepth {
		return nil
	}
	header, body := splitHeader(raw)
	media, params, err := stdmime.ParseMediaType(headerField(header, "content-type"))
	if err != nil && media == "" {
		media = "text/plain"
	}
	switch {
	case strings.HasPrefix(media, "multipart/") && params["boundary"] != "":
		return w.children(body, params["boundary"], depth)
	case media == "message/rfc822":
		return w.entity(body, depth+1)
	case !strings.HasPrefix(media, "text/"):
		return nil
	}
	text := body
	switch strings.ToLower(strings.TrimSpace(headerField(header, "content-transfer-encoding"))) {
	case "quoted-printable":
		text = unquote(body)
	case "base64":
		text = unbase64(body)
	}
	if record := findBlock(text); record != nil {
		return record
	}
	return findBlock(untag(text))
}

func (w *walker) children(body []byte, boundary string, depth int) []byte {
	mark := []byte("--" + boundary)
	_, rest, found := bytes.Cut(body, mark)
	for found && w.parts <= maxParts {
		var part []byte
		part, rest, found = bytes.Cut(rest, mark)
		if record := w.entity(bytes.TrimLeft(part, " \t\r\n"), depth+1); record != nil {
			return record
		}
	}
	return nil
}

// splitHeader cuts at the first empty line. A part without headers begins with
// one, or has none at all.
func splitHeader(raw []byte) (header, body []byte) {
	for i := 0; i < len(raw); {
		end := bytes.IndexByte(raw[i:], '\n')
		if end < 0 {
			break
		}
		if line := bytes.TrimRight(raw[i:i+end], "\r"); len(line) == 0 {
			return raw[:i], raw[i+end+1:]
		}
		i += end + 1
	}
	return raw, raw
}

// headerField gives the first field of that name, unfolded.
func headerField(header []byte, name string) string {
	var value strings.Builder
	inside := false
	for line := range bytes.Lines(header) {
		if line[0] == ' ' || line[0] == '\t' {
			if inside {
				value.Write(bytes.TrimRight(line, "\r\n"))
			}
			continue
		}
		if inside {
			break
		}
		if key, v, found := bytes.Cut(line, []byte(":")); found && strings.EqualFold(string(bytes.TrimSpace(key)), name) {
			inside = true
			value.Write(bytes.TrimSpace(v))
		}
	}
	return value.String()
}

func unquote(b []byte) []byte {
	out, _ := io.ReadAll(quotedprintable.NewReader(bytes.NewReader(b))) // as far as it goes
	return out
}

func unbase64(b []byte) []byte {
	b = squeeze(b)
	out := make([]byte, base64.StdEncoding.DecodedLen(len(b)))
	n, _ := base64.StdEncoding.Decode(out, b) // as far as it goes
	return out[:n]
}

// untag takes the tags out of HTML.
func untag(text []byte) []byte {
	var b bytes.Buffer
	for len(text) > 0 {
		before, rest, found := bytes.Cut(text, []byte("<"))
		b.Write(before)
		if !found {
			break
		}
		_, text, found = bytes.Cut(rest, []byte(">"))
		if !found {
			break
		}
		b.WriteByte('\n')
	}
	return []byte(html.UnescapeString(b.String()))
}
