package rest

import (
	"bytes"
	"encoding/json"
	"net/http"
)

// Answer is what a fake says. It is written by the server alone, so that a
// failure can lose it after its work was done.
type Answer struct {
	Status int
	Header http.Header
	Body   any    // as JSON
	Page   string // instead of Body: HTML
	Raw    []byte // instead of both: bytes, with the type that Header says
}

// JSON is text that is written as it is, whole or not.
type JSON []byte

// Bytes are the answer's as they are written.
func (a Answer) Bytes() []byte {
	switch {
	case a.Raw != nil:
		return a.Raw
	case a.Page != "":
		return []byte(a.Page)
	case a.Body == nil:
		return nil
	}
	if raw, ok := a.Body.(JSON); ok {
		return raw
	}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(a.Body); err != nil {
		return []byte(`{}`)
	}
	return b.Bytes()
}

func (a Answer) contentType() string {
	switch {
	case a.Raw != nil:
		return a.Header.Get("Content-Type")
	case a.Page != "":
		return "text/html; charset=UTF-8"
	}
	return "application/json; charset=utf-8"
}

// File is an answer that has a file's bytes.
func File(kind string, data []byte) Answer {
	if data == nil {
		data = []byte{}
	}
	return Answer{Status: http.StatusOK, Header: http.Header{"Content-Type": {kind}}, Raw: data}
}

// After gives an answer that says how long to wait.
func (a Answer) After(seconds string) Answer {
	header := a.Header.Clone()
	if header == nil {
		header = http.Header{}
	}
	header.Set("Retry-After", seconds)
	a.Header = header
	return a
}
