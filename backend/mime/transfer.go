package mime

import (
	"bytes"
	"encoding/base64"
)

// decodeTransfer undoes a Content-Transfer-Encoding. What is unknown or needs
// no decoding comes back as it is, without a copy.
func decodeTransfer(body []byte, encoding string) []byte {
	switch encoding {
	case "base64", "b", "b64", "base-64":
		return decodeBase64(body)
	case "quoted-printable", "q", "qp", "quotedprintable", "quoted/printable":
		return decodeQuoted(body)
	case "x-uuencode", "uuencode", "x-uue", "uue":
		if data, ok := decodeUU(body); ok {
			return data
		}
	}
	return body
}

// decodeBase64 decodes what is base64 and skips what is not: stray characters,
// missing or doubled padding, several encoded blocks one after the other. Text
// that somebody appended behind the padding ends it.
func decodeBase64(in []byte) []byte {
	out := make([]byte, base64.StdEncoding.DecodedLen(len(in)))
	if n, err := base64.StdEncoding.Decode(out, in); err == nil {
		return out[:n]
	}
	out = out[:0]
	var acc uint32
	count := 0
	for i := 0; i < len(in); i++ {
		v := base64Value[in[i]]
		if v < 64 {
			acc = acc<<6 | uint32(v)
			if count++; count == 4 {
				out = append(out, byte(acc>>16), byte(acc>>8), byte(acc))
				acc, count = 0, 0
			}
			continue
		}
		if in[i] != '=' {
			continue
		}
		out = flushBase64(out, acc, count)
		acc, count = 0, 0
		rest := bytes.TrimLeft(in[i+1:], "=")
		if len(rest) > 0 && (rest[0] == ' ' || rest[0] == '\t') {
			rest = bytes.TrimLeft(rest, " \t")
			if len(rest) > 0 && !isSpace(rest[0]) {
				return out // words behind the padding
			}
		}
		rest = bytes.TrimLeft(rest, " \t\r\n")
		if !looksBase64(rest) {
			return out
		}
		i = len(in) - len(rest) - 1
	}
	return flushBase64(out, acc, count)
}

func flushBase64(out []byte, acc uint32, count int) []byte {
	switch count {
	case 2:
		out = append(out, byte(acc>>4))
	case 3:
		out = append(out, byte(acc>>10), byte(acc>>2))
	}
	return out
}

// looksBase64 judges by the first line whether more encoded text follows: whole
// groups of the standard alphabet and nothing else.
func looksBase64(b []byte) bool {
	end, _ := lineAt(b[:min(len(b), 100)], 0)
	line := trimSpace(b[:end])
	for _, c := range line {
		if (base64Value[c] >= 64 && c != '=') || c == '-' || c == '_' {
			return false
		}
	}
	return len(line) > 0 && (len(line)%4 == 0 || end == 100)
}

// base64Value maps a character to its six bits, 255 for none. The URL alphabet
// is taken too.
var base64Value = func() (t [256]byte) {
	for i := range t {
		t[i] = 255
	}
	const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
	for i := range len(alphabet) {
		t[alphabet[i]] = byte(i)
	}
	t['-'], t['_'] = 62, 63
	return t
}()

// decodeQuoted decodes quoted-printable; a "=" that means nothing stays as it
// is (RFC 2045, 6.7).
func decodeQuoted(in []byte) []byte {
	i := bytes.IndexByte(in, '=')
	if i < 0 {
		return in
	}
	out := make([]byte, 0, len(in))
	for i >= 0 {
		out = append(out, in[:i]...)
		in = in[i+1:]
		var c int
		if c, in = quotedByte(in); c >= 0 {
			out = append(out, byte(c))
		}
		i = bytes.IndexByte(in, '=')
	}
	return append(out, in...)
}

// quotedByte reads what follows a "=": the byte it stands for, or -1 for a soft
// line break.
func quotedByte(in []byte) (c int, rest []byte) {
	if len(in) >= 2 {
		hi, lo := unhex(in[0]), unhex(in[1])
		if hi >= 0 && lo >= 0 {
			return hi<<4 | lo, in[2:]
		}
	}
	line := bytes.TrimLeft(in[:min(len(in), 80)], " \t\r")
	switch {
	case len(line) > 0 && line[0] == '\n':
		return -1, in[min(len(in), 80)-len(line)+1:]
	case len(line) == 0 && len(in) < 80:
		return -1, nil
	}
	return '=', in
}
