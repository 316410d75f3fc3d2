package messenger

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"postvak/backend/chat"
	"postvak/backend/inbox"
	"postvak/backend/rest"
	"postvak/backend/tidy"
)

const (
	messageFields = "id,created_time,from,to,message,sticker,shares{link},attachments{id,mime_type,name,size,image_data,video_data,file_url}"
	bareFields    = "id,created_time"

	maxID    = 250 // bytes of a message's id; longer is none
	maxName  = 200 // characters
	maxFiles = chat.MaxFiles
)

// conversation is one with somebody, as a list showed it.
type conversation struct {
	id      string
	updated time.Time
	contact inbox.Address
	unread  int
	first   slice
}

// slice is a part of a conversation's messages, the newest first.
type slice struct {
	messages []message
	after    string // "": there are no older ones
}

// message is one as the API told it.
type message struct {
	chat.Message
	said      string   // its text as it was written, without what Meta adds of links
	addresses []string // of its files, in their order
	seen      bool     // somebody read it at the page
	bare      bool     // the API gave no details: it is too old
}

// conversationOf reads a conversation; one with nobody is none.
func (a *Account) conversationOf(o rest.Object, page inbox.Address) (conversation, bool) {
	c := conversation{id: o.Text("id"), updated: o.When("updated_time"), unread: o.Whole("unread_count")}
	for _, person := range o.Sub("participants").List("data") {
		if id := person.Text("id"); isID(id) && id != page.Address && c.contact.Address == "" {
			c.contact = inbox.Address{Name: tidy.Line(person.Text("name"), maxName), Address: id}
		}
	}
	c.first = a.sliceOf(o.Sub("messages"), c.contact, page)
	if c.contact.Address == "" {
		c.contact = c.first.contact(page.Address)
	}
	return c, c.contact.Address != "" && isName(c.id)
}

// isName says whether an id can stand in an address as it is. One that cannot be
// asked for would hold up all that is fetched after it.
func isName(id string) bool {
	strange := strings.ContainsFunc(id, func(r rune) bool { return r <= ' ' || r > '~' || strings.ContainsRune(`/\?#%`, r) })
	return id != "" && len(id) <= maxID && !strange && strings.Trim(id, ".") != ""
}

// contact is who writes with the page, by the messages.
func (s slice) contact(page string) inbox.Address {
	for _, m := range s.messages {
		for _, one := range []inbox.Address{m.From, m.To} {
			if one.Address != "" && one.Address != page {
				return one
			}
		}
	}
	return inbox.Address{}
}

// sliceOf reads a list of messages, in whatever order they come and however
// often.
func (a *Account) sliceOf(o rest.Object, contact, page inbox.Address) slice {
	var s slice
	seen := map[string]bool{}
	for _, one := range o.List("data") {
		m, ok := messageOf(one, contact, page)
		if ok && !seen[m.ID] {
			seen[m.ID] = true
			s.messages = append(s.messages, m)
		}
	}
	slices.SortStableFunc(s.messages, func(a, b message) int { return b.At.Compare(a.At) })
	if o.Sub("paging").Has("next") {
		s.after = o.Sub("paging").Sub("cursors").Text("after")
	}
	return s
}

// messageOf reads a message. One without an id or a time is none.
func messageOf(o rest.Object, contact, page inbox.Address) (message, bool) {
	m := message{Message: chat.Message{ID: o.Text("id"), Kind: inbox.Messenger, At: o.When("created_time")}}
	if !isName(m.ID) || m.At.Year() < 2004 {
		return m, false
	}
	from := person(o.Sub("from"))
	if from.Address == "" {
		from = m.unnamed(o, contact, page)
	}
	switch {
	case m.bare: // whose it was nobody says any more: it opens nothing and grants no time
		m.Direction, m.From, m.To = inbox.Out, page, contact
		return m, true
	case from.Address == page.Address:
		m.Direction, m.From, m.To = inbox.Out, page, contact
		if m.To.Address == "" {
			m.To = recipient(o, page)
		}
	default:
		m.Direction, m.From, m.To = inbox.In, from, page
		m.From.Name = cmp.Or(from.Name, contact.Name)
	}
	m.content(o)
	return m, true
}

