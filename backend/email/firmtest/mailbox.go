package firmtest

import (
	"slices"
	"strings"
	"time"
)

var sentFolder = map[Firm]string{Gmail: "[Gmail]/Sent Mail", Exchange: "Sent Items"}

// layout are a firm's folders with the attributes that LIST gives.
var layout = map[Firm][][2]string{
	Gmail: {
		{"INBOX", `\HasNoChildren`}, {"[Gmail]", `\HasChildren \Noselect`}, {"[Gmail]/All Mail", `\All \HasNoChildren`},
		{"[Gmail]/Drafts", `\Drafts \HasNoChildren`}, {"[Gmail]/Sent Mail", `\HasNoChildren \Sent`},
		{"[Gmail]/Spam", `\HasNoChildren \Junk`}, {"[Gmail]/Trash", `\HasNoChildren \Trash`},
	},
	Exchange: {
		{"Archive", `\HasNoChildren`}, {"Calendar", `\HasNoChildren`}, {"Deleted Items", `\HasNoChildren`}, {"Drafts", `\HasNoChildren`},
		{"INBOX", `\Marked \HasNoChildren`}, {"Junk Email", `\HasNoChildren`}, {"Sent Items", `\HasNoChildren`},
	},
}

// mailbox is guarded by the server's lock.
type mailbox struct {
	firm    Firm
	folders map[string]*folder
	open    int // connections
}

type folder struct {
	validity, next uint32
	items          []item
}

type item struct {
	uid   uint32
	raw   []byte
	at    time.Time
	flags []string
}

func newMailbox(firm Firm) *mailbox {
	m := &mailbox{firm: firm, folders: map[string]*folder{}}
	for i, f := range layout[firm] {
		m.folders[f[0]] = &folder{validity: uint32(100 + i), next: 1}
	}
	return m
}

func (m *mailbox) folder(name string) *folder {
	if strings.EqualFold(name, "INBOX") {
		name = "INBOX"
	}
	return m.folders[name]
}

// deliver adds a mail; Gmail has each under “All Mail”, too.
func (m *mailbox) deliver(name string, raw []byte, at time.Time, flags []string) uint32 {
	if all := m.folders["[Gmail]/All Mail"]; all != nil && all != m.folder(name) {
		all.add(raw, at, flags)
	}
	return m.folder(name).add(raw, at, flags)
}

// add keeps system flags only: neither firm's keywords can be relied upon.
func (f *folder) add(raw []byte, at time.Time, flags []string) uint32 {
	flags = slices.DeleteFunc(slices.Clone(flags), func(flag string) bool { return !strings.HasPrefix(flag, `\`) })
	uid := f.next
	f.items, f.next = append(f.items, item{uid, raw, at, flags}), uid+1
	return uid
}

// holds finds mails by a header's content, as both firms do: anywhere in it.
func (f *folder) holds(name, content string) (uids []uint32) {
	for _, m := range f.items {
		for line := range strings.SplitSeq(string(m.raw), "\r\n") {
			if line == "" {
				break
			}
			field, value, _ := strings.Cut(line, ":")
			if strings.EqualFold(field, name) && strings.Contains(strings.ToLower(value), strings.ToLower(content)) {
				uids = append(uids, m.uid)
				break
			}
		}
	}
	return uids
}
