package imap

import (
	"bufio"
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"strings"
	"sync/atomic"
	"time"

	goimap "github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"
	"github.com/emersion/go-sasl"
)

// session is one connection, signed in. It is the net.Conn that go-imap reads
// from and writes to.
type session struct {
	net.Conn
	cfg    Config
	sig    signals
	in     *reader
	client *imapclient.Client
	caps   goimap.CapSet
	moved  atomic.Int64          // bytes, both ways
	cause  atomic.Pointer[Error] // why it ended, when the library cannot know
	access string                // the token it signs in with, where that is the way
	giving atomic.Pointer[Way]   // how it does
}

// open connects and signs in.
func open(ctx context.Context, cfg Config) (*session, error) {
	if cfg.Bearer != nil {
		return openBearer(ctx, cfg)
	}
	return openWith(ctx, cfg, "")
}

func openWith(ctx context.Context, cfg Config, access string) (*session, error) {
	conn, err := connect(ctx, cfg)
	if err != nil {
		return nil, err
	}
	s := &session{Conn: conn, cfg: cfg, access: access}
	s.sig.news = make(chan struct{}, 1)
	s.in = newReader(meter{conn, &s.moved}, &s.sig, cfg.Log, cfg.MaxMessage)
	if cfg.Security == StartTLS { // the greeting came before TLS, and only it may be believed
		s.in.out = append(s.in.out, "* OK TLS\r\n"...)
	}
	s.client = imapclient.New(s, nil)
	if err := s.signIn(ctx); err != nil {
		s.close()
		return nil, err
	}
	return s, nil
}

// meter counts what arrives from the network, not what the library takes.
type meter struct {
	io.Reader
	moved *atomic.Int64
}

func (m meter) Read(p []byte) (int, error) {
	n, err := m.Reader.Read(p)
	m.moved.Add(int64(n))
	return n, err
}

func (s *session) Read(p []byte) (int, error) {
	n, err := s.in.Read(p)
	if err != nil && n == 0 {
		var protocol protocolError
		if errors.As(err, &protocol) {
			s.fail(&Error{Kind: KindProtocol, Detail: s.scrub(string(protocol))})
		} else {
			s.lost(err)
		}
	}
	return n, err
}

func (s *session) Write(p []byte) (int, error) {
	if tag := s.sig.selecting.Load(); tag != nil && *tag == "" {
		s.noteSelect(p)
	}
	if string(p) == "=\r\n" && s.giving.Load() != nil {
		_, err := s.send([]byte("\r\n")) // the library's sign for an empty answer is for commands
		return len(p), err
	}
	return s.send(p)
}

func (s *session) send(p []byte) (int, error) {
	n, err := s.Conn.Write(p)
	s.moved.Add(int64(n))
	if err != nil {
		s.lost(err)
	}
	return n, err
}

// lost notes that the line broke. It is not the reason when the socket was
// closed at this end: whoever did so knows why, fail or the library, which
// hangs up over a line it cannot read.
func (s *session) lost(err error) {
	if !errors.Is(err, net.ErrClosed) {
		s.fail(&Error{Kind: KindClosed, Server: s.farewell(), Err: err})
	}
}

// noteSelect notes the tag of a SELECT that is sent. The library's own
// CAPABILITY may come in between.
func (s *session) noteSelect(p []byte) {
	tag, rest, _ := strings.Cut(string(p), " ")
	if strings.HasPrefix(rest, "SELECT ") || strings.HasPrefix(rest, "EXAMINE ") {
		s.sig.selecting.Store(&tag)
	}
}

// The library's own time-outs are replaced by watch.

func (s *session) SetDeadline(time.Time) error      { return nil }
func (s *session) SetReadDeadline(time.Time) error  { return nil }
func (s *session) SetWriteDeadline(time.Time) error { return nil }

func (s *session) farewell() string {
	if words := s.sig.bye.Load(); words != nil {
		return s.scrub(*words)
	}
	return ""
}

// fail closes the socket and keeps the first reason.
func (s *session) fail(why *Error) {
	s.cause.CompareAndSwap(nil, why)
	s.Conn.Close()
}

