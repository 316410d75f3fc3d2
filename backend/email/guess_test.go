package email

import (
	"context"
	"errors"
	"net"
	"testing"

	"postvak/backend/inbox"
)

// fakeNet answers from tables and counts what was asked.
type fakeNet struct {
	mx      string
	srv     map[string]*net.SRV
	answers map[string]bool // host:port that take a connection
	asked   int
}

func (f *fakeNet) LookupMX(context.Context, string) ([]*net.MX, error) {
	f.asked++
	if f.mx == "" {
		return nil, errors.New("none")
	}
	return []*net.MX{{Host: f.mx}}, nil
}

func (f *fakeNet) LookupSRV(_ context.Context, service, _, _ string) (string, []*net.SRV, error) {
	if r := f.srv[service]; r != nil {
		return "", []*net.SRV{r}, nil
	}
	return "", nil, errors.New("none")
}

func (f *fakeNet) DialContext(_ context.Context, _, address string) (net.Conn, error) {
	if f.answers[address] {
		client, server := net.Pipe()
		server.Close()
		return client, nil
	}
	return nil, errors.New("nobody")
}

func TestGuess(t *testing.T) {
	const own = "ann@bakkerij.example"
	for _, c := range []struct {
		name, address string
		net           fakeNet
		imap, smtp    inbox.Server
	}{
		{"a known provider", "Ann@Gmail.com", fakeNet{}, server("imap.gmail.com", 993, "Ann@Gmail.com"), server("smtp.gmail.com", 465, "Ann@Gmail.com")},
		{"a company at Microsoft 365", own, fakeNet{mx: "bakkerij-example.mail.protection.outlook.com."}, server("outlook.office365.com", 993, own), server("smtp.office365.com", 587, own)},
		{"a hoster", own, fakeNet{mx: "mx.transip.email."}, server("imap.transip.email", 993, own), server("smtp.transip.email", 465, own)},
		{"not a hoster that ends alike", own, fakeNet{mx: "mx.nottransip.email."}, server("imap.bakkerij.example", 993, own), server("smtp.bakkerij.example", 465, own)},
		{"published", own, fakeNet{srv: map[string]*net.SRV{"imaps": {Target: "m.x.example.", Port: 1993}, "submission": {Target: "s.x.example.", Port: 587}}},
			server("m.x.example", 1993, own), server("s.x.example", 587, own)},
		{"answering", own, fakeNet{answers: map[string]bool{"mail.bakkerij.example:143": true, "bakkerij.example:993": true, "mail.bakkerij.example:587": true}},
			server("mail.bakkerij.example", 143, own), server("mail.bakkerij.example", 587, own)},
		{"no network", own, fakeNet{}, server("imap.bakkerij.example", 993, own), server("smtp.bakkerij.example", 465, own)},
	} {
		imap, smtp, err := Guess(context.Background(), c.address, &c.net)
		if err != nil || imap != c.imap || smtp != c.smtp {
			t.Errorf("%s: %+v, %+v, %v", c.name, imap, smtp, err)
		}
	}
}

func server(host string, port int, user string) inbox.Server {
	s := inbox.Server{Host: host, Port: port, Security: inbox.TLS, Username: user}
	if port == 143 || port == 587 {
		s.Security = inbox.STARTTLS
	}
	return s
}

func TestGuessAsksNobodyAboutThisComputer(t *testing.T) {
	for _, a := range []string{"ann@localhost", "ann@[127.0.0.1]", "ann@demo.localhost"} {
		var f fakeNet
		if _, _, err := Guess(context.Background(), a, &f); err != nil || f.asked > 0 {
			t.Errorf("%s: %v, asked %d times", a, err, f.asked)
		}
	}
	for _, a := range []string{"", "ann", "@x", "ann@", "a b@c.example"} {
		if _, _, err := Guess(context.Background(), a, &fakeNet{}); inbox.CodeOf(err) != inbox.Invalid {
			t.Errorf("%q: %v", a, err)
		}
	}
}

func TestProvidersAreWhole(t *testing.T) {
	all := map[string]provider{}
	for name, p := range byDomain {
		all[name] = p
	}
	for _, e := range byExchanger {
		all["mx "+e.end] = e.provider
	}
	for name, p := range all {
		if p.imap == "" || p.smtp == "" || p.smtpPort != 465 && p.smtpPort != 587 {
			t.Errorf("%s: %+v", name, p)
		}
	}
}
