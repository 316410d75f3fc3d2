package email

import (
	"bufio"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"io"
	"net"
	"os"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	"postvak/backend/imap"
	"postvak/backend/inbox"
)

const (
	smtpStep    = 60 * time.Second // for each command and each part of the text
	smtpAnswer  = 5 * time.Minute  // for the answer to the final dot (RFC 5321, 4.5.3.2.6, halved)
	smtpFalling = 3 * time.Second  // for that answer when the program stops
	maxLine     = 4 << 10          // of an answer; RFC 5321 allows 512 bytes
	maxLines    = 200
	maxWords    = 300 // of the server's, in a sentence for a person
)

// smtpError is a failure before or at one of SMTP's verbs. It holds no
// password, also not when a server repeats it.
type smtpError struct {
	kind   imap.Kind
	code   int    // the server's answer; 0: there was none
	server string // its words
	err    error
}

func (e *smtpError) Error() string {
	s := "smtp: " + string(e.kind)
	if e.server != "" {
		s += ": " + e.server
	} else if e.err != nil {
		s += ": " + e.err.Error()
	}
	return s
}

func (e *smtpError) Unwrap() error { return e.err }

// smtpConn is one submission session (RFC 5321, RFC 6409). A client of our own
// because sending once (R34) needs to know after which byte a failure fell.
type smtpConn struct {
	conn   net.Conn
	in     *bufio.Reader
	ext    map[string]string // EHLO's keywords, upper case, with their parameters
	secret string
	coded  string // user and secret as AUTH PLAIN sent them
	unhook func() bool

	mu       sync.Mutex
	raw      net.Conn // under TLS
	stopping bool     // the context ended
	dotted   bool     // the last byte went out: the answer is waited for, also then
}

// smtpDial connects and secures the connection. Nothing was said yet that
// matters; the caller signs in.
func smtpDial(ctx context.Context, s inbox.Server, password string, roots *x509.CertPool) (*smtpConn, error) {
	dialer := net.Dialer{Timeout: smtpStep}
	conn, err := dialer.DialContext(ctx, "tcp", net.JoinHostPort(s.Host, strconv.Itoa(s.Port)))
	if err != nil {
		return nil, dialFault(err)
	}
	if s.Security == inbox.NoTLS && !loopback(conn.RemoteAddr()) {
		conn.Close()
		return nil, &smtpError{kind: imap.KindConfig, err: errors.New("an unprotected connection to another computer")}
	}
	c := &smtpConn{conn: conn, raw: conn, secret: password}
	c.unhook = context.AfterFunc(ctx, c.hurry)
	c.patience(smtpStep)
	if err := c.open(ctx, s, roots); err != nil {
		c.close()
		return nil, err
	}
	return c, nil
}

func (c *smtpConn) open(ctx context.Context, s inbox.Server, roots *x509.CertPool) error {
	config := &tls.Config{ServerName: s.Host, RootCAs: roots, MinVersion: tls.VersionTLS12}
	if s.Security != inbox.STARTTLS && s.Security != inbox.NoTLS { // whatever else it says: closed
		if err := c.handshake(ctx, config); err != nil {
			return err
		}
	}
	c.in = bufio.NewReaderSize(c.conn, maxLine)
	if _, _, err := c.answer(220); err != nil {
		return err
	}
	if err := c.hello(); err != nil {
		return err
	}
	if s.Security == inbox.STARTTLS {
		return c.startTLS(ctx, config)
	}
	return nil
}

func (c *smtpConn) close() {
	c.unhook()
	c.raw.Close()
}

// hurry ends whatever is waited for, because the program stops. Only an answer
// to the last byte is given a moment: without it nobody knows what happened.
func (c *smtpConn) hurry() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.stopping = true
	if c.dotted {
		c.raw.SetDeadline(time.Now().Add(smtpFalling))
	} else {
		c.raw.SetDeadline(time.Unix(1, 0))
	}
}

// patience sets the time for the next step, unless the program is stopping.
func (c *smtpConn) patience(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.stopping {
		c.raw.SetDeadline(time.Now().Add(d))
	}
}

// dot marks that the last byte goes out.
func (c *smtpConn) dot() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.dotted = true
	d := smtpAnswer
	if c.stopping {
		d = smtpFalling
	}
	c.raw.SetDeadline(time.Now().Add(d))
}