// close ends the session and waits for the library's goroutine.
func (s *session) close() {
	s.fail(&Error{Kind: KindClosed, Err: net.ErrClosed})
	<-s.client.Closed()
}

func (s *session) dead() bool {
	return s.cause.Load() != nil || s.client.State() == goimap.ConnStateLogout
}

// explain turns what a command returned into an Error.
func (s *session) explain(ctx context.Context, err error) error {
	if err == nil {
		return nil
	}
	if _, ok := errors.AsType[errGiven](err); ok {
		return err
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	var known *Error
	if errors.As(err, &known) {
		return err
	}
	var refused *goimap.Error
	if errors.As(err, &refused) {
		return s.refusal(refused)
	}
	if cause := s.cause.Load(); cause != nil {
		return cause
	}
	return &Error{Kind: KindProtocol, Detail: s.scrub(err.Error())}
}

func (s *session) refusal(e *goimap.Error) *Error {
	out := &Error{Kind: KindNo, Server: s.scrub(e.Text), Code: string(e.Code), Detail: string(e.Type)}
	switch e.Code {
	case goimap.ResponseCodeNonExistent, goimap.ResponseCodeTryCreate:
		out.Kind = KindMissing
	case goimap.ResponseCodeOverQuota, goimap.ResponseCodeLimit:
		out.Kind = KindQuota
	case "TOOBIG":
		out.Kind = KindTooLarge
	case goimap.ResponseCodeUnavailable, goimap.ResponseCodeInUse:
		out.Kind = KindBusy
	}
	if e.Type == goimap.StatusResponseTypeBye || throttled(out) {
		out.Kind = KindBusy
	}
	return out
}

// scrub takes the password, or the access token, out of a server's words, in the
// forms in which it was sent.
func (s *session) scrub(words string) string {
	for _, secret := range s.forms() {
		words = strings.ReplaceAll(words, secret, "…")
	}
	return words
}

// connect gives a protected connection on which nobody has said anything that
// matters yet.
func connect(ctx context.Context, cfg Config) (net.Conn, error) {
	ctx, cancel := context.WithTimeout(ctx, cfg.Deadline)
	defer cancel()
	var dialer net.Dialer
	conn, err := dialer.DialContext(ctx, "tcp", cfg.address())
	if err != nil {
		if errors.Is(context.Cause(ctx), context.Canceled) {
			return nil, context.Canceled
		}
		return nil, dialError(err)
	}
	if cfg.Security == None {
		if !loopbackAddr(conn.RemoteAddr()) {
			conn.Close()
			return nil, &Error{Kind: KindConfig, Detail: "an unprotected connection to another computer"}
		}
		return conn, nil
	}
	protected, err := protect(ctx, cfg, conn)
	if err != nil {
		conn.Close()
		return nil, err
	}
	return protected, nil
}

func protect(ctx context.Context, cfg Config, conn net.Conn) (net.Conn, error) {
	if cfg.Security == StartTLS {
		if err := startTLS(ctx, conn); err != nil {
			return nil, inTime(ctx, err)
		}
	}
	protected := tls.Client(conn, cfg.tls())
	if err := protected.HandshakeContext(ctx); err != nil {
		return nil, inTime(ctx, handshakeError(err))
	}
	return protected, nil
}

// inTime gives the context's reason where that is why err happened.
func inTime(ctx context.Context, err error) error {
	switch ctx.Err() {
	case nil:
		return err
	case context.DeadlineExceeded:
		return &Error{Kind: KindTimeout, Err: err}
	default:
		return ctx.Err()
	}
}

// startTLS asks for TLS on a plain connection and returns when the handshake
// may begin. It fails closed: without the server's OK, or with a byte behind
// it, nothing more is sent. (go-imap would take what came before the handshake
// for answers.) Whether STARTTLS is advertised is not looked at: an attacker
// can take it out of that list, but cannot make the handshake succeed.
func startTLS(ctx context.Context, conn net.Conn) error {
	stop := context.AfterFunc(ctx, func() { conn.SetDeadline(time.Unix(1, 0)) })
	defer stop()
	in := bufio.NewReaderSize(conn, 8<<10)
	greeting, err := plainLine(in)
	if err != nil {
		return err
	}
	if !beginsWith(greeting, "* OK") {
		return &Error{Kind: KindTLS, Detail: "the greeting was not OK", Server: string(greeting)}
	}
	if _, err := io.WriteString(conn, "S1 STARTTLS\r\n"); err != nil {
		return &Error{Kind: KindClosed, Err: err}
	}
	for range 100 {
		line, err := plainLine(in)
		switch {
		case err != nil:
			return err
		case beginsWith(line, "S1 OK"):
			if in.Buffered() > 0 {
				return &Error{Kind: KindTLS, Detail: "something was said between STARTTLS and the handshake"}
			}
			return nil
		case beginsWith(line, "S1"):
			return &Error{Kind: KindTLS, Detail: "STARTTLS refused", Server: string(clean(line[2:]))}
		}
	}
	return &Error{Kind: KindTLS, Detail: "no answer to STARTTLS"}
}

func plainLine(in *bufio.Reader) ([]byte, error) {
	line, err := in.ReadSlice('\n')
	if errors.Is(err, bufio.ErrBufferFull) {
		return nil, &Error{Kind: KindProtocol, Detail: "a line without an end"}
	}
	if err != nil {
		return nil, &Error{Kind: KindClosed, Err: err}
	}
	return clean(line), nil
}

func beginsWith(line []byte, begin string) bool {
	return len(line) >= len(begin) && is(line[:len(begin)], begin) && (len(line) == len(begin) || line[len(begin)] == ' ')
}

// signIn waits for the greeting and signs in: with an access token where that is
// the way, else by AUTHENTICATE PLAIN where it is offered (it takes every
// character), else by LOGIN. Capabilities are asked
// for again afterwards: many servers keep the interesting ones until then.
func (s *session) signIn(ctx context.Context) error {
	w := s.watch(ctx, false)
	defer w.stop()
	if err := s.client.WaitGreeting(); err != nil {
		if e, ok := errors.AsType[*goimap.Error](err); ok {
			return &Error{Kind: KindBusy, Server: s.scrub(e.Text), Code: string(e.Code)}
		}
		if words := s.farewell(); words != "" && ctx.Err() == nil { // the library may see the end before the BYE
			return &Error{Kind: KindBusy, Server: words}
		}
		return s.explain(ctx, err)
	}
	if s.client.State() == goimap.ConnStateNotAuthenticated {
		if err := s.authenticate(ctx); err != nil {
			return err
		}
	}
	caps, err := s.client.Capability().Wait()
	if err != nil {
		return s.explain(ctx, err)
	}
	s.caps = caps
	return nil
}

func (s *session) authenticate(ctx context.Context) error {
	if s.cfg.Bearer != nil {
		return s.bear(ctx)
	}
	caps := s.client.Caps()
	barred := caps.Has(goimap.CapLoginDisabled)
	if caps.Has(goimap.AuthCap(sasl.Plain)) {
		err := s.client.Authenticate(sasl.NewPlainClient("", s.cfg.Username, s.cfg.Password))
		refused, ok := errors.AsType[*goimap.Error](err)
		if err == nil {
			return nil
		}
		if !ok || refused.Type != goimap.StatusResponseTypeBad || barred { // BAD: it offers what it does not have
			return s.loginRefused(ctx, err)
		}
	}
	if barred {
		return &Error{Kind: KindDisabled, Detail: "the server takes no passwords on this connection (LOGINDISABLED)"}
	}
	return s.loginRefused(ctx, s.client.Login(s.cfg.Username, s.cfg.Password).Wait())
}

func (s *session) loginRefused(ctx context.Context, err error) error {
	if refused, ok := errors.AsType[*goimap.Error](err); ok && ctx.Err() == nil {
		return loginError(s.refusal(refused))
	}
	err = s.explain(ctx, err)
	if e, ok := errors.AsType[*Error](err); ok && e.Kind == KindClosed && e.Server != "" { // BYE instead of NO
		return loginError(&Error{Server: e.Server, Detail: "BYE"})
	}
	return err
}
