package phone_test

import (
	"strings"
	"testing"

	"postvak/backend/phone"
)

func TestNormal(t *testing.T) {
	for _, c := range []struct{ number, region, want string }{
		{"+31 6 12345678", "", "+31612345678"},
		{"0031-6-12345678", "", "+31612345678"},
		{"06 1234 5678", "NL", "+31612345678"},
		{"06 1234 5678", "nl", "+31612345678"},
		{"+31 (0)6 12 34 56 78", "", "+31612345678"},
		{"(020) 123 45 67", "NL", "+31201234567"},
		{"+32 2 555 12 12", "NL", "+3225551212"},
		{"06 1234 5678", "", ""},
		{"12", "NL", ""},
		{"+31 6 1234567890123456", "", ""},
		{"order 2231", "NL", ""},
		{"", "NL", ""},
		{strings.Repeat("1", 10_000), "NL", ""},
	} {
		got, ok := phone.Normal(c.number, c.region)
		if got != c.want || ok != (c.want != "") {
			t.Errorf("Normal(%.20q, %q) = %q, %v, want %q", c.number, c.region, got, ok, c.want)
		}
	}
}

func TestSame(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want bool
	}{
		{"+31612345678", "+31 6 1234-5678", true},
		{"+31612345678", "06 12345678", true},
		{"+31612345678", "0031 6 12345678", true},
		{"+31612345678", "+31 (0)6 12 34 56 78", true},
		{"+31612345678", "tel:+31-6-12345678", true},
		{"+31612345678", "٠٦١٢٣٤٥٦٧٨", true},
		{"06 12345678", "06-12345678", true},
		{"06 12345678", "612345678", true},
		{"+1 212 555 0123", "(212) 555-0123", true},
		{"+354 581 2345", "581 2345", true},
		{"+39 06 1234567", "06 1234567", true},
		{"020 123 4567 ext. 12", "0201234567 x12", true},
		{"+31612345678", "+32612345678", false},
		{"+31612345678", "0612345679", false},
		{"+31201234567", "1234567", false},
		{"+31 20 123 4567 ext 12", "+31 20 123 4567 ext 13", false},
		{"020 123 4567 ext. 12", "020 123 4567", false},
		{"112", "112", false},
		{"", "", false},
		{"ann", "ann", false},
	} {
		if got := phone.Same(c.a, c.b); got != c.want {
			t.Errorf("Same(%q, %q) = %v", c.a, c.b, got)
		}
		if got := phone.Same(c.b, c.a); got != c.want {
			t.Errorf("Same(%q, %q) = %v the other way round", c.b, c.a, got)
		}
		if c.want && phone.Digits(c.a) != phone.Digits(c.b) {
			t.Errorf("an index has %q under %q and %q under %q", c.a, phone.Digits(c.a), c.b, phone.Digits(c.b))
		}
	}
}

// What is found by an index must hold all that Same would find.
func FuzzSame(f *testing.F) {
	f.Add("+31612345678", "06 12345678")
	f.Add("020 123 4567 ext. 12", "0201234567 x12")
	f.Add("+", "00")
	f.Fuzz(func(t *testing.T, a, b string) {
		same := phone.Same(a, b)
		if same != phone.Same(b, a) {
			t.Errorf("Same(%q, %q) depends on the order", a, b)
		}
		if same && phone.Digits(a) != phone.Digits(b) && !letters(a+b) {
			t.Errorf("%q and %q are the same, but an index has %q and %q", a, b, phone.Digits(a), phone.Digits(b))
		}
	})
}

// Letters can be digits of a number for advertisements, or parameters.
func letters(s string) bool {
	return strings.ContainsFunc(s, func(r rune) bool { return r >= 'A' && r <= 'z' || r > 127 })
}
