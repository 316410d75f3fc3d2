package sandbox

import (
	"bytes"
	"slices"
	"strings"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapserver"
)

func (s *imapSession) Search(kind imapserver.NumKind, criteria *imap.SearchCriteria, _ *imap.SearchOptions) (*imap.SearchData, error) {
	var (
		data    imap.SearchData
		uids    imap.UIDSet
		numbers imap.SeqSet
	)
	s.view.folder.mu.Lock()
	defer s.view.folder.mu.Unlock()
	for _, m := range s.view.pickLocked(imap.UIDSet{{Start: 1, Stop: 0}}) {
		if !s.view.matches(m, criteria) {
			continue
		}
		n := m.number
		if kind == imapserver.NumKindUID {
			n = uint32(m.uid)
		}
		uids.AddNum(m.uid)
		numbers.AddNum(m.number)
		if data.Count++; data.Min == 0 {
			data.Min = n
		}
		data.Max = n
	}
	data.All = numbers
	if kind == imapserver.NumKindUID {
		data.All = uids
	}
	return &data, nil
}

// matches says whether a mail answers to all criteria (RFC 3501, 6.4.4).
func (v *view) matches(m numbered, c *imap.SearchCriteria) bool {
	return v.numbersMatch(m, c) && m.flagsMatch(c) && m.datesMatch(c) && m.textMatches(c) &&
		!slices.ContainsFunc(c.Not, func(not imap.SearchCriteria) bool { return v.matches(m, &not) }) &&
		!slices.ContainsFunc(c.Or, func(or [2]imap.SearchCriteria) bool {
			return !v.matches(m, &or[0]) && !v.matches(m, &or[1])
		})
}

func (v *view) numbersMatch(m numbered, c *imap.SearchCriteria) bool {
	return !slices.ContainsFunc(c.UID, func(set imap.UIDSet) bool { return !v.contains(set, 0, m.uid) }) &&
		!slices.ContainsFunc(c.SeqNum, func(set imap.SeqSet) bool { return !v.contains(set, m.number, 0) })
}

func (m numbered) flagsMatch(c *imap.SearchCriteria) bool {
	has := func(flag imap.Flag) bool { return m.item.flags[knownFlag(flag)] }
	size := int64(len(m.raw))
	return !slices.ContainsFunc(c.NotFlag, has) &&
		!slices.ContainsFunc(c.Flag, func(flag imap.Flag) bool { return !has(flag) }) &&
		(c.Larger == 0 || size > c.Larger) && (c.Smaller == 0 || size < c.Smaller)
}

// datesMatch compares days, without regard to zones, as the RFC wants.
func (m numbered) datesMatch(c *imap.SearchCriteria) bool {
	between := func(at, since, before time.Time) bool {
		day := time.Date(at.Year(), at.Month(), at.Day(), 0, 0, 0, 0, time.UTC)
		return (since.IsZero() || !day.Before(since)) && (before.IsZero() || day.Before(before))
	}
	if !between(m.at, c.Since, c.Before) {
		return false
	}
	if c.SentSince.IsZero() && c.SentBefore.IsZero() {
		return true
	}
	return between(m.envelope().Date, c.SentSince, c.SentBefore)
}

// textMatches looks at the bytes as they came: encoded words and bodies are
// not decoded, which is enough for Message-IDs and plain words.
func (m numbered) textMatches(c *imap.SearchCriteria) bool {
	header, body := splitHeader(m.raw)
	lacks := func(where []byte) func(string) bool {
		lower := bytes.ToLower(where)
		return func(text string) bool { return !bytes.Contains(lower, []byte(strings.ToLower(text))) }
	}
	return !slices.ContainsFunc(c.Body, lacks(body)) && !slices.ContainsFunc(c.Text, lacks(m.raw)) &&
		!slices.ContainsFunc(c.Header, func(field imap.SearchCriteriaHeaderField) bool {
			return !hasHeader(header, field.Key, field.Value)
		})
}

func hasHeader(header []byte, name, value string) bool {
	return slices.ContainsFunc(headerFields(header), func(field []byte) bool {
		key, text, _ := strings.Cut(string(field), ":")
		return strings.EqualFold(strings.TrimSpace(key), name) &&
			strings.Contains(strings.ToLower(unfold(text)), strings.ToLower(value))
	})
}

// headerValue gives the first field of a name, unfolded, or "".
func headerValue(raw []byte, name string) string {
	header, _ := splitHeader(raw)
	for _, field := range headerFields(header) {
		if key, text, _ := strings.Cut(string(field), ":"); strings.EqualFold(strings.TrimSpace(key), name) {
			return unfold(text)
		}
	}
	return ""
}

func unfold(text string) string { return strings.Join(strings.Fields(text), " ") }

// envelope is enough for clients that ask for it; Postvak never does.
func (m numbered) envelope() *imap.Envelope {
	date, _ := time.Parse(time.RFC1123Z, headerValue(m.raw, "Date"))
	return &imap.Envelope{
		Date:      date,
		Subject:   headerValue(m.raw, "Subject"),
		MessageID: bareID(headerValue(m.raw, "Message-ID")),
	}
}

func bareID(id string) string { return strings.Trim(strings.TrimSpace(id), "<>") }
