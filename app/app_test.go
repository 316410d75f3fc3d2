package app

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"postvak/backend/keyring"
)

// rig is the whole program on a temporary folder and a free port.
type rig struct {
	t      *testing.T
	app    *App
	host   *Headless
	base   string
	token  string
	client *http.Client
}

var testAssets = fstest.MapFS{
	"index.html":    {Data: []byte(`<!doctype html><html><head><script type="module" src="/assets/a.js"></script></head></html>`)},
	"assets/a.js":   {Data: []byte(`export {}`)},
	"assets/a.woff": {Data: []byte(`x`)},
}

func startRig(t *testing.T, opt Options) *rig {
	t.Helper()
	if opt.Dir == "" {
		opt.Dir = t.TempDir()
	}
	if opt.Secrets == nil {
		opt.Secrets = keyring.NewMemory()
	}
	opt.Assets, opt.LogLevel, opt.Person = testAssets, slog.LevelDebug, "Robin Hofman"
	a, err := New(opt)
	if err != nil {
		t.Fatal(err)
	}
	host, err := NewHeadless(a, "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var served sync.WaitGroup
	served.Go(func() {
		if err := host.Serve(); err != nil {
			t.Error(err)
		}
	})
	r := &rig{t: t, app: a, host: host, base: "http://" + host.listener.Addr().String(), token: host.token, client: &http.Client{}}
	t.Cleanup(func() {
		r.client.CloseIdleConnections()
		host.Close()
		served.Wait()
		a.Close()
	})
	return r
}

// demo starts the sandbox whose customers write only when told to.
func startDemo(t *testing.T) *rig { return startRig(t, Options{Sandbox: true, Quiet: true}) }

type reply struct {
	Result json.RawMessage `json:"result"`
	Error  *Failure        `json:"error"`
	status int
}

// post makes a call with raw arguments.
func (r *rig) post(name, arguments string) reply {
	r.t.Helper()
	request, _ := http.NewRequestWithContext(context.Background(), http.MethodPost, r.base+"/call/"+name, strings.NewReader(arguments))
	request.Header.Set("Authorization", "Bearer "+r.token)
	response, err := r.client.Do(request)
	if err != nil {
		r.t.Fatal(err)
	}
	defer response.Body.Close()
	var answer reply
	if err := json.NewDecoder(response.Body).Decode(&answer); err != nil {
		r.t.Fatalf("%s: %v", name, err)
	}
	answer.status = response.StatusCode
	return answer
}

// call makes a call that must work, and reads its result.
func call[T any](r *rig, name string, arguments ...any) T {
	r.t.Helper()
	if arguments == nil {
		arguments = []any{}
	}
	text, err := json.Marshal(arguments)
	if err != nil {
		r.t.Fatal(err)
	}
	answer := r.post(name, string(text))
	if answer.Error != nil {
		r.t.Fatalf("%s: %+v", name, *answer.Error)
	}
	var result T
	if err := json.Unmarshal(answer.Result, &result); err != nil {
		r.t.Fatalf("%s: %v in %s", name, err, answer.Result)
	}
	return result
}

// refused makes a call that must fail with a code.
func (r *rig) refused(code, name string, arguments ...any) Failure {
	r.t.Helper()
	if arguments == nil {
		arguments = []any{}
	}
	text, _ := json.Marshal(arguments)
	answer := r.post(name, string(text))
	if answer.Error == nil || answer.Error.Code != code {
		r.t.Fatalf("%s: %+v (%s), want %s", name, answer.Error, answer.Result, code)
	}
	if answer.Error.Message == "" {
		r.t.Errorf("%s: no sentence for a person", name)
	}
	return *answer.Error
}

type nothing struct{}

// listener reads /events.
type listener struct {
	events chan event
	stop   func()
}

func (r *rig) listen() *listener {
	r.t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	request, _ := http.NewRequestWithContext(ctx, http.MethodGet, r.base+"/events", nil)
	request.Header.Set("Authorization", "Bearer "+r.token)
	response, err := r.client.Do(request)
	if err != nil || response.StatusCode != http.StatusOK {
		r.t.Fatalf("events: %v", err)
	}
	l := &listener{events: make(chan event, 1000)}
	var done sync.WaitGroup
	l.stop = func() { cancel(); done.Wait() }
	ready := make(chan struct{})
	done.Go(func() {
		defer response.Body.Close()
		var name string
		lines := bufio.NewScanner(response.Body)
		lines.Buffer(nil, 1<<20)
		for lines.Scan() {
			line := lines.Text()
			switch {
			case line == ": ready":
				close(ready)
			case strings.HasPrefix(line, "event: "):
				name = line[len("event: "):]
			case strings.HasPrefix(line, "data: "):
				l.events <- event{name: name, json: []byte(line[len("data: "):])}
			}
		}
	})
	r.t.Cleanup(l.stop)
	<-ready
	return l
}

// patience is how long a test waits for something that must happen: long
// enough for a loaded machine, and only ever reached by a failure.
const patience = 3 * time.Minute

// next waits for an event of a name and reads it.
func next[T any](r *rig, l *listener, name string) T {
	r.t.Helper()
	deadline := time.After(patience)
	for {
		select {
		case e := <-l.events:
			if e.name != name {
				continue
			}
			var data T
			if err := json.Unmarshal(e.json, &data); err != nil {
				r.t.Fatal(err)
			}
			return data
		case <-deadline:
			r.t.Fatalf("no event %s", name)
		}
	}
}

// until repeats a look after each event until it gives something.
func until[T any](r *rig, l *listener, what string, look func() (T, bool)) T {
	r.t.Helper()
	deadline := time.After(patience)
	for {
		if found, ok := look(); ok {
			return found
		}
		select {
		case <-l.events:
		case <-deadline:
			r.t.Fatalf("still waiting: %s", what)
		}
	}
}

func read(t *testing.T, body io.ReadCloser) string {
	t.Helper()
	defer body.Close()
	var text bytes.Buffer
	if _, err := text.ReadFrom(body); err != nil {
		t.Fatal(err)
	}
	return text.String()
}

func withCookies(t *testing.T) *http.Client {
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &http.Client{Jar: jar}
}
