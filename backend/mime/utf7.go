package mime

import (
	"unicode/utf16"
	"unicode/utf8"
)

// decodeUTF7 reads RFC 2152: runs of base64 between "+" and "-" hold UTF-16.
// What follows a broken run is taken as it stands.
func decodeUTF7(in []byte) string {
	out := make([]byte, 0, len(in))
	for i := 0; i < len(in); i++ {
		if in[i] != '+' {
			out = appendByte(out, in[i])
			continue
		}
		if i+1 < len(in) && in[i+1] == '-' {
			out = append(out, '+')
			i++
			continue
		}
		var units []uint16
		units, i = utf7Run(in, i+1)
		for _, r := range utf16.Decode(units) {
			out = utf8.AppendRune(out, r)
		}
	}
	return string(out)
}

// utf7Run reads the code units of one run and gives the offset of its last
// byte, the closing "-" included.
func utf7Run(in []byte, i int) (units []uint16, last int) {
	var acc uint32
	bits := 0
	for ; i < len(in) && base64Value[in[i]] < 64 && in[i] != '-' && in[i] != '_'; i++ {
		acc = acc<<6 | uint32(base64Value[in[i]])
		if bits += 6; bits >= 16 {
			bits -= 16
			units = append(units, uint16(acc>>bits))
		}
	}
	if i < len(in) && in[i] == '-' {
		return units, i
	}
	return units, i - 1
}

// appendByte keeps the output valid UTF-8: there are no 8-bit bytes in UTF-7.
func appendByte(out []byte, c byte) []byte {
	if c < utf8.RuneSelf {
		return append(out, c)
	}
	return utf8.AppendRune(out, utf8.RuneError)
}
