package sandbox

import (
	"context"
	"net"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"
	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"

	"postvak/backend/inbox"
	"postvak/backend/mime"
	"postvak/backend/run"
)

var began = time.Date(2026, 11, 23, 9, 30, 0, 0, time.UTC)

// start makes a quiet world that ends with the test.
func start(t *testing.T, change func(*Options)) (*World, *run.Manual) {
	t.Helper()
	clock := run.NewManual(began)
	opt := Options{Clock: clock, Seed: 1, Quiet: true}
	if change != nil {
		change(&opt)
	}
	w, err := Start(context.Background(), opt)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(w.Stop)
	return w, clock
}

func address(s inbox.Server) string { return net.JoinHostPort(s.Host, strconv.Itoa(s.Port)) }

// signIn connects a client of the library's own to the world's IMAP server.
func signIn(t *testing.T, w *World, options *imapclient.Options) *imapclient.Client {
	t.Helper()
	server := w.Channel().Email.IMAP
	c, err := imapclient.DialInsecure(address(server), options)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	if err := c.Login(server.Username, w.Password()).Wait(); err != nil {
		t.Fatal(err)
	}
	return c
}

func selectFolder(t *testing.T, c *imapclient.Client, name string) *imap.SelectData {
	t.Helper()
	data, err := c.Select(name, nil).Wait()
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// fetchAll gives the mails of a folder from a UID on.
func fetchAll(t *testing.T, c *imapclient.Client, from imap.UID) []*imapclient.FetchMessageBuffer {
	t.Helper()
	messages, err := c.Fetch(imap.UIDSet{{Start: from, Stop: 0}}, &imap.FetchOptions{
		UID: true, Flags: true, InternalDate: true, RFC822Size: true,
		BodySection: []*imap.FetchItemBodySection{{Peek: true}},
	}).Collect()
	if err != nil {
		t.Fatal(err)
	}
	return messages
}

func raw(m *imapclient.FetchMessageBuffer) []byte {
	return m.FindBodySection(&imap.FetchItemBodySection{})
}

// send sends as the program does, by SMTP.
func send(t *testing.T, w *World, message string, to ...string) error {
	t.Helper()
	server := w.Channel().Email.SMTP
	c, err := smtp.Dial(address(server))
	if err != nil {
		return err
	}
	defer func() { _ = c.Close() }()
	if err := c.Auth(sasl.NewPlainClient("", server.Username, w.Password())); err != nil {
		return err
	}
	return c.SendMail(server.Username, to, strings.NewReader(crlf(message)))
}

func TestDeliveredMailIsInTheInbox(t *testing.T) {
	w, clock := start(t, nil)
	c := signIn(t, w, nil)
	next := selectFolder(t, c, "inbox").UIDNext
	clock.Advance(90 * time.Minute)
	d, err := w.Deliver(Delivery{
		From: "vera@klant.example", Name: "Véra de Groot", Subject: "Kan het ook in groen?", Text: "Graag €20 😀\nVéra",
		Files: []File{{Name: "kleur.txt", Type: "text/plain", Data: []byte("groen")}},
	})
	if err != nil {
		t.Fatal(err)
	}
	got := fetchAll(t, c, next)
	if len(got) != 0 {
		t.Fatal("a mail was shown before the client was told of it")
	}
	if err := c.Noop().Wait(); err != nil {
		t.Fatal(err)
	}
	got = fetchAll(t, c, next)
	if len(got) != 1 || got[0].UID != next || !got[0].InternalDate.Equal(began.Add(90*time.Minute)) || len(got[0].Flags) != 0 {
		t.Fatalf("got %+v", got)
	}
	m := mime.Parse(raw(got[0]))
	if m.From != (inbox.Address{Name: "Véra de Groot", Address: "vera@klant.example"}) || m.Subject != "Kan het ook in groen?" ||
		strings.TrimSpace(strings.ReplaceAll(m.Text, "\r", "")) != "Graag €20 😀\nVéra" {
		t.Errorf("got %+v", m)
	}
	if len(m.Attachments) != 1 || m.Attachments[0].Name != "kleur.txt" || string(m.Attachments[0].Data) != "groen" {
		t.Errorf("attachments: %+v", m.Attachments)
	}
	if m.MessageID != d.MessageID || mime.Digest(raw(got[0])) != d.Digest {
		t.Errorf("Deliver said %+v, the mail is %s %s", d, m.MessageID, mime.Digest(raw(got[0])))
	}
	if int64(len(raw(got[0]))) != got[0].RFC822Size {
		t.Errorf("size %d, %d bytes", got[0].RFC822Size, len(raw(got[0])))
	}
}

func TestSentMailReachesTheCustomerAndNobodyElse(t *testing.T) {
	w, _ := start(t, nil)
	message := "From: hallo@zomerlicht.example\nTo: vera@klant.example\nSubject: =?utf-8?q?Gr=C3=B6n?=\nMessage-ID: <a1@zomerlicht.example>\n\nJa hoor.\n"
	if err := send(t, w, message, "vera@klant.example", "bram@klant.example"); err != nil {
		t.Fatal(err)
	}
	sent := w.Sent()
	if len(sent) != 2 || sent[0].To != "vera@klant.example" || sent[1].To != "bram@klant.example" {
		t.Fatalf("sent: %+v", sent)
	}
	for _, s := range sent {
		if s.Subject != "Grön" || strings.TrimSpace(s.Text) != "Ja hoor." || s.Channel != inbox.Email || s.Alert || !s.At.Equal(began) {
			t.Errorf("sent: %+v", s)
		}
	}
}