// quit says goodbye; what the server thinks of it does not matter.
func (c *smtpConn) quit() {
	c.patience(smtpFalling)
	_, _ = io.WriteString(c.conn, "QUIT\r\n")
	c.close()
}

func (c *smtpConn) handshake(ctx context.Context, config *tls.Config) error {
	c.patience(smtpStep)
	protected := tls.Client(c.conn, config)
	if err := protected.HandshakeContext(ctx); err != nil {
		return handshakeFault(err)
	}
	c.conn = protected
	return nil
}

// startTLS fails closed: without the offer, the answer and a clean handshake
// nothing more is said, and bytes that came before the handshake end it.
func (c *smtpConn) startTLS(ctx context.Context, config *tls.Config) error {
	if _, offered := c.ext["STARTTLS"]; !offered {
		return &smtpError{kind: imap.KindTLS, err: errors.New("STARTTLS is not offered")}
	}
	if _, words, err := c.command(220, "STARTTLS"); err != nil {
		return &smtpError{kind: imap.KindTLS, server: words, err: err}
	}
	if c.in.Buffered() > 0 {
		return &smtpError{kind: imap.KindTLS, err: errors.New("something was said between STARTTLS and the handshake")}
	}
	if err := c.handshake(ctx, config); err != nil {
		return err
	}
	c.in = bufio.NewReaderSize(c.conn, maxLine)
	return c.hello()
}

func (c *smtpConn) hello() error {
	c.ext = map[string]string{}
	_, words, err := c.command(250, "EHLO localhost")
	if e, ok := errors.AsType[*smtpError](err); ok && e.code >= 500 {
		_, _, err = c.command(250, "HELO localhost")
		return err
	}
	for i, line := range strings.Split(words, "\n") {
		if name, rest, _ := strings.Cut(line, " "); i > 0 {
			c.ext[strings.ToUpper(name)] = rest
		}
	}
	return err
}

// signIn uses PLAIN, else LOGIN. A server on this computer may do without.
func (c *smtpConn) signIn(s inbox.Server) error {
	mechanisms, offered := c.ext["AUTH"]
	mechanisms = " " + strings.ToUpper(mechanisms) + " "
	switch {
	case s.Username == "" || !offered && s.Security == inbox.NoTLS:
		return nil
	case strings.Contains(mechanisms, " PLAIN "):
		plain := base64.StdEncoding.EncodeToString([]byte("\x00" + s.Username + "\x00" + c.secret))
		c.coded = plain
		_, _, err := c.command(235, "AUTH PLAIN "+plain)
		return authFault(err)
	case strings.Contains(mechanisms, " LOGIN "):
		return authFault(c.login(s.Username))
	}
	return &smtpError{kind: imap.KindDisabled, err: errors.New("no way to sign in with a password is offered: " + mechanisms)}
}

func (c *smtpConn) login(user string) error {
	if _, _, err := c.command(334, "AUTH LOGIN"); err != nil {
		return err
	}
	if _, _, err := c.command(334, base64.StdEncoding.EncodeToString([]byte(user))); err != nil {
		return err
	}
	_, _, err := c.command(235, base64.StdEncoding.EncodeToString([]byte(c.secret)))
	return err
}

// command says one line and reads the answer, which must have the code.
func (c *smtpConn) command(want int, line string) (int, string, error) {
	if strings.ContainsAny(line, "\r\n\x00") {
		return 0, "", &smtpError{kind: imap.KindConfig, err: errors.New("a line break in a command")}
	}
	c.patience(smtpStep)
	if _, err := io.WriteString(c.conn, line+"\r\n"); err != nil {
		return 0, "", lost(err)
	}
	return c.answer(want)
}

// answer reads one answer of any number of lines. The words are its lines
// without their codes.
func (c *smtpConn) answer(want int) (int, string, error) {
	var words []string
	for range maxLines {
		line, err := c.in.ReadSlice('\n')
		if errors.Is(err, bufio.ErrBufferFull) {
			return 0, "", &smtpError{kind: imap.KindProtocol, err: errors.New("a line without an end")}
		}
		if err != nil {
			return 0, "", lost(err)
		}
		code, more, text, ok := parseAnswer(line)
		if !ok {
			return 0, "", &smtpError{kind: imap.KindProtocol, err: errors.New("an answer that is none")}
		}
		words = append(words, c.clean(text))
		if !more {
			return c.judge(code, want, strings.Join(words, "\n"))
		}
	}
	return 0, "", &smtpError{kind: imap.KindProtocol, err: errors.New("an answer without an end")}
}

