package imap

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"

	goimap "github.com/emersion/go-imap/v2"
	"github.com/emersion/go-sasl"
)

const (
	xoauth2     = "XOAUTH2" // Google's, and Microsoft's
	oauthBearer = sasl.OAuthBearer
)

// openBearer connects and signs in with an access token, and with another one
// where the server does not take the first: it may have ended a moment ago, or
// been withdrawn.
func openBearer(ctx context.Context, cfg Config) (*session, error) {
	access, err := cfg.Bearer.Access(ctx)
	if err != nil {
		return nil, err
	}
	s, refused := openWith(ctx, cfg, access)
	if KindOf(refused) != KindToken {
		return s, refused
	}
	cfg.Bearer.Refused(access)
	again, err := cfg.Bearer.Access(ctx)
	switch {
	case err != nil:
		return nil, err
	case again == access:
		return nil, refused
	}
	return openWith(ctx, cfg, again)
}

// bear signs in with the session's access token.
func (s *session) bear(ctx context.Context) error {
	caps := s.client.Caps()
	way, offered := GiveToken(func(mechanism string) bool { return caps.Has(goimap.AuthCap(mechanism)) }, s.cfg.Username, s.cfg.Host, s.cfg.Port, s.access)
	if !offered {
		return &Error{Kind: KindToken, Detail: "the server does not offer to take access tokens"}
	}
	s.giving.Store(&way)
	s.sig.bearing.Store(bearingFirst)
	if caps.Has(goimap.CapSASLIR) {
		s.sig.bearing.Store(bearingWhy)
	}
	err := s.client.Authenticate(&bearing{way: way})
	s.sig.bearing.Store(bearingNot)
	if err == nil {
		return nil
	}
	err = s.loginRefused(ctx, err)
	if e, ok := errors.AsType[*Error](err); ok && (e.Kind == KindAuth || e.Kind == KindDisabled) {
		e.Kind = KindToken // a password is not what is wrong
	}
	return err
}

// What a "+" means while an access token is given.
const (
	bearingNot   int32 = iota
	bearingFirst       // the server asks for the token
	bearingWhy         // it says why it does not take it
)

// goOn is a "+" for the library. What a challenge says is for nobody; that it is
// one, the library must see.
func (s *signals) goOn() string {
	if s.bearing.Load() == bearingWhy {
		return "+ e30=\r\n" // {}
	}
	s.bearing.CompareAndSwap(bearingFirst, bearingWhy)
	return "+\r\n"
}

// Way is how an access token is given to a server.
type Way struct {
	Mechanism string
	First     []byte // the response that has the token
	Last      []byte // the answer to the challenge that says why it is not taken
}

// GiveToken chooses among the mechanisms that a server offers, be it IMAP or
// SMTP; false where none takes access tokens.
func GiveToken(offered func(mechanism string) bool, user, host string, port int, access string) (Way, bool) {
	switch {
	case offered(xoauth2):
		return Way{xoauth2, []byte("user=" + user + "\x01auth=Bearer " + access + "\x01\x01"), nil}, true
	case offered(oauthBearer): // RFC 7628, 3.1
		name := strings.NewReplacer("=", "=3D", ",", "=2C").Replace(user)
		first := fmt.Appendf(nil, "n,a=%s,\x01host=%s\x01port=%d\x01auth=Bearer %s\x01\x01", name, host, port, access)
		return Way{oauthBearer, first, []byte{1}}, true
	}
	return Way{}, false
}

// bearing is the client's side of both mechanisms. Where a token is not taken
// the server says why in a challenge, and its NO follows only upon an answer.
type bearing struct {
	way   Way
	asked bool
}

// Start implements sasl.Client.
func (b *bearing) Start() (mechanism string, first []byte, err error) {
	return b.way.Mechanism, b.way.First, nil
}

// Next implements sasl.Client.
func (b *bearing) Next([]byte) ([]byte, error) {
	if b.asked {
		return nil, sasl.ErrUnexpectedServerChallenge
	}
	b.asked = true
	return b.way.Last, nil
}

// forms are all texts in which the session's secrets went out.
func (s *session) forms() []string {
	code := base64.StdEncoding.EncodeToString
	if s.access != "" {
		all := []string{code([]byte(s.access)), s.access, string(clean([]byte(s.access)))}
		if way := s.giving.Load(); way != nil {
			all = append([]string{code(way.First)}, all...)
		}
		return all
	}
	p := s.cfg.Password
	if p == "" {
		return nil
	}
	quoted := strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(p)
	return []string{code([]byte("\x00" + s.cfg.Username + "\x00" + p)), code([]byte(p)), quoted, p, string(clean([]byte(p)))}
}
