package specimen

import (
	"encoding/base64"
	"fmt"
	"math/rand/v2"
	"strings"
	"time"
)

// thread is what the letters of one thread have in common.
type thread struct {
	seed    uint64
	id      int
	lang    *language
	name    string
	address string
	subject string
	agent   string
	mailer  string
	html    bool
	charset string
}

var (
	givenNames = strings.Fields("Ann Ben Carol Daan Eva Femke Giorgos Hanna Ivo Jürgen Katarzyna Lotte Marek Noor Olga Pieter Quinten Rosa Sven Tomás Ulla Vera Wout Xenia Youssef Zoë")
	surnames   = strings.Fields("Bakker Claes Dubois Evers Fischer García Hansen Ivanova Janssen Kowalski Lambert Müller Novak Okafor Peeters Quist Rossi Smit Tanaka Uygur Visser Weber Yılmaz Zijlstra")
	hosts      = strings.Fields("mail.example inbox.example post.example bakery.example garage.example studio.example school.example clinic.example")
	agents     = strings.Fields("Anna Bas Chris Dina")
	mailers    = []string{"Mail (16.0)", "Webmail 3.2", "Phone Mail (21E236)", "Outlook 16.0"}
)

func (m *Mailbox) thread(id int) *thread {
	rng := rand.New(rand.NewPCG(m.options.Seed, uint64(id)+1))
	l := pickLanguage(rng)
	given, family := pick(rng, givenNames), pick(rng, surnames)
	t := &thread{
		seed: m.options.Seed, id: id, lang: l,
		name:    given + " " + family,
		address: fmt.Sprintf("%s.%d@%s", asciiLower(given), id%(m.options.Messages/3+1), pick(rng, hosts)),
		subject: pick(rng, l.subjects) + fmt.Sprintf(" #%d", 10000+id),
		agent:   pick(rng, agents),
		mailer:  pick(rng, mailers),
		html:    rng.Float64() < 0.4,
		charset: "utf-8",
	}
	if rng.Float64() < 0.15 {
		t.charset = l.charset
	}
	return t
}

func pick[T any](rng *rand.Rand, from []T) T { return from[rng.IntN(len(from))] }

func asciiLower(s string) string {
	return strings.Map(func(r rune) rune {
		if r < 'A' || r > 'z' {
			return 'x'
		}
		return r | 0x20
	}, s)
}

// random gives the n-th letter its own source, so that letters can be written
// in any order.
func (t *thread) random(n int) *rand.Rand {
	return rand.New(rand.NewPCG(t.seed^0x9e3779b97f4a7c15, uint64(t.id)<<8|uint64(n)))
}

func (t *thread) seen(n int) bool { return n%2 == 1 || t.random(n).Uint64()%10 != 0 }

func (t *thread) messageID(n int) string {
	host := "mail.example"
	if n%2 == 1 {
		host = "team.example"
	}
	return fmt.Sprintf("<%d.%d.%d@%s>", t.seed, t.id, n, host)
}

// headers writes about twenty header lines, as mail has after two or three
// servers: traces, signatures, list and client fields among them.
func (t *thread) headers(b *strings.Builder, rng *rand.Rand, s slot) {
	date := s.at.Format(time.RFC1123Z)
	from := fmt.Sprintf("%s <%s>", encodeWord(t.name), t.address)
	to := "Support <" + Team + ">"
	subject := t.subject
	if s.n > 0 {
		subject = "Re: " + subject
	}
	if s.n%2 == 1 {
		from, to = fmt.Sprintf("%s <%s>", t.agent, Team), from
	} else {
		fmt.Fprintf(b, "Return-Path: <%s>\r\nDelivered-To: %s\r\n", t.address, Team)
		for hop := range 3 {
			fmt.Fprintf(b, "Received: from relay%d.example (relay%d.example [192.0.2.%d])\r\n\tby mx%d.team.example (Postfix) with ESMTPS id %X\r\n\tfor <%s>; %s\r\n",
				hop, hop, 1+rng.IntN(250), hop, rng.Uint64(), Team, s.at.Add(-time.Duration(hop)*time.Second).Format(time.RFC1123Z))
		}
		fmt.Fprintf(b, "Authentication-Results: mx.team.example; dkim=pass header.d=mail.example;\r\n\tspf=pass smtp.mailfrom=%s; dmarc=pass\r\n", t.address)
		fmt.Fprintf(b, "DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed; d=mail.example; s=s1;\r\n\th=from:to:subject:date:message-id; bh=%s;\r\n\tb=%s\r\n\t %s\r\n",
			noise(rng, 33), noise(rng, 48), noise(rng, 48))
		fmt.Fprintf(b, "X-Spam-Status: No, score=-%d.%d required=5.0\r\nX-Originating-IP: [198.51.100.%d]\r\n", rng.IntN(4), rng.IntN(10), rng.IntN(255))
	}
	fmt.Fprintf(b, "Date: %s\r\nFrom: %s\r\nTo: %s\r\n", date, from, to)
	if rng.IntN(8) == 0 {
		fmt.Fprintf(b, "Cc: %s <%s.cc@%s>\r\n", encodeWord(pick(rng, givenNames)), t.agent, pick(rng, hosts))
	}
	fmt.Fprintf(b, "Subject: %s\r\nMessage-ID: %s\r\n", encodeWord(subject), t.messageID(s.n))
	if s.n > 0 {
		fmt.Fprintf(b, "In-Reply-To: %s\r\nReferences:", t.messageID(s.n-1))
		for earlier := range s.n {
			b.WriteString("\r\n " + t.messageID(earlier))
		}
		b.WriteString("\r\n")
	}
	fmt.Fprintf(b, "MIME-Version: 1.0\r\nX-Mailer: %s\r\nContent-Language: %s\r\nX-Priority: 3\r\nThread-Topic: %s\r\n",
		t.mailer, t.lang.code, encodeWord(t.subject))
}

func noise(rng *rand.Rand, bytes int) string {
	return base64.StdEncoding.EncodeToString(randomBytes(rng, bytes))
}

func randomBytes(rng *rand.Rand, n int) []byte {
	data := make([]byte, n)
	for i := 0; i < n; i += 8 {
		v := rng.Uint64()
		for j := i; j < min(i+8, n); j++ {
			data[j] = byte(v)
			v >>= 8
		}
	}
	return data
}
