//go:build bench

package bench

import (
	"bytes"
	"crypto/ed25519"
	"fmt"
	"strconv"
	"time"

	"postvak/backend/inbox"
	"postvak/backend/teamlog"
)

const (
	batchEvery = 4  // one record in so many holds read marks,
	batchMarks = 13 // this many: four events a record on average
	handled    = 4  // clicks on each conversation
)

var morning = time.Date(2026, 3, 2, 8, 0, 0, 0, time.UTC)

// author is a member with a device of theirs.
type author struct {
	member inbox.MemberID
	key    ed25519.PrivateKey
	device string
	seq    uint64
	prev   string
}

func newAuthor(member inbox.MemberID, seed []byte) *author {
	key := ed25519.NewKeyFromSeed(seed)
	return &author{member: member, key: key, device: teamlog.DeviceID(key.Public().(ed25519.PublicKey))}
}

func (a *author) public() ed25519.PublicKey { return a.key.Public().(ed25519.PublicKey) }

// office writes what a team of five does all day into a log: mostly a record
// for each click, and now and then half a minute of read marks in one. Where
// its records stand is known before they are stored.
type office struct {
	log     string
	channel inbox.ChannelID
	people  []*author
	writers []*author // of people, those who work
	cursor  teamlog.Cursor
	clicks  int
	records int
	events  int
	// snapshot is the place up to which the newest one stands for the log.
	snapshot uint64
}

// colleagues are four more members.
func colleagues() (all []*author) {
	for i := range 4 {
		seed := bytes.Repeat([]byte{byte(i + 1)}, ed25519.SeedSize)
		all = append(all, newAuthor(inbox.MemberID(fmt.Sprintf("colleague-%d", i+1)), seed))
	}
	return all
}

// hires adds the colleagues, as an admin does.
func (o *office) hires(admin *author) (records []teamlog.Record, err error) {
	for _, one := range colleagues() {
		o.people = append(o.people, one)
		record, err := o.seal(admin, &teamlog.MemberAdd{
			Member: one.member, Name: string(one.member), Email: string(one.member) + "@team.example", Role: teamlog.Person, Key: one.public(),
		})
		if err != nil {
			return nil, err
		}
		records = append(records, record)
	}
	return records, nil
}

// seal writes a record of somebody who had read everything before it.
func (o *office) seal(by *author, events ...teamlog.Event) (teamlog.Record, error) {
	e := teamlog.Envelope{
		Log: o.log, Device: by.device, Seq: by.seq + 1, Prev: by.prev, At: morning.Add(time.Duration(o.records) * 40 * time.Second), Events: events,
	}
	if o.log != "" {
		e.Base = o.cursor.Base()
	}
	record, err := teamlog.Seal(e, by.key)
	if err != nil {
		return record, err
	}
	by.seq, by.prev = e.Seq, record.ID
	if o.log == "" {
		o.log = record.ID
		o.cursor = teamlog.Begin(o.log)
	}
	opened, err := teamlog.Open(record.Bytes)
	if err != nil {
		return record, err
	}
	o.cursor = o.cursor.Accept(teamlog.Pos{Epoch: o.cursor.Pos.Epoch, N: o.cursor.Pos.N + 1}, opened.Payload())
	o.records, o.events = o.records+1, o.events+len(events)
	return record, nil
}

// next is the record that comes next.
func (o *office) next() (teamlog.Record, error) {
	by := o.writers[o.records%len(o.writers)]
	if o.records%batchEvery == batchEvery-1 {
		return o.seal(by, o.marks()...)
	}
	o.clicks++
	return o.seal(by, o.click(o.clicks-1, by))
}

// click is one of the things that are done with a conversation.
func (o *office) click(n int, by *author) teamlog.Event {
	c := o.conversation(n / handled)
	switch n % handled {
	case 0:
		return &teamlog.Assign{Conversation: c, To: o.people[n/handled%len(o.people)].member}
	case 1:
		return &teamlog.Sent{Conversation: c, Key: inbox.MailKey(o.channel, fmt.Sprintf("%022d", 1_000_000_000+n)), By: by.member}
	case 2:
		return &teamlog.Note{Conversation: c, Text: "Called about the delivery of Thursday, see order " + strconv.Itoa(n) + "."}
	}
	return &teamlog.Close{Conversation: c, Covers: []inbox.Key{c}}
}

// marks are the conversations that somebody went through.
func (o *office) marks() (events []teamlog.Event) {
	newest := o.clicks / handled
	for i := range batchMarks {
		c := o.conversation(max(newest-i*7-o.records%5, 0))
		events = append(events, &teamlog.Read{Conversation: c, UpTo: morning.Add(time.Duration(o.records) * 40 * time.Second)})
	}
	return events
}

func (o *office) conversation(n int) inbox.Key {
	return inbox.MailKey(o.channel, fmt.Sprintf("%022d", n))
}

// lonely is an office with a log of its own, which no server has.
func lonely(events int) (*office, [][]byte, error) {
	admin := newAuthor("ann", bytes.Repeat([]byte{9}, ed25519.SeedSize))
	o := &office{channel: "c1", people: []*author{admin}}
	first, err := o.seal(admin, &teamlog.Genesis{Team: "Bench", Member: "ann", Name: "Ann", Key: admin.public()})
	if err != nil {
		return nil, nil, err
	}
	second, err := o.seal(admin, &teamlog.ChannelAdd{ID: "c1", Channel: inbox.Email, Address: mailUser, Shared: true, Connected: morning})
	if err != nil {
		return nil, nil, err
	}
	hired, err := o.hires(admin)
	if err != nil {
		return nil, nil, err
	}
	all := [][]byte{first.Bytes, second.Bytes}
	for _, r := range hired {
		all = append(all, r.Bytes)
	}
	o.writers = o.people
	for o.events < events {
		r, err := o.next()
		if err != nil {
			return nil, nil, err
		}
		all = append(all, r.Bytes)
	}
	return o, all, nil
}

// asks is a colleague's request to be let in.
func (o *office) asks(one *author, invitation teamlog.Invitation) (teamlog.Record, error) {
	name, email := string(one.member), string(one.member)+"@team.example"
	return o.seal(one, &teamlog.Join{
		Member: one.member, Name: name, Email: email, Key: one.public(),
		Invite: invitation.Key(), Proof: invitation.Prove(o.log, one.public(), "", name, email),
	})
}
