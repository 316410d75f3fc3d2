package inbox

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"slices"
	"strings"
)

// MailKey is the key of a mail on a channel. The digest covers Message-ID,
// date, author, subject and body as transported, so that a re-used Message-ID
// neither hides under an old decision nor gets lost as a double.
func MailKey(channel ChannelID, digest string) Key {
	return Key(string(channel) + ":" + digest)
}

// ChatKey is the key of a chat message on a channel: of the id that its provider
// gave it, or, of one that is not sent yet, of an id of our own.
func ChatKey(channel ChannelID, id string) Key {
	sum := sha256.Sum256([]byte("c1|" + id))
	return Key(string(channel) + ":" + chatMark + base64.RawURLEncoding.EncodeToString(sum[:16]))
}

// chatMark tells chat messages from mail, whose digests have no full stop.
const chatMark = "c."

// Chat says whether the key is a chat message's.
func (k Key) Chat() bool {
	_, digest, _ := strings.Cut(string(k), ":")
	return strings.HasPrefix(digest, chatMark)
}

// ChatThread stands for the one conversation with a contact on a channel: all
// chat messages with them are in it, on every desktop. An address that is none
// gives 0.
func ChatThread(channel ChannelID, contact string) uint64 {
	normal := NormalAddress(contact)
	if normal == "" {
		return 0
	}
	return Hash64(string(channel) + "\n" + normal)
}

// Channel gives the channel that a key belongs to, "" for a malformed key.
func (k Key) Channel() ChannelID {
	channel, _, found := strings.Cut(string(k), ":")
	if !found {
		return ""
	}
	return ChannelID(channel)
}

// NormalAddress is the form in which addresses are compared.
func NormalAddress(address string) string {
	return strings.ToLower(strings.TrimSpace(address))
}

// Hash64 stands for a Message-ID or an address where the text itself is not
// needed, or must not be kept (R12). "" has no hash and gives 0.
func Hash64(s string) uint64 {
	if s == "" {
		return 0
	}
	sum := sha256.Sum256([]byte(s))
	return binary.BigEndian.Uint64(sum[:8]) | 1
}

// ThreadFacts is all that threading looks at of a message. It holds hashes
// only, so that it can outlive the message (R12).
type ThreadFacts struct {
	Direction Direction
	Bounce    bool
	Author    uint64
	Contacts  []uint64 // who takes part and is not us, ascending
}

// FactsOf derives the facts. Own tells which addresses are the channel's own.
func FactsOf(m *Message, own func(address string) bool) ThreadFacts {
	facts := ThreadFacts{
		Direction: m.Direction,
		Bounce:    m.Nature == NatureBounce,
		Author:    Hash64(NormalAddress(m.From.Address)),
	}
	for _, person := range m.People() {
		if normal := NormalAddress(person.Address); normal != "" && !own(normal) {
			facts.Contacts = append(facts.Contacts, Hash64(normal))
		}
	}
	slices.Sort(facts.Contacts)
	facts.Contacts = slices.Compact(facts.Contacts)
	return facts
}

// Joins says whether a reply that refers to a message by its Message-ID
// belongs to the same conversation. The reference alone is the sender's claim
// and proves nothing: a stranger's reply joins only if the stranger takes part
// in that message, and ours only if it goes to somebody who does. A bounce
// joins what we sent. The rule looks at the two messages alone, so that the
// conversations it makes are the same in whatever order messages are learnt.
func Joins(reply, referred ThreadFacts) bool {
	switch {
	case reply.Bounce:
		return referred.Direction == Out
	case reply.Direction == Out:
		if len(reply.Contacts) == 0 || len(referred.Contacts) == 0 {
			return len(reply.Contacts) == len(referred.Contacts)
		}
		return intersects(reply.Contacts, referred.Contacts)
	default:
		return reply.Author != 0 && slices.Contains(referred.Contacts, reply.Author)
	}
}

func intersects(a, b []uint64) bool {
	return slices.ContainsFunc(a, func(x uint64) bool { return slices.Contains(b, x) })
}
