package mime

import (
	"bytes"
	"sync"
	"unicode/utf8"

	"github.com/wlynxg/chardet"
	"github.com/wlynxg/chardet/consts"
)

// sampleSize bounds what the detection library looks at. Its models cost a
// millisecond to build and some microseconds a kilobyte to ask, so detectors
// are kept, and asked only about what is neither declared nor UTF-8.
const sampleSize = 2 << 10

var detectors = sync.Pool{New: func() any {
	return chardet.NewUniversalDetector(consts.UnknownLangFilter)
}}

// guessCharset names the charset of bytes that come without a true
// declaration: "utf-8" when they are that, else the detection library's opinion
// where it is to be trusted, else Windows' Latin-1, which most such mail is.
func guessCharset(b []byte) string {
	switch {
	case bytes.Contains(b, []byte("\x1b$B")), bytes.Contains(b, []byte("\x1b$@")), bytes.Contains(b, []byte("\x1b(J")):
		return "iso-2022-jp"
	case bytes.Contains(b, []byte("\x1b$)C")):
		return "iso-2022-kr"
	case utf8.Valid(b):
		return "utf-8"
	}
	sample := highSample(b)
	name, confidence := detect(sample)
	switch name {
	case "Shift_JIS", "EUC-JP", "GB2312", "GB18030", "Big5", "EUC-KR", "CP949":
		if confidence >= 0.5 && wordsOfTwo(sample) {
			return lower([]byte(name))
		}
	case "Windows-1251", "ISO-8859-5", "KOI8-R", "x-mac-cyrillic", "IBM866", "ISO-8859-7",
		"Windows-1253", "Windows-1255", "ISO-8859-8", "TIS-620":
		if confidence >= 0.5 && longWords(sample) {
			return lower([]byte(name))
		}
	case "Windows-1254", "ISO-8859-9":
		if turkish(sample) {
			return "windows-1254"
		}
	}
	return "windows-1252"
}

// highSample starts shortly before the first byte that is not ASCII: a long
// English text with one odd letter at its end is judged by that.
func highSample(b []byte) []byte {
	first := bytes.IndexFunc(b, func(r rune) bool { return r >= utf8.RuneSelf })
	start := max(0, first-64)
	return b[start:min(len(b), start+sampleSize)]
}

// detect asks the library. It is other people's code on strangers' bytes: should
// it ever panic, the answer is that it does not know.
func detect(sample []byte) (name string, confidence float64) {
	d := detectors.Get().(*chardet.UniversalDetector)
	defer func() {
		if recover() != nil {
			name, confidence = "", 0
			return // that detector is dropped
		}
		detectors.Put(d)
	}()
	d.Reset()
	d.Feed(sample)
	r := d.GetResult()
	return r.Charset, r.Confidence
}

// wordsOfTwo says whether high bytes come in company, as in every multi-byte
// charset; in Western text most stand alone between letters.
func wordsOfTwo(b []byte) bool {
	alone, together := highRuns(b, 2)
	return together > alone
}

// longWords says whether high bytes make up whole words, as in Cyrillic or
// Greek.
func longWords(b []byte) bool {
	alone, together := highRuns(b, 3)
	return together > alone
}

// highRuns counts the bytes in runs of high bytes shorter than n and of n and
// more.
func highRuns(b []byte, n int) (short, long int) {
	run := 0
	for i := 0; i <= len(b); i++ {
		if i < len(b) && b[i] >= utf8.RuneSelf {
			run++
			continue
		}
		if run >= n {
			long += run
		} else {
			short += run
		}
		run = 0
	}
	return short, long
}

// turkish looks for the letters in which Turkish differs from Latin-1, and for
// none of those that Icelandic has beside them.
func turkish(b []byte) bool {
	count := 0
	for _, c := range b {
		switch c {
		case 0xd0, 0xdd, 0xde, 0xf0, 0xfd, 0xfe:
			count++
		case 0xe6, 0xc6, 0xe1, 0xed, 0xfa:
			return false
		}
	}
	return count >= 2
}
