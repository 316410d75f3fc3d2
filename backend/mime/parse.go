package mime

import (
	"bytes"

	"postvak/backend/inbox"
)

// Parse makes a message of raw bytes. It never fails: what cannot be read is
// left out and said in Warnings. Key, Channel, Direction and At are the
// caller's; attachments come with their data, which may share raw's memory, and
// their hash as id.
func Parse(raw []byte) inbox.Message {
	var warn warnings
	data := prepare(raw, &warn)
	root := walk(data, &warn)
	m := inbox.Message{Parser: Version}
	readEnvelope(&m, root.head)

	c := content{warn: &warn}
	c.take(root, 0)
	m.Text = c.text()
	m.HTML = c.shownHTML()
	m.Attachments = c.files

	m.Nature = natureOf(root.head, m.Subject)
	if m.Nature == inbox.NatureAlert {
		m.Alert = clip(root.head.token(AlertHeader), maxAlertID)
	} else {
		if bounce, report := readBounce(root, &m); bounce != nil {
			m.Nature, m.Bounce = inbox.NatureBounce, bounce
		} else if report {
			m.Nature = inbox.NatureAutoReply
		}
	}
	m.Warnings = warn
	return m
}

// prepare bounds the size and gives old Macs' mail, which ends its lines by CR
// alone, the line ends that everything else looks for.
func prepare(raw []byte, warn *warnings) []byte {
	if len(raw) > maxSize {
		raw = raw[:maxSize]
		warn.add("This message is larger than is read; its end was left out.")
	}
	raw = bytes.TrimPrefix(raw, []byte("\ufeff"))
	if bytes.IndexByte(raw, '\n') < 0 && bytes.IndexByte(raw, '\r') >= 0 {
		raw = bytes.ReplaceAll(raw, []byte("\r"), []byte("\n"))
	}
	return raw
}

// readEnvelope fills who, when and about what.
func readEnvelope(m *inbox.Message, h header) {
	if from := parseAddresses(h.get("From")); len(from) > 0 {
		m.From = from[0]
	} else if sender := parseAddresses(h.get("Sender")); len(sender) > 0 {
		m.From = sender[0]
	}
	m.ReplyTo = parseAddresses(h.get("Reply-To"))
	m.To = allAddresses(h, "To")
	m.Cc = allAddresses(h, "Cc")
	m.Bcc = allAddresses(h, "Bcc")
	m.Subject = clip(h.text("Subject"), maxSubject)
	if raw := h.get("Date"); raw != nil {
		m.Sent = parseDate(raw)
	}
	m.MessageID = firstID(h.get("Message-ID"))
	m.References = threadIDs(h, m.MessageID)
}

// allAddresses joins repeated fields: programs that cannot write a long list
// write several.
func allAddresses(h header, name string) []inbox.Address {
	var all []inbox.Address
	for i := range h {
		if equalFold(h[i].name, name) && len(all) < maxAddresses {
			all = append(all, parseAddresses(h[i].value)...)
		}
	}
	return all[:min(len(all), maxAddresses)]
}
