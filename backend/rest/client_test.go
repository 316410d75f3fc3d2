package rest_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"postvak/backend/rest"
	"postvak/backend/run"
	fake "postvak/backend/sandbox/rest"
)

var noon = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)

// rig is a client on a clock of its own and an API whose clock is ahead.
type rig struct {
	*rest.Client
	*fake.Server
	ours, theirs *run.Manual
}

func open(t *testing.T) *rig {
	t.Helper()
	r := &rig{ours: run.NewManual(noon), theirs: run.NewManual(noon.Add(7 * time.Minute))}
	var err error
	r.Server, err = fake.Start(fake.Config{Name: "a fake", Clock: r.theirs, Answer: func(*http.Request, []byte) fake.Answer {
		return fake.Answer{Status: http.StatusCreated, Body: map[string]any{"sid": "S1", "n": 5}}
	}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = r.Server.Close() })
	r.Client = rest.New(rest.Config{Clock: r.ours})
	return r
}

func (r *rig) post(ctx context.Context, before func() error) (rest.Reply, error) {
	return r.Do(ctx, rest.Call{Method: http.MethodPost, URL: r.URL() + "/v1/things", Body: []byte("a=b"), What: "POST things", Before: before})
}

func TestAnAnswerIsReadAsItIs(t *testing.T) {
	r := open(t)
	got, err := r.post(t.Context(), nil)
	if err != nil || !got.OK() || got.Body.Text("sid") != "S1" || got.Body.Whole("n") != 5 {
		t.Fatalf("%+v, %v", got, err)
	}
	if asked := r.Requests(); len(asked) != 1 || asked[0].Body != "a=b" {
		t.Errorf("asked %+v", asked)
	}
}

// Nothing is asked when the caller changes its mind at the last moment.
func TestARequestThatIsRefusedAtTheLastMomentIsNone(t *testing.T) {
	r := open(t)
	if _, err := r.post(t.Context(), nil); err != nil { // a connection to use again
		t.Fatal(err)
	}
	no, calls := errors.New("no"), 0
	for range 3 {
		_, err := r.post(t.Context(), func() error { calls++; return no })
		if !errors.Is(err, no) {
			t.Fatal(err)
		}
	}
	if n := r.Asked(http.MethodPost, "/v1/things"); n != 1 || calls != 3 {
		t.Errorf("%d requests, asked %d times", n, calls)
	}
}

// What is lost says whether it may have been carried out.
func TestALostAnswerSaysWhatIsKnown(t *testing.T) {
	for name, f := range map[string]fake.Failure{
		"cut before": fake.CutBefore, "cut after": fake.CutAfter, "slow": fake.Slow, "slow after": fake.SlowAfter, "endless": fake.Endless,
	} {
		t.Run(name, func(t *testing.T) {
			r := open(t)
			r.Fail("", f, -1)
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			before := 0
			if f == fake.Slow || f == fake.SlowAfter {
				held := r.Hold("")
				go func() { <-held.Arrived(); cancel() }()
			}
			_, err := r.post(ctx, func() error { before++; return nil })
			var lost *rest.NoAnswer
			if !errors.As(err, &lost) || !lost.Sent || before != 1 {
				t.Errorf("%v, %d", err, before)
			}
			if err != nil && strings.Contains(err.Error(), "127.0.0.1:0/v1") {
				t.Errorf("the address is in %v", err)
			}
			if f == fake.Endless && !errors.Is(err, rest.ErrTooLarge) {
				t.Error(err)
			}
		})
	}
	r := open(t)
	_ = r.Server.Close()
	_, err := r.post(t.Context(), func() error { t.Error("asked although nobody is there"); return nil })
	var lost *rest.NoAnswer
	if !errors.As(err, &lost) || lost.Sent {
		t.Errorf("%v", err)
	}
}

func TestARedirectIsNotFollowed(t *testing.T) {
	r := open(t)
	r.Fail("", fake.Elsewhere, 1)
	if got, err := r.post(t.Context(), nil); err != nil || got.Status != http.StatusFound || got.OK() {
		t.Errorf("%+v, %v", got, err)
	}
}

func TestTheFirmsClock(t *testing.T) {
	r := open(t)
	near := func(want time.Duration) {
		t.Helper()
		if gap := r.Client.Now().Sub(noon.Add(want)); gap < -time.Second || gap > time.Second {
			t.Errorf("it is %v there, not %v", r.Client.Now(), noon.Add(want))
		}
	}
	near(0)
	ask := func() {
		t.Helper()
		if _, err := r.post(t.Context(), nil); err != nil {
			t.Fatal(err)
		}
	}
	ask()
	near(7 * time.Minute)
	r.ours.Advance(time.Hour) // also while nobody is asked
	r.theirs.Advance(time.Hour)
	near(67 * time.Minute)
	r.Fail("", fake.NotJSON, 1) // a page of some network in between tells no time
	r.theirs.Advance(time.Hour)
	ask()
	near(67 * time.Minute)
	ask()
	near(127 * time.Minute)
	r.ours.Advance(2 * time.Hour) // the computer's clock was set
	ask()
	near(127 * time.Minute)
}

func TestPause(t *testing.T) {
	for text, want := range map[string]time.Duration{
		"": 0, "7": 7 * time.Second, "1.5": 1500 * time.Millisecond, "-3": 0, "soon": 0, "NaN": 0, "1e300": rest.Longest,
		noon.Add(time.Minute).Format(http.TimeFormat): time.Minute, noon.Add(-time.Minute).Format(http.TimeFormat): 0,
	} {
		r := rest.Reply{Header: http.Header{"Retry-After": {text}}}
		if got := r.Pause(noon); got != want {
			t.Errorf("%q: %v, not %v", text, got, want)
		}
	}
}

func TestObject(t *testing.T) {
	o, ok := rest.Parse([]byte(`{"a":"x","n":12,"t":"12","f":1,"g":"true","o":{"p":[{"q":"r"},3,null]},"w":"Mon, 02 Mar 2026 12:00:00 +0000","z":null}`))
	if !ok || o.Text("a") != "x" || o.Text("n") != "12" || o.Whole("t") != 12 || !o.Flag("f") || !o.Flag("g") || o.Has("z") {
		t.Errorf("%v", o)
	}
	if l := o.Sub("o").List("p"); len(l) != 1 || l[0].Text("q") != "r" || o.Sub("a").Sub("b").Text("c") != "" {
		t.Errorf("%v", l)
	}
	if !o.When("w").Equal(noon) || !o.When("a").IsZero() {
		t.Errorf("%v", o.When("w"))
	}
	for _, text := range []string{"", "null", "[]", `"x"`, `{"a":1}{`, `{"a":1`, "<html>"} {
		if _, ok := rest.Parse([]byte(text)); ok {
			t.Errorf("%q is an object", text)
		}
	}
}

func TestBase(t *testing.T) {
	for text, want := range map[string]string{
		"https://x.example/": "https://x.example", "http://127.0.0.1:80": "http://127.0.0.1:80", "http://[::1]:1": "http://[::1]:1",
		"http://localhost:1/a": "http://localhost:1/a", "http://x.example": "", "ftp://x": "", "https://u:p@x.example": "", "https://x.example?a=b": "", "x": "", "http://%": "",
	} {
		if got, plain, ok := rest.Base(text); got != want || ok != (want != "") || plain != (text == "http://x.example") {
			t.Errorf("%q: %q %v %v", text, got, plain, ok)
		}
	}
}
