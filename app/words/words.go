// Package words says the program's own sentences in the language of the person
// who reads them. Everything inside the program writes English; at the border
// to the screen In finds the format that a finished sentence was made with and
// writes it again in the other language. It knows no other package of ours,
// never changes what people or servers wrote, and leaves what it does not know
// in English. That every sentence is known is a test here.
package words

import (
	_ "embed"
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"sync"
)

// The languages that the program speaks.
const (
	English = "en"
	Dutch   = "nl"
)

// maxSentence bounds what is looked at, in bytes: ours are shorter, and what a
// server said within them is cut long before.
const maxSentence = 8 << 10

// maxDepth bounds sentences within sentences: the outbox says what the server
// connection said, which quotes a reason of ours.
const maxDepth = 4

// dutchText has each English sentence or format with its Dutch one. The Dutch
// may take the parts in another order: %[2]s.
//
//go:embed nl.json
var dutchText []byte

var dutch = sync.OnceValue(func() *dictionary { return newDictionary(dutchText) })

// In gives an English sentence of the program in a language; in English, and
// where it is not known, as it is.
func In(language, sentence string) string {
	if language != Dutch || sentence == "" || len(sentence) > maxSentence {
		return sentence
	}
	return dutch().say(sentence, maxDepth)
}

// dictionary is one language's sentences.
type dictionary struct {
	exact map[string]string
	forms []form // the one with most words of its own first
}

// form is a format: what finished sentences of it look like, and how they are
// written in the other language.
type form struct {
	before, after string // its texts before the first and after the last part
	own           int
	pattern       *regexp.Regexp
	verbs         string // of its parts: s, d or q
	pieces        []piece
}

// piece is a text, or the part with that number.
type piece struct {
	text string
	part int
}

func newDictionary(source []byte) *dictionary {
	d := &dictionary{exact: map[string]string{}}
	if err := json.Unmarshal(source, &d.exact); err != nil {
		panic("words: " + err.Error()) // it is built in, and tested
	}
	for from, to := range d.exact {
		if f := newForm(from, to); f.verbs != "" {
			d.forms = append(d.forms, f)
			delete(d.exact, from)
		}
	}
	slices.SortFunc(d.forms, func(a, b form) int {
		if a.own != b.own {
			return b.own - a.own
		}
		return strings.Compare(a.pattern.String(), b.pattern.String())
	})
	return d
}

// verb is a place of a format that is filled in: %s, %.200q, %[2]d.
var verb = regexp.MustCompile(`%(?:\[(\d)\])?(?:\.\d+)?([sdq])`)

// parts are what a verb writes.
var parts = map[string]string{"s": `(.*?)`, "d": `([0-9]+)`, "q": `("(?:[^"\\]|\\.)*")`}

func newForm(from, to string) form {
	var f form
	var pattern strings.Builder
	at := 0
	for _, m := range verb.FindAllStringSubmatchIndex(from, -1) {
		if f.verbs == "" {
			f.before = from[:m[0]]
		}
		kind := from[m[4]:m[5]]
		pattern.WriteString(regexp.QuoteMeta(from[at:m[0]]) + parts[kind])
		f.own += m[0] - at
		f.verbs += kind
		at = m[1]
	}
	f.after = from[at:]
	f.own += len(f.after)
	f.pattern = regexp.MustCompile(`(?s)^` + pattern.String() + regexp.QuoteMeta(f.after) + `$`)
	f.pieces = piecesOf(to)
	return f
}

func piecesOf(format string) []piece {
	var all []piece
	at := 0
	for i, m := range verb.FindAllStringSubmatchIndex(format, -1) {
		part := i + 1
		if m[2] >= 0 {
			part = int(format[m[2]] - '0')
		}
		all = append(all, piece{text: format[at:m[0]]}, piece{part: part})
		at = m[1]
	}
	return append(all, piece{text: format[at:]})
}

// say gives a sentence in the dictionary's language. One that is followed by
// its cause in brackets is said with the cause as it is.
func (d *dictionary) say(sentence string, depth int) string {
	if said, known := d.known(sentence, depth); known {
		return said
	}
	if !strings.HasSuffix(sentence, ")") {
		return sentence
	}
	const tries = 8 // brackets, of which the sentence may have some itself
	for at, n := 0, 0; n < tries; n++ {
		next := strings.Index(sentence[at:], " (")
		if next < 0 {
			break
		}
		if said, known := d.known(sentence[:at+next], depth); known {
			return said + sentence[at+next:]
		}
		at += next + 1
	}
	return sentence
}

func (d *dictionary) known(sentence string, depth int) (string, bool) {
	if said, ok := d.exact[sentence]; ok {
		return said, true
	}
	if depth == 0 {
		return "", false
	}
	for i := range d.forms {
		f := &d.forms[i]
		if !strings.HasPrefix(sentence, f.before) || !strings.HasSuffix(sentence, f.after) {
			continue
		}
		if match := f.pattern.FindStringSubmatch(sentence); match != nil {
			return d.write(f, match, depth-1), true
		}
	}
	return "", false
}

// write puts the parts into the other language's format, in that language
// where they are sentences of ours themselves. Numbers and what is quoted stay.
func (d *dictionary) write(f *form, match []string, depth int) string {
	var out strings.Builder
	for _, p := range f.pieces {
		switch {
		case p.part == 0:
			out.WriteString(p.text)
		case f.verbs[p.part-1] == 's':
			out.WriteString(d.say(match[p.part], depth))
		default:
			out.WriteString(match[p.part])
		}
	}
	return out.String()
}
