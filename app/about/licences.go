package about

import (
	"bytes"
	"compress/gzip"
	_ "embed"
	"encoding/json"
	"fmt"
	"io"
)

// Component is something that others wrote and that is in the program, on one
// of the systems at least.
type Component struct {
	Name    string `json:"name"`    // of the Go module or npm package
	Version string `json:"version"` // as its author writes it
	Licence string `json:"licence"` // as SPDX writes it, such as "MIT"
	Text    string `json:"text"`    // the licences themselves, and notices
}

// Written by build/licences, which also checks that it fits what is built.
//
//go:embed licences.json.gz
var packed []byte

// mostText is more than all licences have together.
const mostText = 16 << 20

// Components gives everything that is in the program, sorted by name. It unpacks
// at each call: hardly anybody asks.
func Components() ([]Component, error) { return Unpack(packed) }

// Pack is what Unpack reads. The same list gives the same bytes.
func Pack(all []Component) ([]byte, error) {
	text, err := json.Marshal(all)
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	zip, err := gzip.NewWriterLevel(&out, gzip.BestCompression)
	if err != nil {
		return nil, err
	}
	if _, err := zip.Write(text); err != nil {
		return nil, err
	}
	err = zip.Close()
	return out.Bytes(), err
}

// Unpack is the inverse of Pack.
func Unpack(packed []byte) ([]Component, error) {
	zip, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		return nil, fmt.Errorf("licences: %w", err)
	}
	var all []Component
	if err := json.NewDecoder(io.LimitReader(zip, mostText)).Decode(&all); err != nil {
		return nil, fmt.Errorf("licences: %w", err)
	}
	return all, nil
}
