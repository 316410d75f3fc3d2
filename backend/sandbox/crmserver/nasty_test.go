package crmserver_test

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"postvak/backend/sandbox/crmserver"
)

// written makes a note and gives its id and content.
func (r *rig) written(html string) (id, content string) {
	r.t.Helper()
	a := r.ask("POST", "/v1/notes", object{"content": html, "person_id": r.AddPerson(crmserver.Person{Name: "Jan"})})
	if a.status != http.StatusOK {
		r.t.Fatal(a.raw)
	}
	all := r.Notes()
	return all[len(all)-1].ID, all[len(all)-1].Content
}

func TestNotesAreCleaned(t *testing.T) {
	r := start(t, crmserver.Config{})
	for given, want := range map[string]string{
		`plain`:                               `<div>plain</div>`,
		`<p class="x">a  b</p>`:               "<div><p>a &nbsp;b</p>\n</div>",
		`<a href="postvak://x" id="i">x</a>`:  `<div><a>x</a></div>`,
		`<a href="javascript:evil()">x</a>`:   `<div><a>x</a></div>`,
		`<a href="https://x.example/?a&b">`:   `<div><a href="https://x.example/?a&amp;b" rel="noopener noreferrer" target="_blank"></div>`,
		`<script>evil()</script>it's "q"`:     `<div>it&#x27;s &quot;q&quot;</div>`,
		`<marquee>x</marquee><br>`:            `<div>x<br /></div>`,
		`<!-- secret -->&lt;b&gt; &amp;amp;`:  `<div>&lt;b&gt; &amp;amp;</div>`,
		"<div><p>a</p>\n  <p>b\nc</p></div>":  "<div><p>a</p>\n<p>b c</p>\n</div>",
		`<img src=x onerror=y><style>a</styl`: `<div></div>`,
	} {
		id, got := r.written(given)
		if got != want {
			t.Errorf("%q became\n%q, not\n%q", given, got, want)
		}
		r.ask("PUT", "/v1/notes/"+id, object{"content": got})
		if all := r.Notes(); all[len(all)-1].Content != got {
			t.Errorf("cleaned again it is %q, not %q", all[len(all)-1].Content, got)
		}
	}
}

func TestNotesByHand(t *testing.T) {
	r := start(t, crmserver.Config{})
	id, _ := r.written("<p>ours</p>")
	r.clock.Advance(time.Minute)
	if err := r.Edit(id, "<p>theirs</p>"); err != nil {
		t.Fatal(err)
	}
	a := r.ask("GET", "/v1/notes/"+id, nil)
	if a.member(t, "update_time") != "2026-03-02 12:01:00" || !strings.Contains(a.raw, "theirs") {
		t.Error(a.raw)
	}
	for how, status := range map[crmserver.Deletion]int{crmserver.Inactive: 200, crmserver.NotFound: 404, crmserver.Removed: 410} {
		if err := r.Delete(id, how); err != nil {
			t.Fatal(err)
		}
		if a := r.ask("GET", "/v1/notes/"+id, nil); a.status != status || status == 200 && a.member(t, "active_flag") != "false" {
			t.Errorf("%d: %d %s", how, a.status, a.raw)
		}
		if a := r.ask("GET", "/v1/notes", nil); (string(a.data) == "[]") == (how == crmserver.Inactive) {
			t.Errorf("%d: listed are %s", how, a.raw)
		}
	}
	if r.Edit("99", "x") == nil || r.Delete("99", crmserver.NotFound) == nil {
		t.Error("there is no note 99")
	}
}

func TestFailures(t *testing.T) {
	r := start(t, crmserver.Config{})
	person := r.AddPerson(crmserver.Person{Name: "Jan"})
	note := object{"content": "x", "person_id": person}
	for f, want := range map[crmserver.Failure]struct {
		status  int
		header  string
		written bool
	}{
		crmserver.Unauthorized: {401, "", false}, crmserver.Unpaid: {402, "", false}, crmserver.Refused: {403, "", false},
		crmserver.LimitReached: {403, "", false}, crmserver.Capped: {403, "", false}, crmserver.Missing: {404, "", false},
		crmserver.Gone: {410, "", false}, crmserver.TooMany: {429, "Retry-After", false}, crmserver.TooManyBare: {429, "", false},
		crmserver.BadRequest: {400, "", false}, crmserver.Broken: {500, "", false}, crmserver.BadGateway: {502, "", false},
		crmserver.Maintenance: {503, "Retry-After", false}, crmserver.CutBefore: {0, "", false}, crmserver.CutAfter: {0, "", true},
		crmserver.GatewayAfter: {504, "", true}, crmserver.CutJSON: {200, "", true}, crmserver.NotJSON: {200, "", true},
		crmserver.Elsewhere: {302, "Location", true}, crmserver.NoSuccess: {200, "", true}, crmserver.Nulls: {200, "", true},
		crmserver.WrongTypes: {200, "", true},
	} {
		before := len(r.Notes())
		r.Fail("POST /v1/notes", f, 1)
		a, err := r.try("POST", "/v1/notes", note)
		if (err != nil) != (want.status == 0) || a.status != want.status || want.header != "" && a.header.Get(want.header) == "" {
			t.Errorf("%d: %d %v %v", f, a.status, a.header, err)
		}
		if written := len(r.Notes()) > before; written != want.written {
			t.Errorf("%d: written %v", f, written)
		}
		if a := r.ask("GET", "/v1/notes", nil); a.status != 200 {
			t.Errorf("%d: another way failed, too", f)
		}
		if a := r.ask("POST", "/v1/notes", note); a.status != 200 {
			t.Errorf("%d: it failed a second time", f)
		}
	}
}

