package crm

import (
	"crypto/sha256"
	"encoding/base32"
	"fmt"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"unicode"

	"postvak/backend/inbox"
)

var letters = base32.NewEncoding("abcdefghijklmnopqrstuvwxyz234567").WithPadding(base32.NoPadding)

// hashed is the first so many letters of a text's hash.
func hashed(text string, length int) string {
	sum := sha256.Sum256([]byte(text))
	return letters.EncodeToString(sum[:])[:length]
}

const (
	placeLength  = 16
	digestLength = 12
)

// place stands for one part of one link's notes: its marker begins with it. It
// tells nobody anything about the link.
func place(link string, window, part int) string {
	return hashed(fmt.Sprintf("note/%s/%d/%d", link, window, part), placeLength)
}

// marker is what Provider.FindNote looks for: the same in every revision.
func marker(link string, window, part int) string { return "note=" + place(link, window, part) + "." }

// mark is what a note says of itself in its link.
type mark struct {
	place    string
	revision int
	count    int    // of its messages
	digest   string // of all of its text but the mark
}

// marked finds a mark. Nobody who is not in the team can put one in front of
// the note's own: names in a note's head have no question mark.
var marked = regexp.MustCompile(`postvak://conversation/[^\s?]{1,1000}(\?note=([a-z2-7]{16})\.([0-9]{1,9})\.([0-9]{1,9})\.([a-z2-7]{12}))`)

// readMark gives a note's mark, and says whether its text is still what the
// mark was made of: nobody changed it since.
func readMark(text string) (m mark, intact bool) {
	at := marked.FindStringSubmatchIndex(text)
	if at == nil {
		return m, false
	}
	field := func(i int) string { return text[at[2*i]:at[2*i+1]] }
	m.place, m.digest = field(2), field(5)
	m.revision, _ = strconv.Atoi(field(3)) // nine digits at most
	m.count, _ = strconv.Atoi(field(4))
	return m, m.digest == digest(text[:at[2]]+text[at[3]:])
}

// digest is of what is seen of a text: a CRM may set its lines otherwise.
func digest(text string) string { return hashed(ink(text), digestLength) }

// ink is what is seen of a text.
func ink(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || unicode.Is(unicode.Cf, r) || unicode.IsControl(r) || r == '\ufe0f' {
			return -1
		}
		return r
	}, text)
}

// contentHash is WrittenNote.Hash.
func contentHash(n inbox.NoteVersion) string { return hashed(n.Content, 26) }

func deepLink(anchor inbox.Key) string {
	return "postvak://conversation/" + url.PathEscape(string(anchor))
}

func (m mark) String() string {
	return fmt.Sprintf("?note=%s.%d.%d.%s", m.place, m.revision, m.count, m.digest)
}

// standing says whether a note is where and as the team wrote it when the log
// knows it as part. One without the mark of that part was never ours, whatever
// a member said of it.
func standing(n inbox.NoteVersion, link inbox.Link, part inbox.WrittenNote) inbox.NoteStanding {
	switch {
	case n.Deleted:
		return inbox.NoteStanding{State: inbox.NoteDeleted}
	case n.On != link.RecordRef: // a person moved it: what follows belongs to the link's record
		return inbox.NoteStanding{State: inbox.NoteEdited}
	}
	m, intact := readMark(n.Text)
	switch ours := m.place == place(link.ID, part.Window, part.Part); {
	case ours && contentHash(n) == part.Hash:
		return inbox.NoteStanding{State: inbox.NoteCurrent}
	case ours && intact && m.revision > part.Revision:
		return inbox.NoteStanding{State: inbox.NoteCurrent, Ahead: true}
	}
	return inbox.NoteStanding{State: inbox.NoteEdited}
}
