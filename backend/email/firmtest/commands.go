package firmtest

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// heavy are the commands that count.
func (c *conn) heavy(cmd command) bool {
	c.s.mu.Lock()
	throttled := c.s.throttled
	c.s.mu.Unlock()
	if throttled {
		return c.tooMuch(cmd)
	}
	switch cmd.verb {
	case "LIST":
		c.list(cmd)
	case "SELECT", "EXAMINE":
		c.choose(cmd)
	case "STATUS":
		c.status(cmd)
	case "UID SEARCH":
		c.search(cmd)
	case "UID FETCH":
		c.fetch(cmd)
	case "APPEND":
		c.add(cmd)
	case "IDLE":
		return c.idle(cmd)
	default:
		c.bad(cmd)
	}
	return true
}

func (c *conn) bad(cmd command) { c.say("%s BAD Command Argument Error. 11", cmd.tag) }

// tooMuch: Gmail refuses, with the code that others have for a full mailbox;
// Exchange calls it a bad command and hangs up.
func (c *conn) tooMuch(cmd command) bool {
	if c.s.cfg.Firm == Gmail {
		c.say("%s NO [OVERQUOTA] Account exceeded command or bandwidth limits. (Failure)", cmd.tag)
		return true
	}
	c.say("%s BAD Request is throttled. Suggested Backoff Time: 89117 milliseconds", cmd.tag)
	c.say("* BYE Connection closed. 14")
	return false
}

// list knows no RETURN where SPECIAL-USE is not offered. Gmail gives the uses
// without being asked.
func (c *conn) list(cmd command) {
	if c.s.cfg.Firm == Exchange && strings.Contains(cmd.args, "RETURN") {
		c.bad(cmd)
		return
	}
	for _, f := range layout[c.s.cfg.Firm] {
		c.say(`* LIST (%s) "/" "%s"`, f[1], f[0])
	}
	c.say("%s OK LIST completed.", cmd.tag)
}

// name reads a folder's name at the start of arguments.
func name(args string) (folder, rest string) {
	if quoted, found := strings.CutPrefix(args, `"`); found {
		folder, rest, _ = strings.Cut(quoted, `"`)
		return folder, strings.TrimSpace(rest)
	}
	folder, rest, _ = strings.Cut(args, " ")
	return folder, rest
}

func (c *conn) choose(cmd command) {
	which, rest := name(cmd.args)
	c.s.mu.Lock()
	c.folder = c.box.folder(which)
	var f folder
	if c.folder != nil {
		f = *c.folder
	}
	c.s.mu.Unlock()
	switch {
	case c.folder == nil:
		c.say("%s NO %s", cmd.tag, map[Firm]string{Gmail: "[NONEXISTENT] Unknown Mailbox: " + which + " (Failure)", Exchange: which + " doesn't exist."}[c.s.cfg.Firm])
		return
	case strings.Contains(rest, "CONDSTORE") && c.s.cfg.Firm == Exchange:
		c.bad(cmd)
		return
	}
	c.known = len(f.items)
	c.say(`* FLAGS (\Seen \Answered \Flagged \Deleted \Draft)`)
	c.say(`* OK [PERMANENTFLAGS (\Seen \Answered \Flagged \Deleted \Draft)] Permanent flags`)
	c.say("* %d EXISTS\r\n* 0 RECENT", len(f.items))
	c.say("* OK [UIDVALIDITY %d] UIDVALIDITY value\r\n* OK [UIDNEXT %d] The next unique identifier value", f.validity, f.next)
	c.say("%s OK [READ-ONLY] %s completed.", cmd.tag, cmd.verb)
}

func (c *conn) status(cmd command) {
	which, _ := name(cmd.args)
	c.s.mu.Lock()
	f := c.box.folder(which)
	line := ""
	if f != nil {
		line = fmt.Sprintf(`* STATUS "%s" (MESSAGES %d UIDNEXT %d UIDVALIDITY %d)`, which, len(f.items), f.next, f.validity)
	}
	c.s.mu.Unlock()
	if f == nil {
		c.say("%s NO %s doesn't exist.", cmd.tag, which)
		return
	}
	c.say("%s\r\n%s OK STATUS completed.", line, cmd.tag)
}

var byHeader = regexp.MustCompile(`(?i)^HEADER "?Message-ID"? "([^"]+)"$`)

func (c *conn) search(cmd command) {
	if c.folder == nil {
		c.bad(cmd)
		return
	}
	c.s.mu.Lock()
	var uids []uint32
	ok := true
	if m := byHeader.FindStringSubmatch(strings.Trim(cmd.args, "()")); m != nil {
		uids = c.folder.holds("Message-ID", m[1])
	} else {
		uids, ok = c.folder.within(strings.TrimPrefix(strings.Trim(cmd.args, "()"), "UID "))
	}
	c.s.mu.Unlock()
	if !ok {
		c.bad(cmd)
		return
	}
	c.news()
	c.say("* SEARCH%s\r\n%s OK SEARCH completed.", joined(uids), cmd.tag)
}

