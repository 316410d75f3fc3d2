package mime

import "bytes"

// uuFile is a file that was written into the text the way it was done before
// MIME.
type uuFile struct {
	name string
	data []byte
}

// cutUU takes the first uuencoded file out of a text. It asks for a whole one:
// a begin line, lines whose length is what their first character says, and an
// end line, so that prose which begins a line with "begin" stays prose.
func cutUU(text []byte) (before []byte, file uuFile, after []byte, ok bool) {
	for from := 0; from < len(text); {
		i := bytes.Index(text[from:], []byte("begin "))
		if i < 0 {
			return text, file, nil, false
		}
		at := from + i
		from = at + len("begin ")
		if at > 0 && text[at-1] != '\n' {
			continue
		}
		end, next := lineAt(text, at)
		name, good := uuName(text[from:max(from, end)])
		if !good {
			continue
		}
		data, stop, good := uuLines(text, next)
		if good {
			return text[:at], uuFile{name, data}, text[stop:], true
		}
		from = max(from, stop)
	}
	return text, file, nil, false
}

// uuName reads "644 name" off a begin line.
func uuName(s []byte) (string, bool) {
	mode, name, ok := bytes.Cut(s, []byte(" "))
	if !ok || len(mode) < 3 || len(mode) > 4 || len(trimSpace(name)) == 0 {
		return "", false
	}
	for _, c := range mode {
		if c < '0' || c > '7' {
			return "", false
		}
	}
	return decodeHeader(name), true
}

func uuLines(text []byte, pos int) (data []byte, stop int, ok bool) {
	for pos < len(text) {
		end, next := lineAt(text, pos)
		line := text[pos:end]
		if string(bytes.TrimRight(line, " ")) == "end" {
			return data, next, true
		}
		if len(bytes.TrimRight(line, " `")) > 0 {
			n := int(line[0]-' ') & 63
			if line[0] < ' ' || line[0] > '`' || len(line)-1 < (n*8+5)/6 || len(line) > 90 {
				return nil, pos, false
			}
			data = uuLine(data, line[1:], n)
		}
		pos = next
	}
	return nil, pos, false
}

func uuLine(out, in []byte, n int) []byte {
	full := len(out) + n
	for i := 0; len(out) < full; i += 4 {
		var v uint32
		for k := range 4 {
			v <<= 6
			if i+k < len(in) {
				v |= uint32(in[i+k]-' ') & 63
			}
		}
		out = append(out, byte(v>>16), byte(v>>8), byte(v))
	}
	return out[:full]
}
