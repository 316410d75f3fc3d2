package pipedrive

import (
	"encoding/json"
	"regexp"
	"strings"

	"postvak/backend/rest"
)

// object is a JSON object of Pipedrive's.
type object = rest.Object

// idOf is a member that is an id, as text, whether it is a number, a text or an
// object that has one; "" when there is none.
func idOf(o object, name string) string {
	id := o.Text(name)
	if m := o.Sub(name); m.Has("id") {
		id = m.Text("id")
	} else if m != nil {
		id = m.Text("value")
	}
	if id == "0" || len(id) > 64 {
		return ""
	}
	return id
}

// denied is true only for what says no: a member that is missing does not.
func denied(o object, name string) bool { return o.Has(name) && !o.Flag(name) }

// textsOf is a list of texts, or of objects that have one as their value, or one
// text alone. The primary one comes first.
func textsOf(o object, name string) []string {
	list, ok := o[name].([]any)
	if !ok {
		list = []any{o[name]}
	}
	var all []string
	for _, one := range list {
		said := object{"value": one}
		if m, isObject := one.(map[string]any); isObject {
			said = m
		}
		switch text := strings.TrimSpace(said.Text("value")); {
		case text == "":
		case said.Flag("primary"):
			all = append([]string{text}, all...)
		default:
			all = append(all, text)
		}
	}
	return all
}

var plainNumber = regexp.MustCompile(`^-?(?:0|[1-9][0-9]{0,17})(?:\.[0-9]{1,9})?$`)

// amountOf is a sum of money; "" when there is none, or nothing.
func amountOf(o object, name string) json.Number {
	text := o.Text(name)
	if !plainNumber.MatchString(text) || strings.Trim(text, "-0.") == "" {
		return ""
	}
	return json.Number(text)
}
