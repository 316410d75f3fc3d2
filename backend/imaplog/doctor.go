package imaplog

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"postvak/backend/imap"
	"postvak/backend/inbox"
)

// Check is one step of an examination, in words for a person. OK with a
// Message that warns is possible: the team works, and should know something.
type Check struct {
	Step    string
	OK      bool
	Message string
}

const (
	// checkTime bounds a whole examination: a screen waits for it.
	checkTime = 28 * time.Second
	// room is how much must be free, in kilobytes.
	room = 10 << 10
)

// Doctor examines a mailbox before a team is made on it, or a team's folder in
// it, and names what will not work: in the order in which a person would look.
// It makes a folder of its own, writes into it, and removes it again; in a
// folder that has a team it only looks. The error is the first failure's, an
// *inbox.Error.
func Doctor(ctx context.Context, cfg Config) ([]Check, error) {
	ctx, cancel := context.WithTimeout(ctx, checkTime)
	defer cancel()
	d := &doctor{l: New(cfg)}
	if d.signIn(ctx) {
		defer d.conn.Leave(ctx)
		d.examine(ctx)
	}
	return d.checks, d.first
}

type doctor struct {
	l      *Log
	conn   *imap.Conn
	checks []Check
	first  error
}

func (d *doctor) ok(step, message string) {
	d.checks = append(d.checks, Check{step, true, message})
}

// failed notes what is wrong. It says false, for the caller to stop.
func (d *doctor) failed(step string, err error) bool {
	var told *inbox.Error
	if !errors.As(err, &told) {
		told = inbox.Errorf(inbox.Unavailable, "The team's mail server does not answer in time. Try again later.").Because(err)
	}
	d.checks = append(d.checks, Check{Step: step, Message: told.Message})
	if d.first == nil {
		d.first = told
	}
	return false
}

func (d *doctor) signIn(ctx context.Context) bool {
	c := d.l.cfg.IMAP
	if c.Port == 110 || c.Port == 995 {
		return d.failed("imap.settings", inbox.Errorf(inbox.Invalid, "Port %d is for POP3, which has no folders: a team needs IMAP. Use port 993 with TLS.", c.Port))
	}
	conn, err := imap.Dial(ctx, c)
	if err != nil {
		return d.failed("imap.sign_in", d.l.fault(err))
	}
	d.conn = conn
	d.ok("imap.sign_in", "The mail server answers and lets this account in.")
	return true
}

func (d *doctor) examine(ctx context.Context) {
	d.program(ctx)
	d.idle()
	d.second(ctx)
	found, err := search(ctx, d.conn, d.l.cfg.LogID, d.l.cfg.Folder)
	switch {
	case err != nil:
		d.failed("folder", d.l.fault(err))
		return
	case found.Folder != "":
		d.folder(ctx, found.Folder)
	default:
		d.trial(ctx)
	}
	d.quota(ctx)
}

// Programs whose message numbers are this computer's own: no two desktops
// would see one order.
var bridges = []string{"proton", "hydroxide", "gluon", "tutanota", "davmail"}

func (d *doctor) program(ctx context.Context) {
	name, err := d.conn.Program(ctx)
	switch {
	case err != nil:
		d.failed("server", d.l.fault(err))
	case containsAny(name, bridges...):
		d.failed("server", inbox.Errorf(inbox.Invalid, "This is a bridge on one computer (%s): every computer would number the messages in its own way. A team needs a mailbox that all its computers reach directly.", name))
	case d.conn.Has("X-GM-EXT-1"):
		d.ok("server", "This is Gmail: see to it that “Folder size limits” in its IMAP settings does not limit the number of messages, and that mail is not deleted after some time.")
	case containsAny(d.l.cfg.IMAP.Host, "outlook.", "office365."):
		d.ok("server", "This is Microsoft 365: ask its administrator to keep the team's folder out of any rule that deletes or archives old mail.")
	default:
		d.ok("server", "The mail server can keep a team's folder. Keep that folder out of any rule that deletes or archives old mail.")
	}
}

func (d *doctor) idle() {
	if d.conn.Has("IDLE") {
		d.ok("idle", "It tells of news at once.")
	} else {
		d.ok("idle", "It does not tell of news by itself: decisions of others show after two or three minutes.")
	}
}

