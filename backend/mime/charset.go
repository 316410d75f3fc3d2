package mime

import (
	"bytes"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/htmlindex"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/korean"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/traditionalchinese"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/encoding/unicode/utf32"
)

// moreCharsets are names that mail uses and the web's index does not know.
var moreCharsets = map[string]encoding.Encoding{
	"cp932": japanese.ShiftJIS, "ms932": japanese.ShiftJIS, "cp943": japanese.ShiftJIS,
	"x-sjis-cp932": japanese.ShiftJIS, "shift-jis": japanese.ShiftJIS,
	"iso-2022-jp-1": japanese.ISO2022JP, "iso-2022-jp-2": japanese.ISO2022JP,
	"iso-2022-jp-ms": japanese.ISO2022JP, "cp50220": japanese.ISO2022JP,
	"cp50221": japanese.ISO2022JP, "cp50222": japanese.ISO2022JP,
	"eucjp": japanese.EUCJP, "eucjp-ms": japanese.EUCJP, "cp51932": japanese.EUCJP,
	"cp936": simplifiedchinese.GBK, "ms936": simplifiedchinese.GBK, "x-gbk-e": simplifiedchinese.GBK,
	"gb-2312": simplifiedchinese.GBK, "gb2312-80": simplifiedchinese.GBK, "euc-cn": simplifiedchinese.GBK,
	"gb18030-2000": simplifiedchinese.GB18030,
	"hz-gb-2312":   simplifiedchinese.HZGB2312, "hz": simplifiedchinese.HZGB2312,
	"cp950": traditionalchinese.Big5, "ms950": traditionalchinese.Big5, "big5-eten": traditionalchinese.Big5,
	"cp949": korean.EUCKR, "ms949": korean.EUCKR, "uhc": korean.EUCKR, "ks_c_5601": korean.EUCKR,
	"cp437": charmap.CodePage437, "ibm437": charmap.CodePage437,
	"cp850": charmap.CodePage850, "ibm850": charmap.CodePage850, "dos-850": charmap.CodePage850,
	"cp852": charmap.CodePage852, "ibm852": charmap.CodePage852,
	"cp855": charmap.CodePage855, "ibm855": charmap.CodePage855,
	"cp858": charmap.CodePage858, "ibm858": charmap.CodePage858, "ibm00858": charmap.CodePage858,
	"cp860": charmap.CodePage860, "ibm860": charmap.CodePage860,
	"cp862": charmap.CodePage862, "ibm862": charmap.CodePage862,
	"cp863": charmap.CodePage863, "ibm863": charmap.CodePage863,
	"cp865": charmap.CodePage865, "ibm865": charmap.CodePage865,
	"cp866": charmap.CodePage866,
	"cp037": charmap.CodePage037, "ibm037": charmap.CodePage037,
	"cp1047": charmap.CodePage1047, "cp1140": charmap.CodePage1140,
	"iso8859_1": charmap.Windows1252, "8859_1": charmap.Windows1252, "iso-8859_1": charmap.Windows1252,
	"iso-8859-11": charmap.Windows874, "iso-8859-9e": charmap.Windows1254,
	"ansi": charmap.Windows1252, "ansi_x3.110-1983": charmap.Windows1252, "unknown-8bit": nil,
	"cp1250": charmap.Windows1250, "cp1251": charmap.Windows1251, "cp1252": charmap.Windows1252,
	"cp1253": charmap.Windows1253, "cp1254": charmap.Windows1254, "cp1255": charmap.Windows1255,
	"cp1256": charmap.Windows1256, "cp1257": charmap.Windows1257, "cp1258": charmap.Windows1258,
	"macroman": charmap.Macintosh, "x-mac-roman": charmap.Macintosh, "applemac": charmap.Macintosh,
	"utf-16": unicode.UTF16(unicode.BigEndian, unicode.UseBOM), "utf16": unicode.UTF16(unicode.BigEndian, unicode.UseBOM),
	"utf-16le": unicode.UTF16(unicode.LittleEndian, unicode.UseBOM), "utf-16be": unicode.UTF16(unicode.BigEndian, unicode.UseBOM),
	"ucs-2": unicode.UTF16(unicode.BigEndian, unicode.UseBOM), "iso-10646-ucs-2": unicode.UTF16(unicode.BigEndian, unicode.UseBOM),
	"utf-32": utf32.UTF32(utf32.BigEndian, utf32.UseBOM), "utf32": utf32.UTF32(utf32.BigEndian, utf32.UseBOM),
	"utf-32le": utf32.UTF32(utf32.LittleEndian, utf32.UseBOM), "utf-32be": utf32.UTF32(utf32.BigEndian, utf32.UseBOM),
}

// decodeText gives bytes in a declared charset as valid UTF-8. The declaration
// is the sender's claim: where it is missing, unknown or plainly untrue, the
// bytes decide.
func decodeText(b []byte, charset string) string {
	charset = cleanCharset(charset)
	switch charset {
	case "", "us-ascii", "ascii", "utf-8", "utf8", "iso-8859-1", "windows-1252":
		return decodeCommon(b, charset)
	case "utf-7", "unicode-1-1-utf-7", "x-unicode-2-0-utf-7", "utf-7-imap":
		return decodeUTF7(b)
	case "iso-2022-kr":
		return convert(korean.EUCKR, shiftKorean(b))
	}
	if enc := findCharset(charset); enc != nil {
		return convert(enc, b)
	}
	return guessText(b)
}

