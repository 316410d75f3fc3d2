package contacts

import (
	"strings"

	"postvak/backend/inbox"
)

// The limits of a file. What is over them is refused with a sentence, before
// it takes memory.
const (
	maxRows    = 100_000
	maxColumns = 200
	maxCells   = 10_000_000
	maxQuoted  = 64 << 10 // bytes of a cell in quotes
	maxBroken  = 5_000    // quotes that never end, before none is looked at any more
)

// row is a line of a file, or several when a cell in quotes has line ends.
type row struct {
	line  int // the first one, from 1
	cells []string
}

// parser takes a file apart. It cannot fail for what is in it: a quote that
// never ends, or ends in the middle of a cell, is a letter like others, and
// spoils its own row at most.
type parser struct {
	text      string
	at, line  int
	delimiter byte
	broken    int
}

func parse(text string) ([]row, error) {
	text = strings.TrimPrefix(text, "\ufeff")
	p := &parser{text: text, line: 1}
	p.findDelimiter()
	var rows []row
	cells := 0
	for p.at < len(p.text) {
		r := p.row()
		if r.cells == nil {
			continue
		}
		if cells += len(r.cells); cells > maxCells || len(rows) > maxRows {
			return nil, inbox.Errorf(inbox.Invalid, "This file is too large. Split it into files of at most 100,000 rows.")
		}
		rows = append(rows, r)
	}
	return rows, nil
}

// findDelimiter takes what stands most often between the cells of the first
// line. Spreadsheets may say it in a line of its own.
func (p *parser) findDelimiter() {
	first, _, _ := strings.Cut(p.text, "\n")
	first = strings.TrimSuffix(first, "\r")
	if rest, found := strings.CutPrefix(first, "sep="); found && len(rest) == 1 {
		p.delimiter, p.at, p.line = rest[0], min(strings.IndexByte(p.text, '\n')+1, len(p.text)), 2
		if p.at == 0 {
			p.at = len(p.text)
		}
		return
	}
	p.delimiter = ','
	start := strings.TrimLeft(p.text, "\r\n")
	first = start[:min(firstEnd(start), maxQuoted)]
	best := 0
	for _, candidate := range []byte{';', '\t', ',', '|'} {
		if n := outsideQuotes(first, candidate); n > best {
			p.delimiter, best = candidate, n
		}
	}
}

func firstEnd(text string) int {
	if i := strings.IndexAny(text, "\r\n"); i >= 0 {
		return i
	}
	return len(text)
}

func outsideQuotes(text string, what byte) (n int) {
	quoted := false
	for i := range len(text) {
		switch {
		case text[i] == '"':
			quoted = !quoted
		case text[i] == what && !quoted:
			n++
		}
	}
	return n
}

// row reads up to a line's end. Cells are nil for an empty line.
func (p *parser) row() row {
	r := row{line: p.line}
	empty := true
	for {
		cell := p.cell()
		empty = empty && strings.TrimSpace(cell) == ""
		if len(r.cells) < maxColumns {
			r.cells = append(r.cells, cell)
		}
		if p.at >= len(p.text) || p.text[p.at] != p.delimiter {
			break
		}
		p.at++
	}
	p.endLine()
	if empty {
		r.cells = nil
	}
	return r
}

// endLine goes over a line end in any of its three forms.
func (p *parser) endLine() {
	if p.at >= len(p.text) {
		return
	}
	if p.text[p.at] == '\r' && p.at+1 < len(p.text) && p.text[p.at+1] == '\n' {
		p.at++
	}
	p.at++
	p.line++
}

func (p *parser) cell() string {
	if start := p.skipSpace(p.at); start < len(p.text) && p.text[start] == '"' && p.broken < maxBroken {
		p.at = start
		if cell, next, ok := p.quoted(); ok {
			p.line += lineEnds(p.text[p.at:next])
			p.at = next
			return cell
		}
		p.broken++
	}
	from := p.at
	for p.at < len(p.text) && !p.ends(p.at) {
		p.at++
	}
	return strings.Trim(p.text[from:p.at], `"`)
}

// ends says whether a cell ends before that place.
func (p *parser) ends(at int) bool {
	return at >= len(p.text) || p.text[at] == p.delimiter || p.text[at] == '\n' || p.text[at] == '\r'
}

// quoted reads a cell in quotes, which are doubled inside it. Some programs
// forget to double them: that is taken within one line.
func (p *parser) quoted() (cell string, next int, ok bool) {
	from := p.at + 1
	window := p.text[from:min(len(p.text), from+maxQuoted)]
	oneLine, doubled := firstEnd(window), false
	for i := 0; ; {
		quote := strings.IndexByte(window[i:], '"')
		if quote < 0 {
			return "", 0, false
		}
		i += quote
		switch {
		case i+1 < len(window) && window[i+1] == '"':
			doubled = true
			i += 2
		case p.ends(p.skipSpace(from + i + 1)):
			cell = window[:i]
			if doubled {
				cell = strings.ReplaceAll(cell, `""`, `"`)
			}
			return cell, p.skipSpace(from + i + 1), true
		case i > oneLine:
			return "", 0, false
		default:
			i++
		}
	}
}

func (p *parser) skipSpace(at int) int {
	for at < len(p.text) && p.text[at] == ' ' {
		at++
	}
	return at
}

func lineEnds(text string) int {
	return strings.Count(text, "\n") + strings.Count(text, "\r") - strings.Count(text, "\r\n")
}
