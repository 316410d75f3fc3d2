package mime

import (
	"bytes"
	"strings"

	"postvak/backend/inbox"
)

// readBounce recognises a delivery report and reads what it says. A report that
// something did arrive is no bounce: report is then true and the bounce nil.
func readBounce(root *part, m *inbox.Message) (b *inbox.Bounce, report bool) {
	status := findPart(root, func(p *part) bool {
		return p.typ == "message/delivery-status" || p.typ == "message/global-delivery-status"
	})
	returned := findPart(root, func(p *part) bool {
		return p.typ == "message/rfc822" || p.typ == "text/rfc822-headers" || p.typ == "message/global" ||
			p.typ == "message/global-headers"
	})
	switch {
	case root.typ == "multipart/report" && root.params.token("report-type") == "disposition-notification":
		return nil, true
	case status != nil && (root.typ == "multipart/report" || fromMailer(root.head, m)):
		if b = readStatus(status.decoded()); b == nil {
			return nil, true
		}
	case looksBounced(root.head, m):
		b = readProse(root.head, m.Text)
	default:
		return nil, false
	}
	if returned != nil {
		b.MessageID = firstID(embeddedHeader(returned.decoded()).get("Message-ID"))
	}
	if b.MessageID == "" {
		b.MessageID = proseID(m.Text)
	}
	return b, true
}

// findPart gives the first part, going down two levels: a report's parts are
// the message's own or those of the report that a list wrapped.
func findPart(root *part, match func(*part) bool) *part {
	for _, p := range root.kids {
		if match(p) {
			return p
		}
		for _, q := range p.kids {
			if match(q) {
				return q
			}
		}
	}
	return nil
}

// readStatus reads RFC 3464: groups of fields, the first about the message, the
// others about one recipient each. The first recipient that failed counts, else
// the first that is delayed; nil when nobody's mail failed.
func readStatus(data []byte) *inbox.Bounce {
	var delayed *inbox.Bounce
	for groups := 0; len(data) > 0 && groups < maxParts; groups++ {
		r := headerReader{data: data, room: maxValue}
		next := r.read()
		if next == 0 {
			break
		}
		data = data[next:]
		recipient := r.fields.get("Final-Recipient")
		if recipient == nil {
			recipient = r.fields.get("Original-Recipient")
		}
		if recipient == nil {
			continue
		}
		b := &inbox.Bounce{
			Recipient:  cleanAddress(typedValue(recipient)),
			Status:     r.fields.token("Status"),
			Diagnostic: clip(typedValue(r.fields.get("Diagnostic-Code")), 1000),
		}
		action := r.fields.token("Action")
		switch {
		case action == "failed" || (action == "" && strings.HasPrefix(b.Status, "5")):
			b.Permanent = !strings.HasPrefix(b.Status, "4")
			return b
		case action == "delayed" || strings.HasPrefix(b.Status, "4"):
			if delayed == nil {
				delayed = b
			}
		}
	}
	return delayed
}

// typedValue takes the type off "rfc822; ann@example.org".
func typedValue(raw []byte) string {
	s := decodeHeader(raw)
	if kind, rest, ok := strings.Cut(s, ";"); ok && !strings.ContainsAny(kind, "@ ") {
		return strings.TrimSpace(rest)
	}
	return s
}

// fromMailer says whether a mail system wrote the message.
func fromMailer(h header, m *inbox.Message) bool {
	local, _, _ := strings.Cut(strings.ToLower(m.From.Address), "@")
	switch local {
	case "mailer-daemon", "mailerdaemon", "postmaster", "mail-daemon", "microsoftexchange329e71ec88ae4615bbc36ab6ce41109e":
		return true
	}
	return h.has("X-Failed-Recipients") || (nullReturn(h) && strings.Contains(strings.ToLower(m.From.Name), "mail delivery"))
}

// nullReturn says whether the message came with the empty return path that
// reports have.
func nullReturn(h header) bool {
	path := h.get("Return-Path")
	return path != nil && string(trimSpace(path)) == "<>"
}

// bouncedSubjects are how mail systems that know no RFC 3464 begin.
var bouncedSubjects = []string{
	"undeliver", "delivery status notification", "delivery failure", "delivery report", "mail delivery failed",
	"returned mail", "failure notice", "mail system error", "message delivery failure", "unzustellbar",
	"onbestelbaar", "non remis", "mail delivery problem", "warning: could not send", "delivery has failed",
	"delivery notification", "nondeliverable", "rejected mail",
}

// looksBounced asks for two signs: a mail system as its author, and a null
// return path, a list of failed recipients or a subject that says so.
func looksBounced(h header, m *inbox.Message) bool {
	if !fromMailer(h, m) {
		return false
	}
	if h.has("X-Failed-Recipients") {
		return true
	}
	s := strings.ToLower(m.Subject)
	for _, start := range bouncedSubjects {
		if strings.Contains(s, start) {
			return true
		}
	}
	return false
}

// readProse takes what it can from a report written for people.
func readProse(h header, text string) *inbox.Bounce {
	text = clip(text, maxValue)
	b := &inbox.Bounce{Status: proseStatus(text)}
	if to := parseAddresses(h.get("X-Failed-Recipients")); len(to) > 0 {
		b.Recipient = to[0].Address
	}
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		if b.Recipient == "" && strings.HasPrefix(line, "<") {
			if to := parseAddresses([]byte(strings.TrimRight(line, ":"))); len(to) > 0 && strings.Contains(to[0].Address, "@") {
				b.Recipient = to[0].Address
			}
		}
		if b.Diagnostic == "" && (isReplyLine(line) || (b.Status != "" && strings.Contains(line, b.Status))) {
			b.Diagnostic = clip(oneLine(line), 1000)
		}
	}
	b.Permanent = !strings.HasPrefix(b.Status, "4")
	return b
}

// isReplyLine recognises an SMTP reply that refuses.
func isReplyLine(line string) bool {
	return len(line) > 4 && (line[0] == '5' || line[0] == '4') && line[1] >= '0' && line[1] <= '9' &&
		line[2] >= '0' && line[2] <= '9' && (line[3] == ' ' || line[3] == '-')
}

// proseStatus finds the first RFC 3463 code in a text, such as 5.1.1.
func proseStatus(text string) string {
	for i := 0; i+5 <= len(text); i++ {
		if (text[i] != '4' && text[i] != '5') || text[i+1] != '.' || (i > 0 && isCodeByte(text[i-1])) {
			continue
		}
		end := i + 1
		for end < len(text) && end < i+10 && isCodeByte(text[end]) {
			end++
		}
		code := strings.TrimRight(text[i:end], ".")
		if strings.Count(code, ".") == 2 && !strings.Contains(code, "..") {
			return code
		}
	}
	return ""
}

func isCodeByte(c byte) bool { return c == '.' || (c >= '0' && c <= '9') }

// proseID finds the Message-ID of a message that was pasted into the text.
func proseID(text string) string {
	text = clip(text, maxHeaderBytes)
	for line := range strings.Lines(text) {
		line = strings.TrimLeft(line, " \t>")
		if len(line) > 11 && hasPrefixFold([]byte(line[:11]), "message-id:") {
			if id := firstID(bytes.TrimRight([]byte(line), "\n")); id != "" {
				return id
			}
		}
	}
	return ""
}
