package rest

import (
	"bytes"
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
)

// spoiled is an answer with members of other types than were promised.
func (s *Server) spoiled(a Answer, f Failure) Answer {
	if a.Body == nil || a.Status >= http.StatusMultipleChoices {
		return a
	}
	var v any
	dec := json.NewDecoder(bytes.NewReader(a.Bytes()))
	dec.UseNumber()
	if dec.Decode(&v) != nil {
		return a
	}
	if f == Nulls {
		a.Body = s.nulled(v, "")
	} else {
		a.Body = twisted(v)
	}
	return a
}

func (s *Server) kept(name string) bool { return name == "" || slices.Contains(s.cfg.Kept, name) }

func (s *Server) nulled(v any, name string) any {
	if !s.kept(name) {
		return nil
	}
	switch v := v.(type) {
	case map[string]any:
		for k := range v {
			v[k] = s.nulled(v[k], k)
		}
	case []any:
		for i := range v {
			v[i] = s.nulled(v[i], "")
		}
	default:
		if name == "" {
			return nil
		}
	}
	return v
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
