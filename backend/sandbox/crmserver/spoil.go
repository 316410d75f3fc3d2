package crmserver

import (
	"bytes"
	"encoding/json"
	"strconv"
)

// rawJSON is written as it is, whole or not.
type rawJSON []byte

// spoiled is an answer with members of other types than were promised.
func spoiled(a answer, f Failure) answer {
	if a.body == nil || a.status >= 300 {
		return a
	}
	var v any
	dec := json.NewDecoder(bytes.NewReader(a.bytes()))
	dec.UseNumber()
	if dec.Decode(&v) != nil {
		return a
	}
	if f == Nulls {
		a.body = nulled(v, "")
	} else {
		a.body = twisted(v)
	}
	return a
}

// kept are the members that an answer is of no use without.
var kept = map[string]bool{"id": true, "data": true, "items": true, "item": true, "success": true, "additional_data": true, "type": true}

func nulled(v any, name string) any {
	switch v := v.(type) {
	case map[string]any:
		if name != "" && !kept[name] {
			return nil
		}
		for k := range v {
			v[k] = nulled(v[k], k)
		}
		return v
	case []any:
		if name != "" && !kept[name] {
			return nil
		}
		for i := range v {
			v[i] = nulled(v[i], "")
		}
		return v
	}
	if kept[name] {
		return v
	}
	return nil
}

func twisted(v any) any {
	switch v := v.(type) {
	case map[string]any:
		for k := range v {
			if k != "success" {
				v[k] = twisted(v[k])
			}
		}
		return v
	case []any:
		for i := range v {
			v[i] = twisted(v[i])
		}
		return v
	case json.Number:
		return v.String()
	case bool:
		if v {
			return 1
		}
		return 0
	case string:
		if n, err := strconv.Atoi(v); err == nil {
			return n
		}
	}
	return v
}
