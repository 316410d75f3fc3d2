package pipedrive

import (
	"encoding/json"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// object is a JSON object from outside. Its methods give what a member should
// be, whatever it is: an id may be a number, a text or an object, a flag may be
// a number, anything may be null or missing.
type object map[string]any

func (o object) has(name string) bool { return o[name] != nil }

// text is a text, or a number as one.
func (o object) text(name string) string { return textOf(o[name]) }

func textOf(v any) string {
	switch v := v.(type) {
	case string:
		return strings.ToValidUTF8(v, "\ufffd")
	case json.Number:
		return v.String()
	}
	return ""
}

// id is an id as text; "" when there is none.
func (o object) id(name string) string {
	v := o[name]
	if m, ok := v.(map[string]any); ok {
		if v = m["id"]; v == nil {
			v = m["value"]
		}
	}
	id := textOf(v)
	if id == "0" || len(id) > 64 {
		return ""
	}
	return id
}

// flag is true for true, and for what other programs take for it.
func (o object) flag(name string) bool {
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

// denied is true only for what says no: a member that is missing does not.
func (o object) denied(name string) bool { return o.has(name) && !o.flag(name) }

func (o object) sub(name string) object {
	m, _ := o[name].(map[string]any)
	return m
}

func (o object) list(name string) []object {
	all, _ := o[name].([]any)
	objects := make([]object, 0, len(all))
	for _, one := range all {
		if m, ok := one.(map[string]any); ok {
			objects = append(objects, m)
		}
	}
	return objects
}

// texts is a list of texts, or of objects that have one as their value, or one
// text alone. The primary one comes first.
func (o object) texts(name string) []string {
	list, ok := o[name].([]any)
	if !ok {
		list = []any{o[name]}
	}
	var all []string
	for _, one := range list {
		m, isObject := one.(map[string]any)
		text := strings.TrimSpace(textOf(one))
		if isObject {
			text = strings.TrimSpace(object(m).text("value"))
		}
		switch {
		case text == "":
		case isObject && object(m).flag("primary"):
			all = append([]string{text}, all...)
		default:
			all = append(all, text)
		}
	}
	return all
}

// when is a time, in either of the two ways that the API writes them; zero when
// it is none.
func (o object) when(name string) time.Time {
	text := o.text(name)
	for _, form := range []string{time.RFC3339, time.DateTime} {
		if t, err := time.Parse(form, text); err == nil {
			return t.UTC()
		}
	}
	return time.Time{}
}

var plainNumber = regexp.MustCompile(`^-?(?:0|[1-9][0-9]{0,17})(?:\.[0-9]{1,9})?$`)

// amount is a sum of money; "" when there is none, or nothing.
func (o object) amount(name string) json.Number {
	text := o.text(name)
	if !plainNumber.MatchString(text) || strings.Trim(text, "-0.") == "" {
		return ""
	}
	return json.Number(text)
}