// second tries another connection beside this one.
func (d *doctor) second(ctx context.Context) {
	conn, err := imap.Dial(ctx, d.l.cfg.IMAP)
	if err != nil {
		d.ok("connections", "It takes one connection at a time: decisions of others show with a delay of half a minute or more.")
		return
	}
	conn.Leave(ctx)
	d.ok("connections", "It takes several connections at a time.")
}

// folder looks at a team's folder that is there.
func (d *doctor) folder(ctx context.Context, name string) {
	box, err := d.conn.Select(ctx, name, true)
	if err != nil {
		d.failed("folder", d.l.fault(err))
		return
	}
	rights, err := d.conn.Rights(ctx, name)
	switch {
	case err != nil:
		d.failed("folder", d.l.fault(err))
	case box.UIDValidity == 0:
		d.failed("folder", errNoNumbers())
	case !rights.Has("i"):
		d.failed("folder", inbox.Errorf(inbox.Forbidden, "Your account may read the folder %s but not add to it. Ask whoever looks after the mailbox for the right to insert messages.", name))
	case rights != "" && !rights.Has("t") && !rights.Has("e"):
		d.ok("folder", "The team's folder can be read and added to, and this account cannot remove anything from it.")
	default:
		d.ok("folder", "The team's folder can be read and added to. Everybody who signs in with this account can also remove messages from it: Postvak would notice.")
	}
}

func errNoNumbers() *inbox.Error {
	return inbox.Errorf(inbox.Invalid, "The mail server does not number its messages in a lasting way, as a team needs it. Use another mailbox.")
}

// trial makes a folder, writes two records and reads them back.
func (d *doctor) trial(ctx context.Context) {
	p, err := placeOf(ctx, d.conn)
	if err != nil {
		d.failed("folder", d.l.fault(err))
		return
	}
	name := p.full(DefaultFolder + d.l.cfg.Clock.Now().UTC().Format(" test 20060102 150405"))
	if err := d.conn.Create(ctx, name); err != nil {
		d.failed("folder", d.l.notMade(name, err))
		return
	}
	err = d.roundTrip(ctx, name)
	gone := d.conn.Delete(ctx, name)
	switch {
	case err != nil:
		d.failed("folder", d.l.fault(err))
	case gone != nil:
		d.ok("folder", fmt.Sprintf("A folder can be made, written and read. It could not be removed again: you may delete %s.", name))
	default:
		d.ok("folder", "A folder can be made, written and read.")
	}
}

// roundTrip writes what looks like records, and compares.
func (d *doctor) roundTrip(ctx context.Context, name string) error {
	records := [][]byte{[]byte("first\x00\xff"), bytes.Repeat([]byte("second "), 1000)}
	for _, record := range records {
		text := d.l.letter("test", record, Description{Subject: "[Postvak] test"}).render()
		if _, err := d.conn.Append(ctx, name, imap.Flags{imap.Seen}, time.Time{}, text); err != nil {
			return d.l.refused(&link{conn: d.conn, box: imap.Mailbox{Name: name}}, err)
		}
	}
	box, err := d.conn.Select(ctx, name, true)
	if err != nil {
		return err
	}
	if box.UIDValidity == 0 {
		return errNoNumbers()
	}
	var got [][]byte
	uids, err := d.conn.UIDs(ctx, 1, 0)
	if err != nil {
		return err
	}
	err = d.conn.Fetch(ctx, uids, imap.WantBody, func(item imap.Item) error {
		got = append(got, parse(item.Raw))
		return nil
	})
	if err == nil && (len(got) != 2 || !bytes.Equal(got[0], records[0]) || !bytes.Equal(got[1], records[1])) {
		return inbox.Errorf(inbox.Invalid, "The mail server does not give back what was put into a folder. Use another mailbox.")
	}
	return err
}

func (d *doctor) quota(ctx context.Context) {
	all, err := d.conn.Quota(ctx, "INBOX")
	if err != nil {
		d.failed("quota", d.l.fault(err))
		return
	}
	for _, q := range all {
		left := q.Limit - q.Usage
		if strings.EqualFold(q.Resource, "STORAGE") && left < room || strings.EqualFold(q.Resource, "MESSAGE") && left < 10_000 {
			d.failed("quota", inbox.Errorf(inbox.Unavailable, "The mailbox is nearly full. Make room in it first: what a team decides in a year takes some hundred megabytes."))
			return
		}
	}
	d.ok("quota", "There is room in the mailbox, as far as it tells.")
}
