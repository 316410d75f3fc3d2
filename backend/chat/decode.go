package chat

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"

	"postvak/backend/inbox"
)

// Decode reads a stored message for whoever sends it. The files' data share
// raw's memory. An error says that these bytes are none of Encode's, or were
// damaged; it has no words of the message.
func Decode(raw []byte) (Message, error) {
	s, err := decode(raw)
	return s.Message, err
}

// decode gives what can be read also when it fails.
func decode(raw []byte) (stored, error) {
	var s stored
	end := bytes.IndexByte(raw[:min(len(raw), maxHead+1)], '\n')
	if end < 0 {
		return s, fmt.Errorf("a stored chat message of %d bytes has no line of JSON", len(raw))
	}
	if err := json.Unmarshal(raw[:end], &s); err != nil {
		return stored{}, fmt.Errorf("the line of a stored chat message is no JSON of ours (%T)", err)
	}
	if s.V < 1 {
		return stored{}, fmt.Errorf("a stored chat message has no version")
	}
	return s, s.attach(raw[end+1:])
}

// attach gives each file its part of the bytes behind the line. A file whose
// part is not there is missing.
func (s *stored) attach(rest []byte) (err error) {
	s.Message.Files = nil
	for i, f := range s.Files {
		if i == MaxFiles {
			s.Cut = true
			break
		}
		switch {
		case f.Missing != "":
			f.Size = max(f.Size, 0)
		case f.Bytes < 0 || f.Bytes > len(rest):
			f.Missing, f.Size, rest = inbox.MissingGone, max(f.Size, 0), nil
			err = fmt.Errorf("file %d of a stored chat message is not whole", i)
		default:
			f.Data, rest = rest[:f.Bytes:f.Bytes], rest[f.Bytes:]
			f.Size = int64(f.Bytes)
		}
		s.Message.Files = append(s.Message.Files, f.File)
	}
	return err
}

// Sentences that Parse puts into Warnings; a screen knows them by their words.
const (
	Unshown = "This message is of a kind that cannot be shown here. Look at it in WhatsApp or Messenger itself."
	Damaged = "The stored copy of this message is damaged."
	TooMuch = "This message is larger than is kept; a part of it was left out."
)

// Parse makes a message of its stored form. It never fails: what cannot be read
// is left out and said in Warnings. Key and Channel are the caller's;
// attachments come with their data, which share raw's memory, and their hash as
// id.
func Parse(raw []byte) inbox.Message {
	s, err := decode(raw)
	m := inbox.Message{
		Parser: Version, Direction: direction(s.Direction), At: boundTime(s.At), Sent: boundTime(s.At),
		From: address(s.From), MessageID: line(clip(s.ID, maxWord)),
		Text: clean(clip(s.Text, MaxText)),
	}
	if to := address(s.To); to.Address != "" {
		m.To = []inbox.Address{to}
	}
	if s.Template != nil {
		m.Template = line(clip(s.Template.Name, maxWord))
	}
	for _, f := range s.Message.Files {
		m.Attachments = append(m.Attachments, attachment(f))
	}
	m.Warnings = s.warnings(err)
	return m
}

func (s *stored) warnings(err error) (all []string) {
	if err != nil {
		all = append(all, Damaged)
	}
	if s.Unshown && err == nil {
		all = append(all, Unshown)
	}
	if s.Cut {
		all = append(all, TooMuch)
	}
	return all
}

func direction(d inbox.Direction) inbox.Direction {
	if d == inbox.Out {
		return inbox.Out
	}
	return inbox.In
}

func address(a inbox.Address) inbox.Address {
	return inbox.Address{Name: line(clip(a.Name, maxWord)), Address: line(clip(a.Address, maxWord))}
}

func attachment(f File) inbox.Attachment {
	a := inbox.Attachment{Name: fileName(f), Type: mediaType(f.Type), Size: f.Size, Data: f.Data, Missing: missing(f.Missing)}
	if a.Missing == "" {
		sum := sha256.Sum256(f.Data)
		a.ID = inbox.FileID(hex.EncodeToString(sum[:]))
	}
	return a
}

// missing reads an unknown reason, of a newer version, as gone.
func missing(m inbox.Missing) inbox.Missing {
	switch m {
	case "", inbox.MissingPending, inbox.MissingTooLarge, inbox.MissingRefused:
		return m
	default:
		return inbox.MissingGone
	}
}