// unnamed is who wrote a message that names no author, as of people whose account
// is gone: by whom it went to, else the contact. One that says nothing at all is
// too old.
func (m *message) unnamed(o rest.Object, contact, page inbox.Address) inbox.Address {
	switch {
	case recipient(o, page).Address != "":
		return page
	case o.Text("message") != "", o.Has("sticker"), o.Has("attachments"), o.Has("shares"), len(o.Sub("to").List("data")) > 0:
		return contact
	}
	m.bare = true
	return inbox.Address{}
}

func person(o rest.Object) inbox.Address {
	if id := o.Text("id"); isID(id) {
		return inbox.Address{Name: tidy.Line(o.Text("name"), maxName), Address: id}
	}
	return inbox.Address{}
}

func recipient(o rest.Object, page inbox.Address) inbox.Address {
	for _, to := range o.Sub("to").List("data") {
		if one := person(to); one.Address != "" && one.Address != page.Address {
			return one
		}
	}
	return inbox.Address{}
}

// content reads text, links and files.
func (m *message) content(o rest.Object) {
	m.said = o.Text("message")
	m.Text = m.said
	for _, share := range o.Sub("shares").List("data") {
		if link := share.Text("link"); link != "" && len(link) <= 4096 && !shows(m.Text, link) {
			m.Text = strings.TrimSpace(m.Text + "\n" + link)
		}
	}
	if address := o.Text("sticker"); address != "" {
		m.file(chat.File{Ref: "sticker", Name: "sticker.png", Type: "image/png"}, address)
	}
	for _, one := range o.Sub("attachments").List("data") {
		f := chat.File{Ref: one.Text("id"), Name: tidy.Line(one.Text("name"), maxName), Type: one.Text("mime_type"), Size: int64(max(0, one.Whole("size")))}
		if address := addressOf(one); address != "" || f.Name != "" {
			m.file(f, address)
		}
	}
	m.Unshown = strings.TrimSpace(m.Text) == "" && len(m.Files) == 0
}

// shows says whether a text has a link, as people write one.
func shows(text, link string) bool {
	for _, scheme := range []string{"http://", "https://"} {
		link = strings.TrimPrefix(link, scheme)
	}
	return strings.Contains(text, strings.TrimSuffix(link, "/"))
}

func addressOf(o rest.Object) string {
	return cmp.Or(o.Sub("image_data").Text("animated_gif_url"), o.Sub("image_data").Text("url"), o.Sub("video_data").Text("url"), o.Text("file_url"))
}

// file adds a file that is still to be fetched; without an address there is
// nothing to fetch.
func (m *message) file(f chat.File, address string) {
	if len(m.Files) == maxFiles {
		return
	}
	f.Missing = inbox.MissingPending
	if address == "" {
		f.Missing = inbox.MissingGone
	}
	m.Files, m.addresses = append(m.Files, f), append(m.addresses, address)
}

// pending says whether a file is still to be fetched.
func (m *message) pending() bool {
	return slices.ContainsFunc(m.Files, func(f chat.File) bool { return f.Missing == inbox.MissingPending })
}

const notHere = "This message is not available on this computer: Meta tells what stands in the newest 20 messages of a conversation only."

// fetched is a message as the sink takes it.
func (a *Account) fetched(m message) inbox.Fetched {
	raw := chat.Encode(m.Message)
	f := inbox.Fetched{Message: chat.Parse(raw), Raw: raw}
	f.Message.Key, f.Message.Channel = inbox.ChatKey(a.cfg.Channel.ID, m.ID), a.cfg.Channel.ID
	if m.Direction == inbox.Out {
		f.Seen, f.State = true, inbox.StateSent
	}
	f.Seen = f.Seen || m.seen
	if m.bare {
		f.Problem = notHere
	}
	return f
}
