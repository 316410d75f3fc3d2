package rest

import (
	"encoding/json"
	"strconv"
	"strings"
	"time"
)

// Object is a JSON object from outside. Its methods give what a member should
// be, whatever it is: a number may be a text, a flag may be a number, anything
// may be null or missing.
type Object map[string]any

// Has says whether there is such a member that is not null.
func (o Object) Has(name string) bool { return o[name] != nil }

// Text is a text, or a number as one. It is valid UTF-8.
func (o Object) Text(name string) string { return textOf(o[name]) }

func textOf(v any) string {
	switch v := v.(type) {
	case string:
		return strings.ToValidUTF8(v, "\ufffd")
	case json.Number:
		return v.String()
	}
	return ""
}

// Whole is a whole number; 0 when it is none.
func (o Object) Whole(name string) int {
	n, _ := strconv.Atoi(o.Text(name))
	return n
}

// Flag is true for true, and for what other programs take for it.
func (o Object) Flag(name string) bool {
	switch v := o[name].(type) {
	case bool:
		return v
	case json.Number:
		return v.String() != "0"
	case string:
		yes, _ := strconv.ParseBool(v)
		return yes
	}
	return false
}

// Sub is an object in it; nil when there is none, which may be asked all the
// same.
func (o Object) Sub(name string) Object {
	m, _ := o[name].(map[string]any)
	return m
}

// List is a list of objects; what is no object is left out.
func (o Object) List(name string) []Object {
	all, _ := o[name].([]any)
	objects := make([]Object, 0, len(all))
	for _, one := range all {
		if m, ok := one.(map[string]any); ok {
			objects = append(objects, m)
		}
	}
	return objects
}

// When is a time in any of the ways that APIs write them; zero when it is none.
func (o Object) When(name string) time.Time {
	text := o.Text(name)
	for _, form := range []string{time.RFC3339, time.RFC1123Z, time.RFC1123, "2006-01-02T15:04:05-0700", time.DateTime} {
		if t, err := time.Parse(form, text); err == nil {
			return t.UTC()
		}
	}
	return time.Time{}
}
