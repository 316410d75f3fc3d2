package app

import (
	"bytes"
	"context"
	"io"
	"os"

	"postvak/backend/contacts"
	"postvak/backend/inbox"
)

// shownRows is how many rows of a file a preview shows.
const shownRows = 5

// contactsFile reads a file that somebody chose.
func (a *App) contactsFile(ctx context.Context, id inbox.FileID) (contacts.Table, error) {
	file, err := a.db.File(ctx, id)
	if err != nil {
		return contacts.Table{}, err
	}
	if file.Size > contacts.MaxFile {
		return contacts.Table{}, inbox.Errorf(inbox.Invalid, "A file of contacts may have %d MB at most. Split it.", contacts.MaxFile>>20)
	}
	f, err := os.Open(file.Path)
	if err != nil {
		return contacts.Table{}, err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, contacts.MaxFile))
	if err != nil {
		return contacts.Table{}, err
	}
	return contacts.Read(data)
}

// previewContacts says what a file holds, and takes nothing in.
func (a *App) previewContacts(ctx context.Context, id inbox.FileID) (ImportPreview, error) {
	table, err := a.contactsFile(ctx, id)
	if err != nil {
		return ImportPreview{}, err
	}
	preview := ImportPreview{
		Total: len(table.Rows), Rows: table.Sample(shownRows),
		Columns: mapped(table.Columns, func(c contacts.Column) ImportColumn { return ImportColumn(c) }),
	}
	preview.Duplicates, err = a.crm.book.Known(ctx, table, table.Fields())
	if inbox.CodeOf(err) == inbox.Invalid {
		return preview, nil // no column is known yet: the person says what they hold
	}
	return preview, err
}

// importContacts takes a file in. One that is so large that the call ends
// before it is taken in goes on.
func (a *App) importContacts(ctx context.Context, id inbox.FileID, order ImportOrder) (ImportResult, error) {
	if err := a.bookInUse(); err != nil {
		return ImportResult{}, err
	}
	table, err := a.contactsFile(ctx, id)
	if err != nil {
		return ImportResult{}, err
	}
	if len(order.Columns) == 0 {
		order.Columns = table.Fields()
	}
	type outcome struct {
		result contacts.Result
		err    error
	}
	done := make(chan outcome, 1)
	a.group.Go("import of contacts", func(ctx context.Context) {
		result, err := a.crm.book.Import(ctx, table, order.Columns)
		if err != nil {
			a.log.Warn("an import of contacts ended early", "error", err.Error())
		}
		done <- outcome{result, err}
	})
	select {
	case o := <-done:
		return importResult(o.result), o.err
	case <-ctx.Done():
		return ImportResult{}, inbox.Errorf(inbox.Unavailable, "This takes longer than usual and goes on by itself. Look at your contacts again in a minute.")
	}
}

func importResult(r contacts.Result) ImportResult {
	return ImportResult{
		Added: r.Added, Updated: r.Updated, Skipped: r.Skipped, LeftOut: r.LeftOut,
		Problems: mapped(r.Problems, func(p contacts.Problem) ImportProblem { return ImportProblem{p.Line, p.Err.Message} }),
	}
}

// exportContacts writes all persons into a file.
func (a *App) exportContacts(ctx context.Context) (string, error) {
	if why := a.outside(); why == notInYet {
		return "", &inbox.Error{Code: inbox.Forbidden, Message: why}
	}
	var data bytes.Buffer
	if err := a.crm.book.Export(ctx, &data); err != nil {
		return "", err
	}
	file, err := a.storeFile(ctx, "contacts.csv", &data)
	return file.ID, err
}
