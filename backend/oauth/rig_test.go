package oauth

import (
	"context"
	"errors"
	"html"
	"io"
	"net/http"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"postvak/backend/inbox"
	"postvak/backend/run"
	"postvak/backend/sandbox/oauthserver"
)

const (
	clientID = "the-company.apps.example.test"
	secret   = "GOCSPX-not-so-secret"
	ann      = "ann@example.test"
)

var noon = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)

// rig is a firm's server and a client of it.
type rig struct {
	*oauthserver.Server
	clock  *run.Manual
	client *Client
	cfg    Config
}

func start(t *testing.T, firm oauthserver.Firm, change func(*oauthserver.Config, *Config)) *rig {
	t.Helper()
	r := &rig{clock: run.NewManual(noon)}
	server := oauthserver.Config{Firm: firm, Clock: r.clock, ClientID: clientID, User: ann}
	provider := Microsoft("")
	if firm == oauthserver.Google {
		provider, server.ClientSecret = Google(), secret
	}
	r.cfg = Config{Provider: provider, ClientID: clientID, ClientSecret: server.ClientSecret, Clock: r.clock}
	if change != nil {
		change(&server, &r.cfg)
	}
	var err error
	if r.Server, err = oauthserver.Start(server); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = r.Close() })
	r.cfg.Provider = r.cfg.Provider.At(r.URL())
	r.client = New(r.cfg)
	return r
}

// browser goes where it is sent, as a person who does not hesitate would.
type browser struct {
	click string // the link to follow on a page that asks
	going sync.WaitGroup
	asked string // the first address
	shown string // the last page
}

func (b *browser) open(url string) error {
	b.asked = url
	b.going.Go(func() {
		b.shown = get(url)
		link := regexp.MustCompile(`id="` + b.click + `" href="([^"]*)"`).FindStringSubmatch(b.shown)
		if b.click != "" && link != nil {
			b.shown = get(url[:strings.Index(url, "/authorize")] + html.UnescapeString(link[1]))
		}
	})
	return nil
}

func get(url string) string {
	res, err := http.Get(url)
	if err != nil {
		return err.Error()
	}
	defer res.Body.Close()
	page, err := io.ReadAll(res.Body)
	return errors.Join(errors.New(string(page)), err).Error()
}

func (r *rig) signIn(ctx context.Context, b *browser) (Token, error) {
	defer b.going.Wait()
	return r.client.SignIn(ctx, "", b.open)
}

// refused wants a failure that says what to do and nothing that nobody may know.
func refused(t *testing.T, err error, code inbox.Code, secrets ...string) {
	t.Helper()
	told, ok := errors.AsType[*inbox.Error](err)
	if !ok || told.Code != code || !strings.HasSuffix(told.Message, ".") {
		t.Errorf("%v is no %s with a sentence", err, code)
		return
	}
	for e := err; e != nil; e = errors.Unwrap(e) {
		for _, s := range secrets {
			if s != "" && strings.Contains(e.Error(), s) {
				t.Errorf("%q is in %q", s, e)
			}
		}
	}
}

// memory is a Store.
type memory struct {
	mu    sync.Mutex
	token Token
	fail  error // of Save
	saves int
}

func (m *memory) Load(context.Context) (Token, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.token.Refresh == "" {
		return Token{}, inbox.Errorf(inbox.NotFound, "There is none.")
	}
	return m.token, nil
}

func (m *memory) Save(ctx context.Context, t Token) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if err := errors.Join(ctx.Err(), m.fail); err != nil {
		return err
	}
	m.saves++
	m.token = t
	return nil
}

func (m *memory) put(t Token) { _ = m.Save(context.Background(), t) }

func (m *memory) failing(err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.fail = err
}