// decodeCommon is the path of nearly all mail. Text that is valid UTF-8 with
// more than ASCII in it is UTF-8, also where it says Latin-1: the other reading
// of such bytes makes no word in any language.
func decodeCommon(b []byte, charset string) string {
	if isASCII(b) {
		if charset != "utf-8" && bytes.IndexByte(b, 0x1b) >= 0 {
			return guessText(b)
		}
		return string(b)
	}
	if utf8.Valid(b) {
		return string(bytes.TrimPrefix(b, []byte("\ufeff")))
	}
	switch charset {
	case "iso-8859-1", "windows-1252":
		return convert(charmap.Windows1252, b)
	case "utf-8", "utf8":
		if good, bad := countUTF8(b); good >= bad {
			return strings.ToValidUTF8(string(b), "\ufffd")
		}
	}
	return guessText(b)
}

func guessText(b []byte) string {
	switch charset := guessCharset(b); charset {
	case "utf-8":
		return validUTF8(string(b))
	default:
		if enc := findCharset(charset); enc != nil {
			return convert(enc, b)
		}
		return convert(charmap.Windows1252, b)
	}
}

// cleanCharset takes a name out of what senders write around it.
func cleanCharset(s string) string {
	s = strings.Trim(s, "\"' \t\r\n;<>")
	if i := strings.IndexAny(s, " \t\r\n(;*"); i >= 0 {
		s = s[:i]
	}
	if len(s) > 60 {
		return ""
	}
	s = strings.ToLower(s)
	s = strings.TrimPrefix(s, "charset=")
	return s
}

// findCharset gives the encoding of that name, nil when there is none.
func findCharset(name string) encoding.Encoding {
	if enc, ok := moreCharsets[name]; ok {
		return enc
	}
	enc, err := htmlindex.Get(name)
	if err != nil || enc == encoding.Replacement {
		return findNumbered(name)
	}
	return enc
}

// findNumbered takes names such as "iso8859-15", "windows1251" or "x-cp1250".
func findNumbered(name string) encoding.Encoding {
	digits := strings.TrimLeft(name, "abcdefghijklmnopqrstuvwxyz-_")
	family := strings.Trim(name[:len(name)-len(digits)], "-_")
	var canonical string
	switch {
	case digits == "":
		return nil
	case strings.HasPrefix(family, "win") || strings.HasPrefix(family, "x-cp") || strings.HasPrefix(family, "ms"):
		canonical = "windows-" + digits
	case strings.HasPrefix(family, "iso"):
		part := strings.TrimLeft(strings.TrimPrefix(digits, "8859"), "-_")
		part, _, _ = strings.Cut(part, ":")
		canonical = "iso-8859-" + part
	default:
		return nil
	}
	enc, err := htmlindex.Get(canonical)
	if err != nil || enc == encoding.Replacement {
		return nil
	}
	return enc
}

// convert decodes, replacing what is no character of that encoding.
func convert(enc encoding.Encoding, b []byte) string {
	if table, ok := enc.(*charmap.Charmap); ok {
		return convertTable(table, b)
	}
	out, err := enc.NewDecoder().Bytes(b)
	if err != nil && len(out) == 0 {
		return strings.ToValidUTF8(string(b), "\ufffd")
	}
	out = bytes.TrimPrefix(out, []byte("\ufeff"))
	if utf8.Valid(out) {
		return string(out)
	}
	return strings.ToValidUTF8(string(out), "\ufffd")
}

// convertTable is the quick way for one-byte encodings.
func convertTable(table *charmap.Charmap, b []byte) string {
	out := make([]byte, 0, len(b)+len(b)/8)
	for _, c := range b {
		if r := table.DecodeByte(c); r < utf8.RuneSelf {
			out = append(out, byte(r))
		} else {
			out = utf8.AppendRune(out, r)
		}
	}
	return string(out)
}

// countUTF8 counts the characters beyond ASCII and the bytes that belong to
// none. A text cut in the middle of a character has no bad byte for that.
func countUTF8(b []byte) (good, bad int) {
	for len(b) > 0 {
		if b[0] < utf8.RuneSelf {
			b = b[1:]
			continue
		}
		r, n := utf8.DecodeRune(b)
		if r == utf8.RuneError && n == 1 {
			if !utf8.FullRune(b) {
				break // cut off at the end
			}
			bad++
		} else {
			good++
		}
		b = b[n:]
	}
	return good, bad
}

// shiftKorean turns ISO-2022-KR into EUC-KR: between SO and SI a byte lacks its
// high bit.
func shiftKorean(b []byte) []byte {
	b = bytes.ReplaceAll(b, []byte("\x1b$)C"), nil)
	out := make([]byte, 0, len(b))
	shifted := false
	for _, c := range b {
		switch {
		case c == 0x0e || c == 0x0f:
			shifted = c == 0x0e
			continue
		case c == '\n':
			shifted = false
		case shifted && c > ' ':
			c |= 0x80
		}
		out = append(out, c)
	}
	return out
}
