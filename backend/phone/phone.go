// Package phone compares telephone numbers that people wrote down in any
// format. It knows the world's numbering plans by a library; it never calls
// anybody, looks nothing up, and takes any text without failing.
package phone

import (
	"strings"

	"github.com/nyaruka/phonenumbers"
)

const (
	maxLength  = 64 // of a text that may be a number
	unknown    = phonenumbers.UNKNOWN_REGION
	tailLength = 7
)

// Normal gives a number in E.164, such as +31612345678. Region is the two
// letters of the country that a number without a country code is in; "" when
// nobody knows. What cannot be a number of its country is not ok.
func Normal(number, region string) (e164 string, ok bool) {
	n, ok := parse(number, region)
	if !ok || !phonenumbers.IsPossibleNumber(n) {
		return "", false
	}
	return phonenumbers.Format(n, phonenumbers.E164), true
}

// Same tells whether two texts are the same telephone number. A number without
// a country code is taken to be of the other one's country; when neither says
// its country, all their digits must be the same. A number that is part of the
// other is not the same, nor is another extension.
func Same(a, b string) bool {
	x, okX := parse(a, "")
	y, okY := parse(b, "")
	switch {
	case okX && !okY:
		y, okY = parse(b, regionOf(x))
	case okY && !okX:
		x, okX = parse(a, regionOf(y))
	case !okX && !okY:
		return local(a) != "" && local(a) == local(b)
	}
	return okX && okY && long(x) && long(y) && x.GetExtension() == y.GetExtension() &&
		phonenumbers.Format(x, phonenumbers.E164) == phonenumbers.Format(y, phonenumbers.E164)
}

// Digits are a number's last digits, for an index: numbers that are Same have
// the same. "" for what is too short to be told from others.
func Digits(number string) string {
	all := digits(number)
	if len(all) < tailLength {
		return ""
	}
	return all[len(all)-tailLength:]
}

// parse reads a number. Two zeros in front are the plus sign of those who have
// none on their keys.
func parse(number, region string) (*phonenumbers.PhoneNumber, bool) {
	number = strings.TrimSpace(number)
	if number == "" || len(number) > maxLength {
		return nil, false
	}
	if rest, found := strings.CutPrefix(number, "00"); found {
		number = "+" + rest
	}
	if region == "" {
		region = unknown
	}
	n, err := phonenumbers.Parse(number, strings.ToUpper(region))
	return n, err == nil && n.GetCountryCode() != 0
}

func regionOf(n *phonenumbers.PhoneNumber) string {
	return phonenumbers.GetRegionCodeForCountryCode(int(n.GetCountryCode()))
}

// long tells numbers that mean one subscriber from emergency numbers and from
// what people write without an area code.
func long(n *phonenumbers.PhoneNumber) bool {
	return len(phonenumbers.GetNationalSignificantNumber(n)) >= tailLength
}

// local is a number of which nobody knows the country, without the zeros that
// are dialled before it, and with its extension.
func local(number string) string {
	if len(number) > maxLength {
		return ""
	}
	_, extension := phonenumbers.MaybeSeparateExtensionFromPhone(number)
	all := strings.TrimLeft(digits(number), "0")
	if len(all) < tailLength {
		return ""
	}
	return all + "x" + extension
}

// digits are a number's digits, whatever script they are in, without its
// extension.
func digits(number string) string {
	if len(number) > maxLength {
		return ""
	}
	if strings.ContainsFunc(number, notPlain) {
		number, _ = phonenumbers.MaybeSeparateExtensionFromPhone(number)
	}
	return strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, phonenumbers.NormalizeDigitsOnly(number))
}

// notPlain tells what an extension may begin with from what most numbers are
// written with.
func notPlain(r rune) bool { return !strings.ContainsRune("+0123456789 ()-./", r) }