func (c *smtpConn) judge(code, want int, words string) (int, string, error) {
	if code == want || want == 250 && code/100 == 2 {
		return code, words, nil
	}
	kind := imap.KindNo
	switch {
	case code/100 == 4:
		kind = imap.KindBusy
	case code/100 != 5:
		kind = imap.KindProtocol
	}
	said := strings.Join(strings.Fields(strconv.Itoa(code)+" "+words), " ")
	return code, words, &smtpError{kind: kind, code: code, server: clip(said, maxWords)}
}

func parseAnswer(line []byte) (code int, more bool, text string, ok bool) {
	s := strings.TrimRight(string(line), "\r\n")
	if len(s) < 3 {
		return 0, false, "", false
	}
	code, err := strconv.Atoi(s[:3])
	if err != nil || code < 200 || code > 599 {
		return 0, false, "", false
	}
	if len(s) == 3 {
		return code, false, "", true
	}
	if s[3] != ' ' && s[3] != '-' {
		return 0, false, "", false
	}
	return code, s[3] == '-', s[4:], true
}

// clean takes control characters, bytes that are no text, and the password in
// each form in which it was sent out of a server's words.
func (c *smtpConn) clean(s string) string {
	s = strings.Map(func(r rune) rune {
		if r < 0x20 || r == 0x7f || r == '\ufffd' {
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, ""))
	if c.secret == "" {
		return s
	}
	forms := []string{base64.StdEncoding.EncodeToString([]byte(c.secret)), "…", c.secret, "…"}
	if c.coded != "" {
		forms = append([]string{c.coded, "…"}, forms...)
	}
	return strings.NewReplacer(forms...).Replace(s)
}

func clip(s string, n int) string {
	if r := []rune(s); len(r) > n {
		return string(r[:n]) + "…"
	}
	return s
}

func lost(err error) error {
	if errors.Is(err, os.ErrDeadlineExceeded) {
		return &smtpError{kind: imap.KindTimeout, err: err}
	}
	return &smtpError{kind: imap.KindClosed, err: err}
}

func dialFault(err error) error {
	var dns *net.DNSError
	var timeout net.Error
	switch {
	case errors.As(err, &dns) && dns.IsNotFound:
		return &smtpError{kind: imap.KindHost, err: err}
	case errors.Is(err, syscall.ECONNREFUSED):
		return &smtpError{kind: imap.KindRefused, err: err}
	case errors.As(err, &timeout) && timeout.Timeout():
		return &smtpError{kind: imap.KindTimeout, err: err}
	}
	return &smtpError{kind: imap.KindOffline, err: err}
}

func handshakeFault(err error) error {
	var verification *tls.CertificateVerificationError
	switch {
	case errors.As(err, &verification):
		return &smtpError{kind: imap.KindCertificate, err: err}
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, os.ErrDeadlineExceeded):
		return &smtpError{kind: imap.KindTimeout, err: err}
	case imap.Lost(err):
		return &smtpError{kind: imap.KindClosed, err: err}
	}
	return &smtpError{kind: imap.KindTLS, err: err}
}

// The words by which big providers say that the password is not the problem.
var smtpDisabled = []string{"application-specific password", "basic authentication is disabled", "smtpclientauthentication is disabled", "5.7.139", "web login required"}

func authFault(err error) error {
	e, ok := errors.AsType[*smtpError](err)
	if !ok || e.code == 0 {
		return err
	}
	words := strings.ToLower(e.server)
	switch {
	case e.code/100 == 4 && (e.code != 432 || strings.Contains(words, "limit exceeded")): // Exchange's 432 is about too many connections
		e.kind = imap.KindBusy
	default:
		e.kind = imap.KindAuth
	}
	for _, w := range smtpDisabled {
		if strings.Contains(words, w) {
			e.kind = imap.KindDisabled
		}
	}
	return e
}

func loopback(a net.Addr) bool {
	tcp, ok := a.(*net.TCPAddr)
	return ok && tcp.IP.IsLoopback()
}
