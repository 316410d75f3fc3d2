package contacts

import (
	"slices"
	"strings"
	"unicode"
)

// What a column of a file can hold; "" is left out. Several columns may hold
// the same: addresses and numbers add up, and parts of a name are joined.
const (
	ColumnName         = "name"
	ColumnFirstName    = "firstName" // also what stands between first and last name
	ColumnLastName     = "lastName"
	ColumnEmail        = "email"
	ColumnPhone        = "phone"
	ColumnOrganization = "organization"
	ColumnNote         = "note"
)

// Columns are all that a column can hold.
var Columns = []string{ColumnName, ColumnFirstName, ColumnLastName, ColumnEmail, ColumnPhone, ColumnOrganization, ColumnNote}

// headers are names of columns in English and Dutch, as Google, Outlook,
// Pipedrive and people write them, in the form of words below.
var headers = map[string][]string{
	ColumnName: {"name", "naam", "full name", "volledige naam", "contact", "person", "persoon", "klantnaam", "customer name"},
	ColumnFirstName: {"first name", "firstname", "given name", "voornaam", "forename", "roepnaam",
		"middle name", "additional name", "tussenvoegsel", "tussenvoegsels", "tweede naam", "middelste naam"},
	ColumnLastName: {"last name", "lastname", "family name", "surname", "achternaam", "familienaam"},
	ColumnOrganization: {"organization", "organisation", "organisatie", "organization name", "organisation name", "organisatie naam",
		"organisatienaam", "company", "company name", "bedrijf", "bedrijfsnaam", "firma", "employer", "werkgever", "account name"},
	ColumnNote: {"note", "notes", "notitie", "notities", "opmerking", "opmerkingen", "remark", "remarks", "comment", "comments"},
}

var (
	owners     = []string{"contact person ", "contactpersoon ", "person ", "persoon ", "contact "}
	mailWords  = []string{"email", "emails", "emailadres", "emailaddress", "mail", "mailadres"}
	phoneWords = []string{"phone", "phones", "telephone", "telefoon", "telefoonnummer", "phonenumber", "tel", "mobile", "mobiel", "mobiele", "gsm", "cell", "cellphone"}
	// What stands beside an address and is none.
	beside = []string{"type", "label", "display", "weergavenaam", "emailtype", "name", "naam", "count", "messages", "status", "fax",
		"pager", "assistant", "assistent", "telex", "tty", "extension", "last", "laatste", "marketing", "opt", "id"}
)

// guess says what a column with that name holds.
func guess(header string) string {
	name := words(header)
	for _, owner := range owners {
		name = strings.TrimPrefix(name, owner)
	}
	for field, all := range headers {
		if slices.Contains(all, name) {
			return field
		}
	}
	parts := strings.Fields(name)
	has := func(any []string) bool {
		return slices.ContainsFunc(parts, func(part string) bool { return slices.Contains(any, part) })
	}
	switch {
	case has(beside):
	case has(mailWords):
		return ColumnEmail
	case has(phoneWords):
		return ColumnPhone
	}
	return ""
}

// words are the words of a column's name in small letters, without numbers and
// what Google adds to each ("E-mail 1 - Value").
func words(header string) string {
	parts := strings.FieldsFunc(strings.ToLower(header), func(r rune) bool { return !unicode.IsLetter(r) })
	parts = slices.DeleteFunc(parts, func(p string) bool { return p == "value" || p == "waarde" || p == "s" })
	joined := strings.Join(parts, " ")
	joined = strings.ReplaceAll(joined, "e mail", "email")
	return joined
}

// guessByContent is for a file whose first line is somebody already.
func guessByContent(rows []row, column int) string {
	mails, numbers, texts := 0, 0, 0
	for _, r := range rows[:min(len(rows), 50)] {
		switch cell := strings.TrimSpace(at(r.cells, column)); {
		case cell == "":
		case isEmail(cell):
			mails++
		case isPhone(cell) && !strings.ContainsFunc(cell, unicode.IsLetter):
			numbers++
		default:
			texts++
		}
	}
	switch most := max(mails, numbers, texts); {
	case most == 0:
		return ""
	case mails == most:
		return ColumnEmail
	case numbers == most:
		return ColumnPhone
	}
	return ColumnName
}

func at(cells []string, i int) string {
	if i < len(cells) {
		return cells[i]
	}
	return ""
}

// letter is a column's name in spreadsheets.
func letter(i int) string {
	name := ""
	for i++; i > 0; i = (i - 1) / 26 {
		name = string(rune('A'+(i-1)%26)) + name
	}
	return name
}
