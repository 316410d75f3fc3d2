package contacts

import (
	"context"
	"encoding/csv"
	"fmt"
	"io"

	"postvak/backend/teamlog"
)

// Export writes all persons as a file that spreadsheets, address books and Read
// take: UTF-8 with a mark, commas, a line of names first. No cell of it is one
// that a spreadsheet works out.
func (b *Book) Export(ctx context.Context, w io.Writer) error {
	var all []teamlog.Entity
	if err := b.persons(ctx, func(e teamlog.Entity) { all = append(all, e) }); err != nil {
		return err
	}
	emails, phones := 1, 1
	for _, e := range all {
		emails = max(emails, len(list(e.Fields[FieldEmails])))
		phones = max(phones, len(list(e.Fields[FieldPhones])))
	}
	if _, err := io.WriteString(w, "\ufeff"); err != nil {
		return err
	}
	out := csv.NewWriter(w)
	out.UseCRLF = true
	if err := out.Write(exportHeader(emails, phones)); err != nil {
		return err
	}
	for _, e := range all {
		if err := out.Write(exportRow(e, emails, phones)); err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}

func exportHeader(emails, phones int) []string {
	header := []string{"Name", "Organization"}
	for _, column := range []struct {
		name string
		n    int
	}{{"E-mail", emails}, {"Phone", phones}} {
		for i := range column.n {
			if i == 0 {
				header = append(header, column.name)
			} else {
				header = append(header, fmt.Sprintf("%s %d", column.name, i+1))
			}
		}
	}
	return header
}

func exportRow(e teamlog.Entity, emails, phones int) []string {
	cells := []string{safeCell(e.Fields[FieldName]), safeCell(e.Fields[FieldOrganization])}
	for _, column := range []struct {
		field string
		n     int
	}{{FieldEmails, emails}, {FieldPhones, phones}} {
		all := list(e.Fields[column.field])
		for i := range column.n {
			cells = append(cells, safeCell(at(all, i)))
		}
	}
	return cells
}
