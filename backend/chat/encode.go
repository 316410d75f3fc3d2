package chat

import (
	"bytes"
	"encoding/json"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"postvak/backend/inbox"
	"postvak/backend/mime"
)

// What one message can hold. Providers allow less; more is no message of theirs.
const (
	MaxText  = 64 << 10 // bytes
	MaxFiles = 50
	MaxBytes = 64 << 20 // of all files together
	maxWord  = 1000     // bytes of an id, a name, an address or a variable
	maxVars  = 100
	maxHead  = 1 << 20 // bytes of the line of JSON
)

// stored is the line of JSON. Files lists every file with how many of the bytes
// behind the line are its own, in their order.
type stored struct {
	V int `json:"v"`
	Message
	Files []storedFile `json:"files,omitempty"`
	// Cut says that the message was larger than is kept.
	Cut bool `json:"cut,omitempty"`
}

type storedFile struct {
	File
	Bytes int `json:"bytes"`
}

// Encode gives a message's stored form. It never fails: what is larger than is
// kept is left out, and Parse says so. Equal messages give equal bytes.
func Encode(m Message) []byte {
	s := stored{V: Version, Message: m}
	s.bound()
	room := MaxBytes
	for _, f := range m.Files {
		if len(s.Files) == MaxFiles {
			s.Cut = true
			break
		}
		f = boundFile(f)
		if len(f.Data) > room {
			f.Data, f.Missing, s.Cut = nil, inbox.MissingTooLarge, true
		}
		room -= len(f.Data)
		s.Files = append(s.Files, storedFile{f, len(f.Data)})
	}
	line, err := json.Marshal(s)
	if err != nil || len(line) > maxHead {
		line = s.unkeepable()
	}
	var out bytes.Buffer
	out.Grow(len(line) + 1 + MaxBytes - room)
	out.Write(line)
	out.WriteByte('\n')
	for _, f := range s.Files {
		out.Write(f.Data)
	}
	return out.Bytes()
}

// unkeepable is what is kept of a message that JSON cannot hold; nothing of the
// kind is known, and no message is lost for it. Its files are dropped.
func (s *stored) unkeepable() []byte {
	s.Text, s.Template, s.Files, s.Cut = clip(s.Text, MaxText/16), nil, nil, true
	line, err := json.Marshal(s)
	if err != nil {
		line, _ = json.Marshal(stored{V: Version, Message: Message{ID: s.ID, Direction: s.Direction}, Cut: true})
	}
	return line
}

// bound cuts everything but the files to what is kept.
func (s *stored) bound() {
	m := &s.Message
	m.Files = nil
	if len(m.Text) > MaxText {
		m.Text, s.Cut = clip(m.Text, MaxText), true
	}
	m.At = boundTime(m.At)
	for _, word := range []*string{&m.ID, (*string)(&m.Kind), (*string)(&m.Direction), &m.From.Name, &m.From.Address, &m.To.Name, &m.To.Address} {
		*word = clip(*word, maxWord)
	}
	if m.Template == nil {
		return
	}
	t := Template{ID: clip(m.Template.ID, maxWord), Name: clip(m.Template.Name, maxWord), Variables: map[string]string{}}
	for name, value := range m.Template.Variables {
		if len(m.Template.Variables) > maxVars || len(name) > maxWord || len(value) > MaxText/16 {
			s.Cut = true
			continue
		}
		t.Variables[name] = value
	}
	m.Template = &t
}

func boundFile(f File) File {
	f.Ref, f.Name, f.Type = clip(f.Ref, 4*maxWord), clip(f.Name, maxWord), clip(f.Type, maxWord)
	if f.Missing != "" {
		f.Data = nil
		f.Size = max(f.Size, 0)
	} else {
		f.Size = int64(len(f.Data))
	}
	f.Missing = inbox.Missing(clip(string(f.Missing), maxWord))
	return f
}

// boundTime keeps a time within what can be written and sorted by.
func boundTime(at time.Time) time.Time {
	if at.IsZero() || at.Unix() < 0 || at.Year() > 9999 {
		return time.Time{}
	}
	return at.UTC().Round(0)
}

// clip shortens a text to at most n bytes without breaking a character.
func clip(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n]
}

// clean is a text as it may be shown: valid, with line ends of one kind, and
// without what is not seen and turns what is.
func clean(text string) string {
	text = strings.ReplaceAll(strings.ToValidUTF8(text, "�"), "\r\n", "\n")
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\t':
			return r
		case r == '\r':
			return '\n'
		case unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r):
			return -1
		}
		return r
	}, text)
}

// line is a cleaned text on one line.
func line(text string) string { return strings.Join(strings.Fields(clean(text)), " ") }

// mediaType is a media type as the rest of the program writes it: lower case,
// without parameters; what is none is application/octet-stream.
func mediaType(value string) string {
	value, _, _ = strings.Cut(value, ";")
	value = strings.ToLower(strings.TrimSpace(value))
	kind, form, found := strings.Cut(value, "/")
	if !found || kind == "" || form == "" || strings.ContainsFunc(kind+form, notToken) {
		return "application/octet-stream"
	}
	return value
}

// notToken says whether a character stands in no media type (RFC 6838).
func notToken(r rune) bool {
	return (r < 'a' || r > 'z') && (r < '0' || r > '9') && !strings.ContainsRune("!#$&-^_.+", r)
}

func fileName(f File) string { return mime.FileName(f.Name, mediaType(f.Type)) }
