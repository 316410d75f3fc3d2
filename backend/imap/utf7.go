package imap

import (
	"encoding/base64"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

var utf7Alphabet = base64.NewEncoding("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+,").WithPadding(base64.NoPadding)

// validUTF7 reports whether a folder name decodes as modified UTF-7 (RFC 3501
// section 5.1.3). UTF-8 as it is counts as valid: the library takes it, and
// several servers send it.
func validUTF7(name string) bool {
	if !utf8.ValidString(name) {
		return false
	}
	shifted := false
	for name != "" {
		c := name[0]
		if c < ' ' || c == 0x7f {
			return false
		}
		if c != '&' {
			name, shifted = name[1:], false
			continue
		}
		chunk, rest, ended := strings.Cut(name[1:], "-")
		if !ended {
			return false
		}
		if chunk == "" { // "&-" is an ampersand
			shifted = false
		} else if shifted || !validShift(chunk) { // two in a row should have been one
			return false
		} else {
			shifted = true
		}
		name = rest
	}
	return true
}

func validShift(chunk string) bool {
	b, err := utf7Alphabet.DecodeString(chunk)
	if err != nil || len(b)%2 != 0 || len(b) == 0 || strings.ContainsAny(chunk, "\r\n") {
		return false
	}
	for i := 0; i < len(b); i += 2 {
		r := rune(b[i])<<8 | rune(b[i+1])
		if utf16.IsSurrogate(r) {
			if i += 2; i == len(b) {
				return false
			}
			if utf16.DecodeRune(r, rune(b[i])<<8|rune(b[i+1])) == utf8.RuneError {
				return false
			}
		} else if r < 0x7f { // printable ones must not be encoded, the others must not be in a name
			return false
		}
	}
	return true
}