func TestSlowUntilTheCallerGoes(t *testing.T) {
	r := start(t, crmserver.Config{})
	r.Fail("", crmserver.Slow, 1)
	ctx, cancel := context.WithCancel(t.Context())
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, r.URL()+"/v1/users/me", nil)
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan error)
	go func() {
		res, err := http.DefaultClient.Do(req)
		if err == nil {
			_ = res.Body.Close()
		}
		done <- err
	}()
	for len(r.Requests()) == 0 {
		select {
		case err := <-done:
			t.Fatalf("it was answered: %v", err)
		default:
		}
	}
	cancel()
	if err := <-done; err == nil {
		t.Error("it was answered")
	}
}

// A program that is killed at a point of a request: before, nothing was done;
// after, it was, and nobody heard of it.
func TestHeld(t *testing.T) {
	for _, after := range []bool{false, true} {
		r := start(t, crmserver.Config{})
		note := object{"content": "x", "person_id": r.AddPerson(crmserver.Person{Name: "Jan"})}
		h := r.Hold("POST /v1/notes")
		if after {
			h.Release()
			h = r.HoldAfter("POST /v1/notes")
		}
		done := make(chan said)
		go func() {
			a, _ := r.try("POST", "/v1/notes", note)
			done <- a
		}()
		<-h.Arrived()
		if written := len(r.Notes()) == 1; written != after {
			t.Errorf("held after %v: written %v", after, written)
		}
		if a := r.ask("GET", "/v1/notes", nil); a.status != 200 {
			t.Error("others wait, too")
		}
		h.Release()
		h.Release()
		if a := <-done; a.status != 200 || len(r.Notes()) != 1 {
			t.Errorf("%d %s", a.status, a.raw)
		}
	}
}

func TestCloseEndsWhatIsHeld(t *testing.T) {
	r := start(t, crmserver.Config{})
	h := r.Hold("")
	done := make(chan error)
	go func() {
		_, err := r.try("GET", "/v1/users/me", nil)
		done <- err
	}()
	<-h.Arrived()
	if err := r.Close(); err != nil {
		t.Error(err)
	}
	if err := <-done; err == nil {
		t.Error("a closed server answered")
	}
	if err := r.Close(); err != nil {
		t.Error(err)
	}
}

func TestTokensAreCounted(t *testing.T) {
	r := start(t, crmserver.Config{DailyTokens: 45})
	r.ask("GET", "/api/v2/persons/search?term=jan", nil)
	a := r.ask("GET", "/api/v2/persons/search?term=jan", nil)
	if a.header.Get("X-Daily-Ratelimit-Token-Remaining") != "5" || a.header.Get("X-Daily-Ratelimit-Token-Limit") != "45" || r.Spent() != 40 {
		t.Errorf("%v", a.header)
	}
	if a := r.ask("GET", "/api/v2/persons/search?term=jan", nil); a.status != 429 {
		t.Error(a.raw)
	}
	if a := r.ask("GET", "/v1/users/me", nil); a.status != 200 {
		t.Error(a.raw)
	}
	for range 20 {
		r.ask("GET", "/v1/users", nil)
	}
	if a := r.ask("GET", "/v1/users", nil); a.status != 403 || !strings.HasPrefix(a.header.Get("Content-Type"), "text/html") {
		t.Errorf("who ignores it is not shut out: %d %s", a.status, a.raw)
	}
	r.clock.Advance(24 * time.Hour)
	if a := r.ask("GET", "/v1/users", nil); a.status != 200 {
		t.Error("there are no new tokens the next day")
	}
}

func TestBursts(t *testing.T) {
	r := start(t, crmserver.Config{Burst: 12})
	for i := range 12 {
		if a := r.ask("GET", "/v1/users/me", nil); a.status != 200 {
			t.Fatalf("%d: %s", i, a.raw)
		}
	}
	if a := r.ask("GET", "/v1/users/me", nil); a.status != 429 || a.header.Get("X-Ratelimit-Remaining") != "0" || a.header.Get("X-Ratelimit-Reset") != "2" {
		t.Errorf("%d %v", a.status, a.header)
	}
	r.clock.Advance(2 * time.Second)
	for range 10 {
		if a := r.ask("GET", "/api/v2/deals/search?term=roof", nil); a.status != 200 {
			t.Fatal(a.raw)
		}
	}
	if a := r.ask("GET", "/api/v2/deals/search?term=roof", nil); a.status != 429 {
		t.Error("an eleventh search in two seconds")
	}
}

func TestOnlyOnLoopback(t *testing.T) {
	if s, err := crmserver.Start(crmserver.Config{Address: "0.0.0.0:0"}); err == nil {
		_ = s.Close()
		t.Error("it listens for everybody")
	}
}

func TestUsers(t *testing.T) {
	r := start(t, crmserver.Config{})
	u := r.AddUser(crmserver.User{Name: "Ben", Email: "ben@acme.example", Token: "bens"})
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, r.URL()+"/v1/users/me", nil)
	if err != nil {
		t.Fatal(err)
	}
	for token, want := range map[string]int{"bens": 200, "": 401, "nobodys": 401} {
		req.Header.Set("X-Api-Token", token)
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		_ = res.Body.Close()
		if res.StatusCode != want {
			t.Errorf("%q: %d", token, res.StatusCode)
		}
	}
	all := r.Requests()
	if n := len(all); n != 3 || u.ID == 0 {
		t.Errorf("%+v", all)
	}
	for _, q := range all {
		if q.Status == 200 && q.User != "Ben" {
			t.Errorf("%+v", q)
		}
	}
}