func joined(uids []uint32) string {
	var b strings.Builder
	for _, uid := range uids {
		fmt.Fprintf(&b, " %d", uid)
	}
	return b.String()
}

// within lists the UIDs of a set, "2,4:7,9:*". "*" alone stands for the last.
func (f *folder) within(set string) (uids []uint32, ok bool) {
	last := f.next - 1
	if n := len(f.items); n > 0 {
		last = f.items[n-1].uid
	}
	number := func(text string) uint32 {
		n, err := strconv.ParseUint(text, 10, 32)
		if text == "*" {
			return last
		}
		ok = ok && err == nil
		return uint32(n)
	}
	ok = true
	for part := range strings.SplitSeq(set, ",") {
		from, to, both := strings.Cut(part, ":")
		low := number(from)
		high := low
		if both {
			high = number(to)
		}
		for _, m := range f.items {
			if min(low, high) <= m.uid && m.uid <= max(low, high) && !slices.Contains(uids, m.uid) {
				uids = append(uids, m.uid)
			}
		}
	}
	slices.Sort(uids)
	return uids, ok
}

// fetch breaks off at "*:*", as Exchange does.
func (c *conn) fetch(cmd command) {
	set, wanted, _ := strings.Cut(cmd.args, " ")
	if c.folder == nil || c.s.cfg.Firm == Exchange && strings.Contains(set, "*:*") || strings.Contains(wanted, "MODSEQ") && c.s.cfg.Firm == Exchange {
		c.bad(cmd)
		return
	}
	c.s.mu.Lock()
	uids, _ := c.folder.within(set)
	var picked []item
	var numbers []int
	for i, m := range c.folder.items {
		if slices.Contains(uids, m.uid) {
			picked, numbers = append(picked, m), append(numbers, i+1)
		}
	}
	c.s.mu.Unlock()
	for i, m := range picked {
		c.give(numbers[i], m, wanted)
	}
	c.say("%s OK FETCH completed.", cmd.tag)
}

func (c *conn) give(number int, m item, wanted string) {
	line := fmt.Sprintf(`* %d FETCH (UID %d FLAGS (%s)`, number, m.uid, strings.Join(m.flags, " "))
	if strings.Contains(wanted, "INTERNALDATE") {
		line += fmt.Sprintf(` INTERNALDATE "%s" RFC822.SIZE %d`, m.at.Format("_2-Jan-2006 15:04:05 -0700"), len(m.raw))
	}
	switch {
	case strings.Contains(wanted, "BODY.PEEK[HEADER]"):
		header, _, _ := strings.Cut(string(m.raw), "\r\n\r\n")
		line += fmt.Sprintf(" BODY[HEADER] {%d}\r\n%s", len(header)+4, header+"\r\n\r\n")
	case strings.Contains(wanted, "BODY.PEEK[]"):
		line += fmt.Sprintf(" BODY[] {%d}\r\n%s", len(m.raw), m.raw)
	}
	_, _ = c.Write([]byte(line + ")\r\n"))
}

var appended = regexp.MustCompile(`^(?:\(([^)]*)\) ?)?(?:"([^"]*)")?`)

func (c *conn) add(cmd command) {
	which, rest := name(cmd.args)
	m := appended.FindStringSubmatch(rest)
	at, err := time.Parse("_2-Jan-2006 15:04:05 -0700", m[2])
	if err != nil {
		at = time.Now()
	}
	c.s.mu.Lock()
	f := c.box.folder(which)
	var uid, validity uint32
	if f != nil && len(cmd.literal) > 0 {
		validity, uid = f.validity, c.box.deliver(which, cmd.literal, at, strings.Fields(m[1]))
		c.s.wake()
	}
	c.s.mu.Unlock()
	if uid == 0 {
		c.say("%s NO [TRYCREATE] %s doesn't exist.", cmd.tag, which)
		return
	}
	c.say("%s OK [APPENDUID %d %d] APPEND completed.", cmd.tag, validity, uid)
}

// idle tells of what comes until the client has enough.
func (c *conn) idle(cmd command) bool {
	c.say("+ idling")
	done := make(chan error, 1)
	c.s.work.Go(func() { _, err := c.in.ReadString('\n'); done <- err })
	for {
		c.s.mu.Lock()
		look := c.s.look
		c.s.mu.Unlock()
		c.news()
		if !c.alive() {
			_ = c.Close()
			<-done
			return false
		}
		select {
		case err := <-done:
			c.say("%s OK IDLE completed.", cmd.tag)
			return err == nil
		case <-look:
		}
	}
}
