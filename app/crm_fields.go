package app

import (
	"encoding/json"
	"strings"

	"postvak/backend/inbox"
)

// said is what somebody gave, "" for nothing.
func said[T ~string](field *T) string {
	if field == nil {
		return ""
	}
	return strings.TrimSpace(string(*field))
}

// draft is the record that fields ask for. Whether they make one is the CRM's
// to say.
func (f RecordFields) draft(kind inbox.RecordKind) inbox.RecordDraft {
	d := inbox.RecordDraft{
		Kind: kind, Title: said(f.Title), Name: said(f.Name), Email: said(f.Email), Phone: said(f.Phone),
		Organization: said(f.Organization), PersonID: said(f.PersonID), Value: json.Number(said(f.Value)),
		Currency: strings.ToUpper(said(f.Currency)), Stage: said(f.Stage), Label: said(f.Label), Owner: inbox.MemberID(said(f.Owner)),
	}
	if d.Email == "" && f.Emails != nil {
		d.Email = strings.TrimSpace(first(*f.Emails))
	}
	if d.Phone == "" && f.Phones != nil {
		d.Phone = strings.TrimSpace(first(*f.Phones))
	}
	switch {
	case kind == inbox.Person && d.Name == "":
		d.Name, d.Title = d.Title, ""
	case kind == inbox.Person:
		d.Title = ""
	case d.Title == "":
		d.Title = d.Name
	}
	return d
}
