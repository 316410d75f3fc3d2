package mime

import (
	"bytes"
	"sync"
	"unicode/utf8"

	"github.com/wlynxg/chardet/consts"
	"github.com/wlynxg/chardet/probe"
)

// sampleSize bounds what is looked at to guess a charset.
const sampleSize = 1 << 10

// guessCharset names the charset of bytes that come without a true declaration:
// "utf-8" when they are that or nearly, else what their structure and the detection
// library's statistics agree on, else Windows' Latin-1, which most such mail
// is.
//
// The library's own detector is not used: building it costs a millisecond, used
// again it remembers the text before (so two desktops could read one mail in
// two ways), and it takes German and Dutch for Turkish. Its probes are asked one
// by one, fresh, and only where the structure of the bytes allows their charset.
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
	if good, bad := countUTF8(sample); good >= 3 && good >= 4*bad {
		return "utf-8" // with an accident in it
	}
	if name := guessMultiByte(sample); name != "" {
		return name
	}
	if longWords(sample) {
		if name := guessSingleByte(sample); name != "" {
			return name
		}
	}
	if turkish(sample) {
		return "windows-1254"
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

// multiByte are the charsets of East Asia: what their bytes must look like, and
// the probe that knows how often their characters occur.
var multiByte = []struct {
	name        string
	lead, trail func(c byte) bool
	probe       func() probe.Probe
}{
	{"shift_jis",
		func(c byte) bool { return (c >= 0x81 && c <= 0x9f) || (c >= 0xe0 && c <= 0xfc) },
		func(c byte) bool { return c >= 0x40 && c <= 0xfc && c != 0x7f },
		func() probe.Probe { return probe.NewSJISProbe() }},
	{"euc-jp", isEUC, isEUC, func() probe.Probe { return probe.NewEUCJPProbe() }},
	{"gbk",
		func(c byte) bool { return c >= 0x81 && c <= 0xfe },
		func(c byte) bool { return c >= 0x40 && c <= 0xfe && c != 0x7f },
		func() probe.Probe { return probe.NewGB2312Probe() }},
	{"big5",
		func(c byte) bool { return c >= 0x81 && c <= 0xfe },
		func(c byte) bool { return (c >= 0x40 && c <= 0x7e) || (c >= 0xa1 && c <= 0xfe) },
		func() probe.Probe { return probe.NewBig5Probe() }},
	{"euc-kr", isEUC, isEUC, func() probe.Probe { return probe.NewEUCKRProbe() }},
}

func isEUC(c byte) bool { return c >= 0xa1 && c <= 0xfe }

// guessMultiByte gives the most likely of them, or "".
func guessMultiByte(sample []byte) string {
	name, best := "", 0.5
	for i := range multiByte {
		m := &multiByte[i]
		if !inPairs(sample, m.lead, m.trail) {
			continue
		}
		if c := ask(m.probe(), sample); c > best {
			name, best = m.name, c
		}
	}
	return name
}

// inPairs says whether every high byte begins or ends a pair, and whether the
// pairs stand together as in text without blanks; half-width katakana may stand
// alone.
func inPairs(b []byte, lead, trail func(byte) bool) bool {
	pairs, runs := 0, 0
	last := -2
	for i := 0; i < len(b); i++ {
		if b[i] < utf8.RuneSelf {
			continue
		}
		if i+1 == len(b) {
			break // cut off
		}
		if !lead(b[i]) || !trail(b[i+1]) {
			return false
		}
		if last != i {
			runs++
		}
		pairs++
		i++
		last = i + 1
	}
	return pairs >= 2*runs
}

// singleByte are the alphabets other than the Latin one, with the library's
// models of the languages that use them. Models are large, never change and are
// built once.
var singleByte = sync.OnceValue(func() []*probe.SingleByteCharSetModel {
	return []*probe.SingleByteCharSetModel{
		probe.NewWindows1251RussianModel(), probe.NewKoi8RRussianModel(), probe.NewISO88595RussianModel(),
		probe.NewIBM866RussianModel(), probe.NewWindows1251BulgarianModel(), probe.NewISO88595BulgarianModel(),
		probe.NewWindows1253GreekModel(), probe.NewISO88597GreekModel(),
		probe.NewWindows1255HebrewModel(), probe.NewTis620ThaiModel(),
	}
})

// guessSingleByte gives the most likely of them, or "".
func guessSingleByte(sample []byte) string {
	name, best := "", 0.5
	for _, model := range singleByte() {
		if c := ask(probe.NewSingleByteCharSetProbe(model, false, nil), sample); c > best {
			name, best = lower([]byte(model.CharsetName)), c
		}
	}
	return name
}

// ask gives a probe's confidence. It is other people's code on strangers' bytes:
// should it ever panic, the answer is that it does not know.
func ask(p probe.Probe, sample []byte) (confidence float64) {
	defer func() {
		if recover() != nil {
			confidence = 0
		}
	}()
	p.Reset() // some are not ready without
	if p.Feed(sample) == consts.NotMeProbingState {
		return 0
	}
	return p.GetConfidence()
}

// longWords says whether most high bytes make up words of three and more, as in
// Cyrillic or Greek; in Western text most stand alone between letters.
func longWords(b []byte) bool {
	short, long, run := 0, 0, 0
	for i := 0; i <= len(b); i++ {
		if i < len(b) && b[i] >= utf8.RuneSelf {
			run++
			continue
		}
		if run >= 3 {
			long += run
		} else {
			short += run
		}
		run = 0
	}
	return long > short
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
