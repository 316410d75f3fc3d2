package contacts

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"postvak/backend/inbox"
	"postvak/backend/phone"
)

// The limits of what one field takes, in characters, and of lists.
const (
	maxLine  = 255
	maxEmail = 254 // RFC 5321 §4.5.3.1.3, less its angle brackets
	maxPhone = 64
	maxList  = 20
	maxNote  = 60_000 // bytes
)

var (
	amount   = regexp.MustCompile(`^-?[0-9]{1,15}(\.[0-9]{1,6})?$`)
	comma    = regexp.MustCompile(`^-?[0-9]{1,15},[0-9]{1,2}$`)
	currency = regexp.MustCompile(`^[A-Z]{3}$`)
	entityID = regexp.MustCompile(`^[A-Za-z0-9_-]{1,100}$`)
)

// cleaner makes of what somebody gave what the field keeps, or says what is
// wrong with it. "" empties any field and is never asked.
type cleaner func(value string) (string, error)

var common = map[string]cleaner{
	FieldOrganization: line,
	FieldOwner:        id,
}

var ofKind = map[inbox.RecordKind]map[string]cleaner{
	inbox.Person: {FieldName: line, FieldEmails: emails, FieldPhones: phones},
	inbox.Lead: {
		FieldTitle: line, FieldPerson: id, FieldValue: value, FieldCurrency: code,
		FieldStatus: oneOf(LeadStatuses), FieldLabel: oneOf(Labels),
	},
	inbox.Deal: {
		FieldTitle: line, FieldPerson: id, FieldValue: value, FieldCurrency: code,
		FieldStatus: oneOf(DealStatuses), FieldStage: oneOf(Stages),
	},
}

// Clean makes of what a person typed what the fields of a record keep: one line
// each, lists without doubles, amounts with a point. Its error is a sentence
// about the first field that cannot be kept. An empty name or title is one.
func Clean(kind inbox.RecordKind, fields map[string]string) (map[string]string, error) {
	known, ok := ofKind[kind]
	if !ok {
		return nil, inbox.Errorf(inbox.Invalid, "A record is a person, a lead or a deal.")
	}
	cleaned := make(map[string]string, len(fields))
	for _, field := range sortedKeys(fields) {
		clean := known[field]
		if clean == nil {
			clean = common[field]
		}
		if clean == nil {
			return nil, inbox.Errorf(inbox.Invalid, "Such a record has no field %.40q.", field)
		}
		kept := ""
		if strings.TrimSpace(fields[field]) != "" {
			var err error
			if kept, err = clean(fields[field]); err != nil {
				return nil, err
			}
		}
		if kept == "" && (field == FieldName || field == FieldTitle) {
			return nil, needsTitle(kind)
		}
		cleaned[field] = kept
	}
	return cleaned, nil
}

func sortedKeys(fields map[string]string) []string {
	keys := make([]string, 0, len(fields))
	for key := range fields {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return keys
}

func needsTitle(kind inbox.RecordKind) error {
	if kind == inbox.Person {
		return inbox.Errorf(inbox.Invalid, "A person needs a name.")
	}
	return inbox.Errorf(inbox.Invalid, "A lead or deal needs a title.")
}

// oneLine is a text on one line, without what cannot be seen or turns the
// direction of what follows.
func oneLine(text string) string {
	text = strings.Map(func(r rune) rune {
		switch {
		case r == utf8.RuneError, r >= '\u202a' && r <= '\u202e', r >= '\u2066' && r <= '\u2069', r == '\ufeff':
			return -1
		case unicode.IsControl(r), r == '\u2028', r == '\u2029':
			return ' '
		}
		return r
	}, text)
	return strings.Join(strings.Fields(text), " ")
}

func line(text string) (string, error) {
	text = oneLine(text)
	if utf8.RuneCountInString(text) > maxLine {
		return "", inbox.Errorf(inbox.Invalid, "%.30q… is too long: 255 characters is the most.", text)
	}
	return text, nil
}

func id(text string) (string, error) {
	if text = strings.TrimSpace(text); !entityID.MatchString(text) {
		return "", inbox.Errorf(inbox.Invalid, "%.40q is nobody's id.", text)
	}
	return text, nil
}

func value(text string) (string, error) {
	text = strings.TrimSpace(text)
	if comma.MatchString(text) {
		text = strings.Replace(text, ",", ".", 1)
	}
	if !amount.MatchString(text) {
		return "", inbox.Errorf(inbox.Invalid, "%.40q is no amount; write it as 3250.00.", text)
	}
	return text, nil
}

func code(text string) (string, error) {
	if text = strings.ToUpper(strings.TrimSpace(text)); !currency.MatchString(text) {
		return "", inbox.Errorf(inbox.Invalid, "%.40q is no currency; write three letters such as EUR.", text)
	}
	return text, nil
}

func oneOf(choices []string) cleaner {
	return func(text string) (string, error) {
		if text = strings.TrimSpace(text); !slices.Contains(choices, text) {
			return "", inbox.Errorf(inbox.Invalid, "%.40q is not one of these: %s.", text, strings.Join(choices, ", "))
		}
		return text, nil
	}
}

// split gives the entries of a list, cleaned.
func split(text string) (all []string) {
	for _, entry := range strings.Split(text, "\n") {
		if entry = oneLine(entry); entry != "" {
			all = append(all, entry)
		}
	}
	return all
}

func emails(text string) (string, error) {
	var kept []string
	for _, address := range split(text) {
		if !isEmail(address) {
			return "", inbox.Errorf(inbox.Invalid, "%.100q is no e-mail address.", address)
		}
		kept = addEmail(kept, address)
	}
	return joined(kept)
}

// isEmail tells what somebody meant as an address; whether mail arrives there
// only mail can tell.
func isEmail(text string) bool {
	at := strings.LastIndexByte(text, '@')
	return at > 0 && at < len(text)-1 && len(text) <= maxEmail && !strings.ContainsAny(text, " \t<>,;\"")
}

func addEmail(all []string, address string) []string {
	same := func(other string) bool { return inbox.NormalAddress(other) == inbox.NormalAddress(address) }
	if slices.ContainsFunc(all, same) {
		return all
	}
	return append(all, address)
}

func phones(text string) (string, error) {
	var kept []string
	for _, number := range split(text) {
		if !isPhone(number) {
			return "", inbox.Errorf(inbox.Invalid, "%.100q is no telephone number.", number)
		}
		kept = addPhone(kept, number)
	}
	return joined(kept)
}

// isPhone tells what somebody meant as a number: at least three digits.
func isPhone(text string) bool {
	digits := 0
	for _, r := range text {
		if unicode.IsDigit(r) {
			digits++
		}
	}
	return digits >= 3 && len(text) <= maxPhone && !strings.Contains(text, "@")
}

func addPhone(all []string, number string) []string {
	same := func(other string) bool { return other == number || phone.Same(other, number) }
	if slices.ContainsFunc(all, same) {
		return all
	}
	return append(all, number)
}

func joined(all []string) (string, error) {
	if len(all) > maxList {
		return "", inbox.Errorf(inbox.Invalid, "A person has at most 20 addresses and as many numbers.")
	}
	return strings.Join(all, "\n"), nil
}
