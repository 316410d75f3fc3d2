package email

import (
	"context"
	"net"
	"strconv"
	"strings"
	"time"

	"postvak/backend/inbox"
)

// guessTime is how long a guess may take.
const guessTime = 8 * time.Second

// Prober is what guessing needs of the network; net.Resolver and net.Dialer
// have these methods.
type Prober interface {
	LookupMX(ctx context.Context, domain string) ([]*net.MX, error)
	LookupSRV(ctx context.Context, service, proto, name string) (string, []*net.SRV, error)
	DialContext(ctx context.Context, network, address string) (net.Conn, error)
}

// Network is the real one.
var Network Prober = network{net.DefaultResolver, &net.Dialer{}}

type network struct {
	*net.Resolver
	*net.Dialer
}

func (n network) LookupMX(ctx context.Context, domain string) ([]*net.MX, error) {
	return n.Resolver.LookupMX(ctx, domain)
}

// Guess says where an address's mail servers probably are: from the provider's
// name, from what the domain publishes (RFC 6186), from who takes its mail, or
// from which of the usual names answer; and without a network from the usual
// names. Nothing is sent to any server. An address that is none gives Invalid.
func Guess(ctx context.Context, address string, p Prober) (imap, smtp inbox.Server, err error) {
	address = strings.TrimSpace(address)
	at := strings.LastIndexByte(address, '@')
	if at < 1 || at == len(address)-1 || strings.ContainsAny(address, " \t\r\n<>") {
		return imap, smtp, inbox.Errorf(inbox.Invalid, "“%s” is not an e-mail address.", address)
	}
	domain := strings.ToLower(strings.TrimSuffix(address[at+1:], "."))
	if known, ok := byDomain[domain]; ok {
		imap, smtp = known.servers(address)
		return imap, smtp, nil
	}
	if local(domain) {
		host := strings.Trim(domain, "[]")
		return inbox.Server{Host: host, Port: 993, Security: inbox.TLS, Username: address}, submission(host, 465, address), nil
	}
	ctx, cancel := context.WithTimeout(ctx, guessTime)
	defer cancel()
	imap, smtp = probe(ctx, p, domain, address)
	return imap, smtp, nil
}

// local are names of this very computer; nobody else knows anything of them.
func local(domain string) bool {
	host := strings.Trim(domain, "[]")
	ip := net.ParseIP(host)
	return host == "localhost" || strings.HasSuffix(host, ".localhost") || ip != nil
}

func probe(ctx context.Context, p Prober, domain, user string) (imap, smtp inbox.Server) {
	imap, hasIMAP := published(ctx, p, domain, user, "imaps", "imap")
	smtp, hasSMTP := published(ctx, p, domain, user, "submissions", "submission")
	if hasIMAP && hasSMTP {
		return imap, smtp
	}
	if known, ok := exchanger(ctx, p, domain); ok {
		return known.servers(user)
	}
	if !hasIMAP {
		imap = answering(ctx, p, user, candidates(domain, []string{"imap.", "mail.", ""}, 993, 143))
	}
	if !hasSMTP {
		smtp = answering(ctx, p, user, candidates(domain, []string{"smtp.", "mail.", ""}, 465, 587))
	}
	return imap, smtp
}

// published reads the domain's SRV records; a service that is TLS from the
// first byte comes first.
func published(ctx context.Context, p Prober, domain, user, tls, starttls string) (inbox.Server, bool) {
	for _, service := range []string{tls, starttls} {
		_, records, err := p.LookupSRV(ctx, service, "tcp", domain)
		if err != nil || len(records) == 0 {
			continue
		}
		host := strings.TrimSuffix(records[0].Target, ".")
		if host == "" { // "." says that there is none
			continue
		}
		s := inbox.Server{Host: host, Port: int(records[0].Port), Security: inbox.TLS, Username: user}
		if service == starttls {
			s.Security = inbox.STARTTLS
		}
		return s, true
	}
	return inbox.Server{}, false
}

func exchanger(ctx context.Context, p Prober, domain string) (provider, bool) {
	records, err := p.LookupMX(ctx, domain)
	if err != nil || len(records) == 0 {
		return provider{}, false
	}
	host := strings.ToLower(strings.TrimSuffix(records[0].Host, "."))
	for _, e := range byExchanger {
		if host == e.end || strings.HasSuffix(host, "."+e.end) {
			return e.provider, true
		}
	}
	return provider{}, false
}

func candidates(domain string, prefixes []string, ports ...int) []inbox.Server {
	var list []inbox.Server
	for _, prefix := range prefixes {
		for _, port := range ports {
			s := inbox.Server{Host: prefix + domain, Port: port, Security: inbox.TLS}
			if port == 143 || port == 587 {
				s.Security = inbox.STARTTLS
			}
			list = append(list, s)
		}
	}
	return list
}

// answering is the first candidate, in their order, that takes a connection;
// the very first where none does.
func answering(ctx context.Context, p Prober, user string, list []inbox.Server) inbox.Server {
	ok := make([]chan bool, len(list))
	for i, s := range list {
		ok[i] = make(chan bool, 1)
		go func() {
			conn, err := p.DialContext(ctx, "tcp", net.JoinHostPort(s.Host, strconv.Itoa(s.Port)))
			if err == nil {
				conn.Close()
			}
			ok[i] <- err == nil
		}()
	}
	best := 0
	for i := len(list) - 1; i >= 0; i-- { // waits for each: ctx bounds them
		if <-ok[i] {
			best = i
		}
	}
	list[best].Username = user
	return list[best]
}
