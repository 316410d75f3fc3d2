package mime

import (
	"testing"

	"postvak/backend/inbox"
)

func TestNature(t *testing.T) {
	for head, want := range map[string]inbox.Nature{
		"Subject: hello":                      inbox.NatureHuman,
		"Auto-Submitted: no":                  inbox.NatureHuman,
		"Auto-Submitted: auto-replied":        inbox.NatureAutoReply,
		"Auto-Submitted: auto-generated; x=y": inbox.NatureAutoReply,
		"Precedence: auto_reply":              inbox.NatureAutoReply,
		"X-Autoreply: yes":                    inbox.NatureAutoReply,
		"X-Auto-Response-Suppress: All":       inbox.NatureHuman,
		"X-Auto-Response-Suppress: All\nSubject: Automatisch antwoord: rolls": inbox.NatureAutoReply,
		"Subject: Automatic reply: rolls":                                     inbox.NatureHuman,
		"List-Id: <x.example>":                                                inbox.NatureList,
		"List-Unsubscribe: <mailto:x@y.example>":                              inbox.NatureList,
		"Precedence: bulk":                                                    inbox.NatureList,
		"List-Id: <x.example>\nAuto-Submitted: auto-replied":                  inbox.NatureAutoReply,
		"X-Postvak-Alert: 1\nAuto-Submitted: auto-generated":                  inbox.NatureAlert,
		"From: postmaster@x.example\nSubject: our new policy":                 inbox.NatureHuman,
	} {
		m := Parse(crlf(head + "\n\nhello\n"))
		if m.Nature != want {
			t.Errorf("%q: got %q, want %q", head, m.Nature, want)
		}
	}
}

func TestBounces(t *testing.T) {
	all := seeds(t)
	for name, want := range map[string]inbox.Bounce{
		"bounce": {MessageID: "out-1@bakkerij.example", Recipient: "nobody@example.org", Status: "5.1.1",
			Diagnostic: "550 5.1.1 <nobody@example.org>: User unknown", Permanent: true},
		"bounce-delayed": {MessageID: "out-1@bakkerij.example", Recipient: "nobody@example.org", Status: "4.4.1",
			Diagnostic: "550 4.4.1 <nobody@example.org>: User unknown"},
		"bounce-prose": {MessageID: "out-2@bakkerij.example", Recipient: "nobody@example.org", Status: "5.1.1",
			Diagnostic: "Sorry, no mailbox here by that name. (#5.1.1)", Permanent: true},
	} {
		m := Parse(all[name])
		if m.Nature != inbox.NatureBounce || m.Bounce == nil {
			t.Errorf("%s: is %q", name, m.Nature)
			continue
		}
		equal(t, name, *m.Bounce, want)
	}
	m := Parse(all["bounce-delivered"])
	equal(t, "a receipt is no bounce", m.Nature, inbox.NatureAutoReply)
	equal(t, "a receipt is no bounce", m.Bounce == nil, true)
}

func TestOnlyTheFailedRecipientOfAReportCounts(t *testing.T) {
	b := readStatus(crlf("Reporting-MTA: dns; mx\n\nFinal-Recipient: rfc822; a@x\nAction: delivered\nStatus: 2.0.0\n\n" +
		"Original-Recipient: rfc822;b@x\nAction: FAILED (bad)\nStatus: 5.2.2 (mailbox full)\nDiagnostic-Code: x-unix; \"no room\"\n"))
	equal(t, "bounce", *b, inbox.Bounce{Recipient: "b@x", Status: "5.2.2", Diagnostic: `"no room"`, Permanent: true})
	if readStatus([]byte("nothing of the kind")) != nil || readStatus(nil) != nil {
		t.Error("a report out of nothing")
	}
}

func TestPersonsMailWithAStatusPartIsNoBounce(t *testing.T) {
	m := Parse(crlf("From: ann@x.example\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\nlook what I got\n--b\n" +
		"Content-Type: message/delivery-status\n\nA: b\n\nFinal-Recipient: rfc822; c@x\nAction: failed\n--b--\n"))
	equal(t, "nature", m.Nature, inbox.NatureHuman)
}
