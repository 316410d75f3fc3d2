package sqlite

import (
	"encoding/binary"
	"time"

	"postvak/backend/inbox"
)

// packer writes the small records that are read in hot paths, where JSON costs
// more than the query. An unpacker never fails on damaged bytes: it gives what
// there is.
type packer []byte

func (p *packer) number(n uint64) { *p = binary.AppendUvarint(*p, n) }

func (p *packer) text(s string) {
	p.number(uint64(len(s)))
	*p = append(*p, s...)
}

func (p *packer) texts(all []string) {
	p.number(uint64(len(all)))
	for _, s := range all {
		p.text(s)
	}
}

func (p *packer) addresses(all []inbox.Address) {
	p.number(uint64(len(all)))
	for _, a := range all {
		p.text(a.Name)
		p.text(a.Address)
	}
}

// unpacker reads what a packer wrote. Its texts are parts of one string.
type unpacker string

func (u *unpacker) number() (n uint64) {
	for i := 0; i < len(*u) && i < binary.MaxVarintLen64; i++ {
		c := (*u)[i]
		if n |= uint64(c&0x7F) << (7 * i); c < 0x80 {
			*u = (*u)[i+1:]
			return n
		}
	}
	*u = ""
	return 0
}

func (u *unpacker) text() string {
	n := min(u.number(), uint64(len(*u)))
	s := string((*u)[:n])
	*u = (*u)[n:]
	return s
}

// count is the length of a list, never more than what could follow.
func (u *unpacker) count() int { return int(min(u.number(), uint64(len(*u)))) }

func (u *unpacker) texts() []string {
	n := u.count()
	if n == 0 {
		return nil
	}
	all := make([]string, n)
	for i := range all {
		all[i] = u.text()
	}
	return all
}

func (u *unpacker) addresses() []inbox.Address {
	n := u.count()
	if n == 0 {
		return nil
	}
	all := make([]inbox.Address, n)
	for i := range all {
		all[i] = inbox.Address{Name: u.text(), Address: u.text()}
	}
	return all
}

// packExtra keeps what only an open conversation shows.
func packExtra(m *inbox.Message) []byte {
	p := make(packer, 0, 512)
	p.text(m.Subject)
	p.text(m.MessageID)
	p.text(string(m.Nature))
	p.number(uint64(millis(m.Sent)))
	p.number(uint64(max(m.Parser, 0)))
	p.addresses([]inbox.Address{m.From})
	p.addresses(m.ReplyTo)
	p.addresses(m.To)
	p.addresses(m.Cc)
	p.addresses(m.Bcc)
	p.texts(m.References)
	p.texts(m.Warnings)
	p.text(m.Template)
	return p
}

func unpackExtra(data []byte, m *inbox.Message) {
	u := unpacker(data)
	m.Subject, m.MessageID, m.Nature = u.text(), u.text(), inbox.Nature(u.text())
	m.Sent, m.Parser = fromMillis(int64(u.number())), int(u.number())
	if from := u.addresses(); len(from) > 0 {
		m.From = from[0]
	}
	m.ReplyTo, m.To, m.Cc, m.Bcc = u.addresses(), u.addresses(), u.addresses(), u.addresses()
	m.References, m.Warnings = u.texts(), u.texts()
	m.Template = u.text()
}

func packFacts(f inbox.ThreadFacts) []byte {
	head := byte(0)
	if f.Direction == inbox.Out {
		head |= 1
	}
	if f.Bounce {
		head |= 2
	}
	data := binary.BigEndian.AppendUint64([]byte{head}, f.Author)
	for _, contact := range f.Contacts {
		data = binary.BigEndian.AppendUint64(data, contact)
	}
	return data
}

func unpackFacts(data []byte) inbox.ThreadFacts {
	facts := inbox.ThreadFacts{Direction: inbox.In}
	if len(data) < 9 {
		return facts
	}
	if data[0]&1 != 0 {
		facts.Direction = inbox.Out
	}
	facts.Bounce = data[0]&2 != 0
	facts.Author = binary.BigEndian.Uint64(data[1:])
	for data = data[9:]; len(data) >= 8; data = data[8:] {
		facts.Contacts = append(facts.Contacts, binary.BigEndian.Uint64(data))
	}
	return facts
}

// packRemains is what stays of a purged message: enough to hold its thread
// together, without a name or a word of it (R12).
func packRemains(hash int64, refs []int64, parties []byte) []byte {
	p := packer(binary.BigEndian.AppendUint64(nil, uint64(hash)))
	p.text(string(parties))
	return append(p, packHashes(refs)...)
}

func packHashes(hashes []int64) []byte {
	data := make([]byte, 0, 8*len(hashes))
	for _, hash := range hashes {
		data = binary.BigEndian.AppendUint64(data, uint64(hash))
	}
	return data
}

func unpackHashes(data []byte) (hashes []int64) {
	for ; len(data) >= 8; data = data[8:] {
		hashes = append(hashes, int64(binary.BigEndian.Uint64(data)))
	}
	return hashes
}

func unpackRemains(data []byte) (hash int64, refs []int64, parties []byte) {
	if len(data) < 8 {
		return 0, nil, nil
	}
	hash = int64(binary.BigEndian.Uint64(data))
	u := unpacker(data[8:])
	parties = []byte(u.text())
	return hash, unpackHashes([]byte(u)), parties
}

// tieBits are the low bits of a message's id, below its unix milliseconds.
const tieBits = 20

const maxMillis = 1<<(63-tieBits) - 1

func millis(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return min(max(t.UnixMilli(), 0), maxMillis)
}

func fromMillis(ms int64) time.Time {
	if ms == 0 {
		return time.Time{}
	}
	return time.UnixMilli(ms).UTC()
}

func timeOf(id int64) time.Time { return fromMillis(id >> tieBits) }

// cut shortens a text to at most n bytes without breaking a character.
func cut(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && s[n]&0xC0 == 0x80 {
		n--
	}
	return s[:n]
}
