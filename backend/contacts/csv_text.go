package contacts

import (
	"bytes"
	"encoding/binary"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
)

// textOf is what a file says, in whichever of the encodings that address books
// write: UTF-8 and UTF-16 with or without a mark, else Windows-1252. It takes
// any bytes.
func textOf(data []byte) string {
	switch {
	case bytes.HasPrefix(data, []byte("\xef\xbb\xbf")):
		return strings.ToValidUTF8(string(data[3:]), "\ufffd")
	case bytes.HasPrefix(data, []byte("\xff\xfe")):
		return wide(data[2:], binary.LittleEndian)
	case bytes.HasPrefix(data, []byte("\xfe\xff")):
		return wide(data[2:], binary.BigEndian)
	}
	switch odd, even := zeros(data); {
	case odd > even && odd > len(data)/8:
		return wide(data, binary.LittleEndian)
	case even > odd && even > len(data)/8:
		return wide(data, binary.BigEndian)
	case mostlyUTF8(data):
		return strings.ToValidUTF8(string(data), "\ufffd")
	}
	text, err := charmap.Windows1252.NewDecoder().Bytes(data)
	if err != nil {
		return strings.ToValidUTF8(string(data), "\ufffd")
	}
	return string(text)
}

// mostlyUTF8 says whether the letters beyond ASCII are UTF-8 but for a few that
// something broke on the way. In Windows-1252 hardly any two of them look so.
func mostlyUTF8(data []byte) bool {
	good, bad := 0, 0
	for i := 0; i < len(data); {
		r, size := utf8.DecodeRune(data[i:])
		switch {
		case r == utf8.RuneError && size == 1:
			bad++
		case size > 1:
			good++
		}
		i += size
	}
	return bad*10 <= good
}

// zeros counts the zero bytes at odd and even places: Latin letters in UTF-16
// have one each.
func zeros(data []byte) (odd, even int) {
	for i, b := range data {
		switch {
		case b != 0:
		case i%2 == 1:
			odd++
		default:
			even++
		}
	}
	return odd, even
}

func wide(data []byte, order binary.ByteOrder) string {
	units := make([]uint16, len(data)/2)
	for i := range units {
		units[i] = order.Uint16(data[2*i:])
	}
	return string(utf16.Decode(units))
}
