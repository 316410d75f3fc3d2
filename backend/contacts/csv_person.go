package contacts

import (
	"cmp"
	"crypto/sha256"
	"encoding/base32"
	"regexp"
	"strings"
	"unicode/utf8"

	"postvak/backend/inbox"
)

// maxCell bounds a cell that is no note, in bytes: twenty addresses fit.
const maxCell = 8 << 10

// newcomer is what a row says of a person.
type newcomer struct {
	name          string
	named         bool // the row has a name; else an address stands for it
	emails        []string
	phones        []string
	organization  string
	note          string
	wrong         []*inbox.Error // what of it was left out
	none, tooLong bool           // it says nothing at all; it cannot be kept
}

// Cells may hold several addresses or numbers.
var (
	betweenMails  = regexp.MustCompile(`[,;\s]+|:::`)
	betweenPhones = regexp.MustCompile(`:::|[,;\n]| / `)
	bracketed     = regexp.MustCompile(`<([^<>]*@[^<>]*)>`)
)

// newcomerOf reads a row by what its columns hold.
func newcomerOf(cells, fields []string) newcomer {
	var n newcomer
	var whole, first, last []string
	for i, field := range fields {
		cell := strings.TrimSpace(at(cells, i))
		if cell == "" || field == "" {
			continue
		}
		if len(cell) > maxNote || len(cell) > maxCell && field != ColumnNote {
			n.tooLong = true
			return n
		}
		switch field {
		case ColumnName:
			whole = append(whole, oneLine(cell))
		case ColumnFirstName:
			first = append(first, oneLine(cell))
		case ColumnLastName:
			last = append(last, oneLine(cell))
		case ColumnEmail:
			n.addEmails(cell)
		case ColumnPhone:
			n.addPhones(cell)
		case ColumnOrganization:
			n.organization = cmp.Or(n.organization, oneLine(cell))
		case ColumnNote:
			n.note = strings.TrimSpace(n.note + "\n" + strings.ReplaceAll(cell, "\r\n", "\n"))
		}
	}
	n.name = cmp.Or(strings.Join(whole, " "), strings.TrimSpace(strings.Join(append(first, last...), " ")))
	n.finish()
	return n
}

// finish gives somebody without a name one, and sees whether all fits.
func (n *newcomer) finish() {
	n.named = n.name != ""
	if !n.named {
		n.name = cmp.Or(strings.Join(n.emails[:min(1, len(n.emails))], ""), n.organization, strings.Join(n.phones[:min(1, len(n.phones))], ""))
	}
	n.none = n.name == ""
	n.tooLong = utf8.RuneCountInString(n.name) > maxLine || utf8.RuneCountInString(n.organization) > maxLine || len(n.note) > maxNote
}

func (n *newcomer) addEmails(cell string) {
	if inside := bracketed.FindAllStringSubmatch(cell, maxList); inside != nil {
		cell = ""
		for _, match := range inside {
			cell += match[1] + " "
		}
	}
	between := betweenMails
	if !strings.Contains(cell, "@") { // words, of which one sentence is enough
		between = betweenPhones
	}
	for _, address := range between.Split(cell, 2*maxList) {
		address = strings.TrimPrefix(oneLine(address), "mailto:")
		switch {
		case address == "":
		case !isEmail(address):
			n.wrong = append(n.wrong, inbox.Errorf(inbox.Invalid, "%.100q is no e-mail address and was left out.", address))
		case len(n.emails) >= maxList:
			n.wrong = append(n.wrong, inbox.Errorf(inbox.Invalid, "%.100q was left out: a person has at most 20 addresses.", address))
		default:
			n.emails = addEmail(n.emails, address)
		}
	}
}

func (n *newcomer) addPhones(cell string) {
	for _, number := range betweenPhones.Split(cell, 2*maxList) {
		number = oneLine(number)
		switch {
		case number == "":
		case !isPhone(number):
			n.wrong = append(n.wrong, inbox.Errorf(inbox.Invalid, "%.100q is no telephone number and was left out.", number))
		case len(n.phones) >= maxList:
			n.wrong = append(n.wrong, inbox.Errorf(inbox.Invalid, "%.100q was left out: a person has at most 20 numbers.", number))
		default:
			n.phones = addPhone(n.phones, number)
		}
	}
}

// id is the same wherever and whenever somebody is taken in, so that two members
// who take in one file make one person of each row.
func (n newcomer) id() string {
	switch {
	case len(n.emails) > 0:
		return idOf("person", inbox.NormalAddress(n.emails[0]))
	case len(n.phones) > 0:
		return idOf("person", phoneKey(n.phones[0]), nameKey(n.name))
	}
	return idOf("person", nameKey(n.name), nameKey(n.organization))
}

func idOf(parts ...string) string {
	sum := sha256.Sum256([]byte(strings.Join(parts, "\n")))
	return strings.ToLower(base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(sum[:16]))
}
