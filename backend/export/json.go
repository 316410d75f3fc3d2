package export

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"time"
)

// jsonFile is one JSON object: {"postvak":1,"made":…,"conversations":[{…head,
// "messages":[{…,"attachments":[{"name","type","size","data"}]}],"activity",
// "links"}]}. data is base64, and null where the bytes are not on this computer.
type jsonFile struct {
	out             io.Writer
	err             error
	any, hasMessage bool
}

// JSON writes a JSON file; made is when.
func JSON(out io.Writer, made time.Time) Format {
	f := &jsonFile{out: out}
	f.print(`{"postvak":1,"made":`)
	f.value(made.UTC())
	f.print(`,"conversations":[`)
	return f
}

func (f *jsonFile) print(text string) {
	if f.err == nil {
		_, f.err = io.WriteString(f.out, text)
	}
}

func (f *jsonFile) value(v any) {
	text, err := json.Marshal(v)
	if err != nil && f.err == nil {
		f.err = err
	}
	f.print(string(text))
}

// begun writes an object without its closing brace.
func (f *jsonFile) begun(v any) {
	text, err := json.Marshal(v)
	if err != nil {
		f.err = err
		return
	}
	f.print(string(text[:len(text)-1]))
}

func (f *jsonFile) Open(h Head) error {
	if f.any {
		f.print(",")
	}
	f.any, f.hasMessage = true, false
	f.print("\n")
	f.begun(h)
	f.print(`,"messages":[`)
	return f.err
}

func (f *jsonFile) Message(m Message) error {
	if f.hasMessage {
		f.print(",")
	}
	f.hasMessage = true
	f.print("\n")
	f.begun(m)
	f.print(`,"attachments":[`)
	for i, a := range m.Attachments {
		if i > 0 {
			f.print(",")
		}
		f.attachment(a)
	}
	f.print("]}")
	return f.err
}

func (f *jsonFile) attachment(a Attachment) {
	f.begun(struct {
		Name string `json:"name"`
		Type string `json:"type"`
		Size int64  `json:"size"`
	}{a.Name, a.Type, a.Size})
	content, err := a.Open()
	if err != nil {
		f.print(`,"data":null}`)
		return
	}
	defer content.Close()
	f.print(`,"data":"`)
	if f.err == nil {
		encoder := base64.NewEncoder(base64.StdEncoding, f.out)
		if _, f.err = io.Copy(encoder, content); f.err == nil {
			f.err = encoder.Close()
		}
	}
	f.print(`"}`)
}

func (f *jsonFile) Close(t Tail) error {
	f.print("]")
	for _, list := range []struct {
		name  string
		value any
		n     int
	}{{"activity", t.Activity, len(t.Activity)}, {"links", t.Links, len(t.Links)}} {
		f.print(fmt.Sprintf(",%q:", list.name))
		if list.n == 0 {
			f.print("[]")
			continue
		}
		f.value(list.value)
	}
	f.print("}")
	return f.err
}

func (f *jsonFile) End() error {
	f.print("]}\n")
	return f.err
}
