package imaplog

import (
	"bytes"
	"encoding/base64"
	stdmime "mime"
	"net/mail"
	"regexp"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

const (
	blockBegin = "-----BEGIN POSTVAK-----"
	blockEnd   = "-----END POSTVAK-----"
	// columns is the length of a line of base64 (RFC 2045).
	columns = 76
	// signatureLen is an Ed25519 signature in base64url.
	signatureLen = 86
	// maxSubject and maxSentence are in characters.
	maxSubject  = 200
	maxSentence = 2000
)

// letter is everything that a message of the log says.
type letter struct {
	address, name string // of the mailbox itself, never a customer's
	id, logID     string
	subject       string
	sentence      string
	date          time.Time
	record        []byte
}

// render writes the message. It is plain ASCII with short lines, unless the
// sentence is not: then its text is UTF-8 and the block ASCII all the same.
func (l letter) render() []byte {
	var b bytes.Buffer
	field := func(name, value string) { b.WriteString(name + ": " + value + "\r\n") }
	sentence := paragraph(l.sentence)
	from := mail.Address{Name: oneLine(l.name, maxSubject), Address: oneLine(l.address, maxSubject)}
	field("From", from.String())
	field("To", (&mail.Address{Address: from.Address}).String())
	field("Date", l.date.UTC().Format(time.RFC1123Z))
	field("Subject", foldWords(stdmime.QEncoding.Encode("utf-8", oneLine(l.subject, maxSubject))))
	field("Message-ID", "<"+messageID(l.logID, l.id)+">")
	field("MIME-Version", "1.0")
	charset, encoding := "us-ascii", "7bit"
	if !ascii(sentence) {
		charset, encoding = "utf-8", "8bit"
	}
	field("Content-Type", "text/plain; charset="+charset)
	field("Content-Transfer-Encoding", encoding)
	b.WriteString("\r\n")
	b.WriteString(sentence)
	b.WriteString("\r\n\r\n")
	writeBlock(&b, l.record)
	return b.Bytes()
}

// messageID names a record. A retry has the same, which helps servers that
// merge what has one Message-ID. The first record of a log has the log's name.
func messageID(logID, id string) string {
	if logID == "" {
		logID = id
	}
	return "e." + safeID(id) + "@" + safeID(logID) + ".postvak.invalid"
}

// safeID keeps what may stand in a Message-ID.
func safeID(id string) string {
	out := strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '-' {
			return r
		}
		return '-'
	}, id[:min(len(id), 64)])
	if out == "" {
		return "0"
	}
	return out
}

// writeBlock writes a record between its two marks. A record as teamlog seals
// it shows its head: version, key and signature; any other bytes stand behind a
// zero.
func writeBlock(b *bytes.Buffer, record []byte) {
	b.WriteString(blockBegin + "\r\n")
	head, payload, ok := splitRecord(record)
	if !ok {
		head, payload = "0", record
	}
	b.WriteString(head + "\r\n")
	coded := base64.StdEncoding.EncodeToString(payload)
	for len(coded) > 0 {
		n := min(columns, len(coded))
		b.WriteString(coded[:n] + "\r\n")
		coded = coded[n:]
	}
	b.WriteString(blockEnd + "\r\n")
}

// splitRecord takes a sealed record apart. It says no where joining the parts
// again would not give the same bytes.
func splitRecord(record []byte) (head string, payload []byte, ok bool) {
	line, payload, found := bytes.Cut(record, []byte("\n"))
	fields := strings.Split(string(line), " ")
	if !found || len(payload) == 0 || len(fields) != 3 || fields[0] != "1" || len(fields[2]) != signatureLen || fields[1] == "" || len(fields[1]) > 100 {
		return "", nil, false
	}
	for _, field := range fields {
		if strings.IndexFunc(field, func(r rune) bool { return r <= ' ' || r > '~' }) >= 0 {
			return "", nil, false
		}
	}
	return string(line), payload, true
}

// dashes would begin a mark of the block.
var dashes = regexp.MustCompile(`-{4,}`)

// oneLine makes text that can stand in a header: no control characters, single
// spaces, no mark of the block, not too long.
func oneLine(s string, limit int) string {
	s = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || r == unicode.ReplacementChar {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(s, " "))
	s = strings.Join(strings.Fields(dashes.ReplaceAllString(s, "---")), " ")
	if utf8.RuneCountInString(s) > limit {
		s = string([]rune(s)[:limit-1]) + "…"
	}
	return s
}

// paragraph wraps text to lines that no gateway breaks.
func paragraph(s string) string {
	var b strings.Builder
	width := 0
	for _, word := range strings.Fields(oneLine(s, maxSentence)) {
		n := utf8.RuneCountInString(word)
		switch {
		case width == 0:
		case width+1+n > columns:
			b.WriteString("\r\n")
			width = 0
		default:
			b.WriteString(" ")
			width++
		}
		b.WriteString(word)
		width += n
	}
	return b.String()
}

// foldWords puts each encoded word on a line of its own.
func foldWords(s string) string { return strings.ReplaceAll(s, "?= =?", "?=\r\n =?") }

func ascii(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool { return r > 0x7e }) < 0
}
