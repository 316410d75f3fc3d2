package rest

import (
	"bytes"
	"cmp"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"sync"
	"time"

	"postvak/backend/run"
)

const (
	usualAnswer = int64(8 << 20)
	usualTime   = 30 * time.Second
)

// Config says how a client asks. The zero value asks as usual.
type Config struct {
	Clock   run.Clock      // nil: the computer's
	Roots   *x509.CertPool // who vouches for the firm's hosts; nil: the system's
	Timeout time.Duration  // of one call, its answer included; 0: 30 seconds
}

// Client makes calls. It is safe for concurrent use and starts no goroutine that
// outlives a call.
type Client struct {
	cfg  Config
	http *http.Client

	mu     sync.Mutex
	offset time.Duration // of the firm's clock against ours
	seen   time.Time     // ours at its last answer
	known  bool
}

// New makes a client.
func New(cfg Config) *Client {
	if cfg.Clock == nil {
		cfg.Clock = run.System
	}
	if cfg.Timeout == 0 {
		cfg.Timeout = usualTime
	}
	return &Client{cfg: cfg, http: &http.Client{
		Transport:     transport(cfg.Roots),
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// transport is the program's, whose connections all share; one with roots
// of its own where those are given.
func transport(roots *x509.CertPool) http.RoundTripper {
	usual, ok := http.DefaultTransport.(*http.Transport)
	if roots == nil || !ok {
		return http.DefaultTransport
	}
	own := usual.Clone()
	own.TLSClientConfig = &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12}
	return own
}

// Call is one request.
type Call struct {
	Method, URL string
	Header      http.Header
	Body        []byte
	Max         int64         // bytes of the answer that are read; 0: 8 MiB
	What        string        // names the call in errors, without secrets and without anybody's words
	Time        time.Duration // for all of it; 0: the client's
	Bytes       bool          // the answer is a file: nothing is read in it
	// Before is called once, when the connection stands and before the first byte
	// of Body is handed over. What it gives ends the call: without its body the
	// request is none. It needs a Body.
	Before func() error
}

// Reply is an answer, whatever it is.
type Reply struct {
	Status int
	Header http.Header
	Raw    []byte
	Body   Object // of an answer that is a JSON object
	JSON   bool   // it is one
}

// OK says that the firm did what was asked, and said so in JSON.
func (r Reply) OK() bool { return r.JSON && r.Status >= 200 && r.Status < http.StatusMultipleChoices }

// NoAnswer is why there is no Reply. Sent says that the request may have been
// carried out all the same.
type NoAnswer struct {
	What string
	Sent bool
	Err  error
}

func (n *NoAnswer) Error() string { return n.What + ": " + n.Err.Error() }

// Unwrap gives the cause.
func (n *NoAnswer) Unwrap() error { return n.Err }

// ErrTooLarge is the cause when an answer is longer than was asked for.
var ErrTooLarge = errors.New("the answer is too long")

// Do makes one attempt. Its error is Before's, or *NoAnswer.
func (c *Client) Do(ctx context.Context, call Call) (Reply, error) {
	ctx, cancel := context.WithTimeout(ctx, cmp.Or(call.Time, c.cfg.Timeout))
	defer cancel()
	body := &bodyReader{Reader: bytes.NewReader(call.Body), before: call.Before}
	req, err := request(ctx, call, body)
	if err != nil {
		return Reply{}, &NoAnswer{call.What, false, errors.New("the address cannot be asked")}
	}
	res, err := c.http.Do(req)
	if refused := body.refused(); refused != nil {
		if err == nil {
			_ = res.Body.Close()
		}
		return Reply{}, refused
	}
	if err != nil {
		return Reply{}, &NoAnswer{call.What, body.begun(), cause(err)}
	}
	defer func() { _ = res.Body.Close() }()
	most := cmp.Or(call.Max, usualAnswer)
	raw, err := io.ReadAll(io.LimitReader(res.Body, most+1))
	if err != nil {
		return Reply{}, &NoAnswer{call.What, true, cause(err)}
	}
	if int64(len(raw)) > most {
		return Reply{}, &NoAnswer{call.What, true, ErrTooLarge}
	}
	reply := Reply{Status: res.StatusCode, Header: res.Header, Raw: raw}
	if !call.Bytes || reply.Status >= http.StatusMultipleChoices {
		reply.Body, reply.JSON = Parse(raw)
	}
	c.learn(reply)
	return reply, nil
}

func request(ctx context.Context, call Call, body *bodyReader) (*http.Request, error) {
	var content io.Reader
	if call.Body != nil {
		content = body
	}
	req, err := http.NewRequestWithContext(ctx, call.Method, call.URL, content)
	if err != nil {
		return nil, err
	}
	req.ContentLength = int64(len(call.Body))
	if call.Header != nil {
		req.Header = call.Header.Clone()
	}
	req.Header.Set("User-Agent", "Postvak")
	if req.Header.Get("Accept") == "" {
		req.Header.Set("Accept", "application/json")
	}
	return req, nil
}

// cause is an error without the address that was asked.
func cause(err error) error {
	var u *url.Error
	if errors.As(err, &u) {
		return u.Err
	}
	return err
}

// bodyReader notices when a request's body begins to leave.
type bodyReader struct {
	*bytes.Reader
	before func() error

	mu  sync.Mutex
	got bool
	err error
}

// Read implements io.Reader.
func (b *bodyReader) Read(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if !b.got && b.before != nil {
		b.err = b.before()
	}
	b.got = true
	if b.err != nil {
		return 0, b.err
	}
	return b.Reader.Read(p)
}

// WriteTo would pass by Read.
func (b *bodyReader) WriteTo(w io.Writer) (int64, error) { return io.Copy(w, struct{ io.Reader }{b}) }

func (b *bodyReader) begun() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.got
}

func (b *bodyReader) refused() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.err
}

// maxParts is how many values an answer may have. Each takes many times its
// bytes in memory, and no firm's largest page has a tenth of these.
const maxParts = 2 << 20

// Parse takes an answer's object; anything else is none, and so is one with more
// values than any firm has to say.
func Parse(raw []byte) (Object, bool) {
	if bytes.Count(raw, []byte{','})+bytes.Count(raw, []byte{'['})+bytes.Count(raw, []byte{'{'}) > maxParts {
		return nil, false
	}
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.UseNumber()
	var o Object
	if dec.Decode(&o) != nil || o == nil {
		return nil, false
	}
	_, err := dec.Token()
	return o, errors.Is(err, io.EOF)
}
