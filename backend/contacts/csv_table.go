package contacts

import (
	"slices"
	"strings"

	"postvak/backend/inbox"
)

// MaxFile is how many bytes a file may have.
const MaxFile = 32 << 20

// Table is a file of contacts, taken apart.
type Table struct {
	Columns []Column
	Rows    [][]string // as wide as Columns
	lines   []int      // where each row begins in the file
}

// Column is one column, and what it seems to hold.
type Column struct {
	Name  string // as the file says, or the letter that spreadsheets give it
	Field string // one of Columns, or ""
}

// Read takes a file of contacts apart, whatever its encoding and delimiter. Its
// error is a sentence: the file is too large, or there is nobody in it.
func Read(data []byte) (Table, error) {
	if len(data) > MaxFile {
		return Table{}, inbox.Errorf(inbox.Invalid, "This file is too large. Split it into files of at most 100,000 rows.")
	}
	rows, err := parse(textOf(data))
	if err != nil {
		return Table{}, err
	}
	if len(rows) == 0 {
		return Table{}, inbox.Errorf(inbox.Invalid, "This file is empty. Export your contacts as CSV once more.")
	}
	t, rows := headed(rows)
	if len(rows) == 0 {
		return Table{}, inbox.Errorf(inbox.Invalid, "This file has a first line and nothing below it. Export your contacts as CSV once more.")
	}
	if len(rows) > maxRows {
		return Table{}, inbox.Errorf(inbox.Invalid, "This file is too large. Split it into files of at most 100,000 rows.")
	}
	for _, r := range rows {
		cells := r.cells[:min(len(r.cells), len(t.Columns))]
		for i := range cells {
			cells[i] = plainCell(cells[i])
		}
		if missing := len(t.Columns) - len(cells); missing > 0 {
			cells = append(cells, make([]string, missing)...)
		}
		t.Rows = append(t.Rows, cells)
		t.lines = append(t.lines, r.line)
	}
	return t, nil
}

// headed reads the names of the columns, and gives the rows below them. A first
// line in which an e-mail address stands is somebody, not names.
func headed(rows []row) (t Table, rest []row) {
	if !slices.ContainsFunc(rows[0].cells, isEmail) {
		for _, name := range rows[0].cells {
			t.Columns = append(t.Columns, Column{Name: shown(name), Field: guess(name)})
		}
		return t, rows[1:]
	}
	named := false
	for i := range rows[0].cells {
		field := guessByContent(rows, i)
		if field == ColumnName && named {
			field = ""
		}
		named = named || field == ColumnName
		t.Columns = append(t.Columns, Column{Name: letter(i), Field: field})
	}
	return t, rows
}

// maxShown bounds a column's name and a sample of a cell, in characters.
const maxShown = 80

func shown(text string) string {
	runes := []rune(oneLine(text[:min(len(text), 4*maxShown)]))
	return string(runes[:min(len(runes), maxShown)])
}

// Fields are what the columns seem to hold.
func (t Table) Fields() []string {
	all := make([]string, len(t.Columns))
	for i, c := range t.Columns {
		all[i] = c.Field
	}
	return all
}

// Sample gives the first rows as a person is shown them, long cells cut.
func (t Table) Sample(n int) [][]string {
	rows := make([][]string, min(n, len(t.Rows)))
	for i := range rows {
		for _, cell := range t.Rows[i] {
			rows[i] = append(rows[i], shown(cell))
		}
	}
	return rows
}

// formula begins a cell that a spreadsheet would work out.
const formula = "=+-@\t\r"

// safeCell writes a cell so that no spreadsheet works it out: with an
// apostrophe before it, and one more where there is one.
func safeCell(text string) string {
	if bare := strings.TrimLeft(text, "'"); bare != "" && strings.ContainsRune(formula, rune(bare[0])) {
		return "'" + text
	}
	return text
}

// plainCell takes back what safeCell does.
func plainCell(text string) string {
	if bare := strings.TrimLeft(text, "'"); bare != text && bare != "" && strings.ContainsRune(formula, rune(bare[0])) {
		return text[1:]
	}
	return text
}
