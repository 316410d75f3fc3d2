package pipedrive_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"postvak/backend/inbox"
	"postvak/backend/pipedrive"
	"postvak/backend/run"
	"postvak/backend/sandbox/crmserver"
)

func TestAddresses(t *testing.T) {
	for address, good := range map[string]bool{
		"": true, "https://acme.pipedrive.com": true, "https://acme.pipedrive.com/": true, "http://127.0.0.1:8080": true,
		"http://localhost:8080": true, "http://[::1]:8080": true,
		"http://api.pipedrive.com": false, "http://127.0.0.1.evil.example": false, "http://localhost.evil.example": false,
		"ftp://127.0.0.1": false, "api.pipedrive.com": false, "https://user:pass@x.example": false, "https://x.example/?a=1": false,
		"https://": false, "http://10.0.0.1": false, "://": false, "https://x.example/#a": false,
	} {
		_, err := pipedrive.New(pipedrive.Config{BaseURL: address})
		if (err == nil) != good || err != nil && inbox.CodeOf(err) != inbox.Invalid {
			t.Errorf("%q: %v", address, err)
		}
	}
}

func TestMe(t *testing.T) {
	r := open(t, crmserver.Config{}, func(c *pipedrive.Config) { c.CompanyID = "" })
	me, err := r.Me(r.ctx)
	want := pipedrive.Account{Name: "Ann Bakker", Email: "ann@acme.example", Company: "Acme", CompanyID: "123", Domain: "acme"}
	if err != nil || me != want || r.ID() != "pipedrive:123" {
		t.Errorf("%s: %+v, %v", r.ID(), me, err)
	}
}

// A token of another company never reads or writes anything there, also when
// it takes the place of one that was good.
func TestTokenOfAnotherCompany(t *testing.T) {
	r := open(t, crmserver.Config{CompanyID: 456, Company: "Other"})
	on := ref(inbox.Person, r.server.AddPerson(crmserver.Person{Name: "Jan"}))
	_, err := r.WriteNote(r.ctx, on, "", "", body)
	if inbox.CodeOf(err) != inbox.Forbidden || !strings.Contains(err.Error(), "Other") {
		t.Errorf("%v", err)
	}
	if n := len(r.server.Requests()); n != 1 {
		t.Errorf("%d requests", n)
	}
}

func TestTokens(t *testing.T) {
	held := ""
	var broken error
	r := open(t, crmserver.Config{Users: []crmserver.User{{Name: "Ann", Token: "one"}, {Name: "Ben", Token: "two"}}},
		func(c *pipedrive.Config) { c.Token = func() (string, error) { return held, broken } })
	if _, err := r.Me(r.ctx); inbox.CodeOf(err) != inbox.Auth || len(r.server.Requests()) != 0 {
		t.Errorf("without a token: %v", err)
	}
	held, broken = "one", errors.New("the keyring is locked")
	if _, err := r.Me(r.ctx); !errors.Is(err, broken) {
		t.Errorf("without a keyring: %v", err)
	}
	held, broken = " two\n", nil
	if me, err := r.Me(r.ctx); err != nil || me.Name != "Ben" {
		t.Errorf("%+v, %v", me, err)
	}
	for _, bad := range []string{"no\nsuch", "unknown", strings.Repeat("x", 5000), "é", "\x00"} {
		held = bad
		_, err := r.Me(r.ctx)
		if err == nil || strings.Contains(err.Error(), bad) {
			t.Errorf("%.20q: %v", bad, err)
		}
	}
}

// What an account's server says is never followed elsewhere, and a token that
// it repeats is not repeated.
func TestTokenStaysHere(t *testing.T) {
	elsewhere := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		t.Errorf("%s was asked, with %q", r.URL, r.Header)
	}))
	defer elsewhere.Close()
	for _, status := range []int{301, 302, 303, 307, 308, 400, 401, 403, 500} {
		evil := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Location", elsewhere.URL)
			w.WriteHeader(status)
			_, _ = fmt.Fprintf(w, `{"success":false,"error":"your token is %s"}`, r.Header.Get("X-Api-Token"))
		}))
		c := client(t, evil.URL)
		_, err := c.Me(t.Context())
		if err == nil || strings.Contains(err.Error(), token) {
			t.Errorf("%d: %v", status, err)
		}
		evil.Close()
	}
}

func client(t *testing.T, url string) *pipedrive.Client {
	t.Helper()
	c, err := pipedrive.New(pipedrive.Config{BaseURL: url, Clock: run.NewManual(noon), Token: func() (string, error) { return token, nil }})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestNobodyThere(t *testing.T) {
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_ = listener.Close()
	_, err = client(t, "http://"+listener.Addr().String()).Find(t.Context(), inbox.Deal, "a customer's words", 5)
	if inbox.CodeOf(err) != inbox.Unavailable || strings.Contains(err.Error(), "customer") {
		t.Errorf("%v", err)
	}
}

// Ids come from the team's log: what is no id never gets into an address.
func TestIdsThatAreNone(t *testing.T) {
	r := open(t, crmserver.Config{})
	for _, id := range []string{"", "0", "-1", "1/../../v1/users", "1?x=1", "../1", "1 ", "１", "99999999999999999999", "f3a1c0de"} {
		for _, kind := range append(slices.Clone(inbox.RecordKinds), "user", "") {
			on := inbox.RecordRef{Kind: kind, ID: id}
			if _, err := r.Get(r.ctx, on); inbox.CodeOf(err) != inbox.NotFound {
				t.Errorf("%q: %v", on, err)
			}
			if _, err := r.WriteNote(r.ctx, on, "", "", body); inbox.CodeOf(err) != inbox.NotFound {
				t.Errorf("%q: %v", on, err)
			}
			if _, found, err := r.FindNote(r.ctx, on, "x"); found || err != nil {
				t.Errorf("%q: %v", on, err)
			}
		}
		if n, err := r.ReadNote(r.ctx, ref(inbox.Person, 1), id); err != nil || !n.Deleted {
			t.Errorf("note %q: %+v, %v", id, n, err)
		}
		if id == "" {
			continue
		}
		if _, err := r.WriteNote(r.ctx, ref(inbox.Person, 1), id, "", body); inbox.CodeOf(err) != inbox.NotFound {
			t.Errorf("note %q: %v", id, err)
		}
		if _, err := r.Create(r.ctx, inbox.RecordDraft{Kind: inbox.Deal, Title: "x", PersonID: id}); id != "1 " && inbox.CodeOf(err) != inbox.NotFound {
			t.Errorf("person %q: %v", id, err)
		}
	}
	for _, asked := range r.server.Requests() {
		if asked.Path != "/v1/users/me" && asked.Path != "/api/v2/deals" {
			t.Errorf("%s %s was asked", asked.Method, asked.Path)
		}
	}
}

// Whatever a server answers, nothing breaks.
func TestHostileAnswers(t *testing.T) {
	pieces := []string{
		`{`, `}`, `[`, `]`, `"success"`, `:`, `,`, `true`, `null`, `"data"`, `"items"`, `"item"`, `"id"`, `1`, `-0`, `1e999`, `"x"`, `"\ud800"`,
		`"additional_data"`, `"next_cursor"`, `"more_items_in_collection"`, `"content"`, `"<p>"`, `"value"`, `""`, "\x00", "\xff", `"emails"`, `"add_time"`, `"2026-03-02"`,
	}
	whole := []string{
		`{"success":true,"data":null}`, `{"success":true,"data":[]}`, `{"success":true,"data":{}}`, `{"success":true,"data":"x"}`,
		`{"success":true,"data":{"company_id":1,"id":{"id":{"id":1}}}}`, `[]`, `null`, `"x"`, ``, `{"data":{"id":1,"company_id":"1"}} trailing`,
		`{"success":true,"data":{"id":1,"company_id":1,"items":[null,1,"x",{"item":null},{"item":{"id":[]}}],"related_items":{}}}`,
		`{"success":true,"data":{"id":1,"company_id":1,"content":"<p>x","emails":[null,{"value":null},{"value":1}],"value":{"amount":"abc"},"update_time":5},"additional_data":{"next_cursor":"same","more_items_in_collection":true}}`,
		`{"success":true,"data":` + strings.Repeat(`[`, 20000) + strings.Repeat(`]`, 20000) + `}`,
		`{"success":"no","data":{"company_id":1}}`, `{"success":true,"data":[{"id":7,"company_id":1,"add_time":"9999-99-99"}],"additional_data":{"pagination":{"more_items_in_collection":1}}}`,
	}
	rnd := rand.New(rand.NewPCG(1, 2))
	var mu sync.Mutex
	next := func() string {
		mu.Lock()
		defer mu.Unlock()
		if rnd.IntN(3) > 0 {
			return whole[rnd.IntN(len(whole))]
		}
		var b strings.Builder
		for range rnd.IntN(20) {
			b.WriteString(pieces[rnd.IntN(len(pieces))])
		}
		return b.String()
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		for _, name := range []string{"X-Ratelimit-Remaining", "X-Ratelimit-Reset", "Retry-After", "X-Daily-Ratelimit-Token-Limit", "X-Daily-Ratelimit-Token-Remaining"} {
			w.Header().Set(name, []string{"-1", "1e300", "NaN", "x", "99999999999999999999"}[rand.IntN(5)])
		}
		if strings.HasSuffix(r.URL.Path, "/users/me") {
			_, _ = w.Write([]byte(`{"success":true,"data":{"id":1,"company_id":1}}`))
			return
		}
		_, _ = w.Write([]byte(next()))
	}))
	defer server.Close()
	ctx, jan := t.Context(), ref(inbox.Person, 1)
	for range 60 {
		c := client(t, server.URL)
		_, _ = c.Me(ctx)
		for _, kind := range inbox.RecordKinds {
			on := inbox.RecordRef{Kind: kind, ID: "1"}
			_, _ = c.Get(ctx, on)
			_, _ = c.Find(ctx, kind, "jan", 5)
			d := inbox.RecordDraft{Kind: kind, Title: "x", Name: "x", Email: "e@x.example", Stage: "x", Organization: "o"}
			_, _ = c.Create(ctx, d)
			_, _, _ = c.FindCreated(ctx, d, noon)
		}
		_, _ = c.FindPerson(ctx, "a@x.example", "+31612345678", "x")
		_, _ = c.ReadNote(ctx, jan, "1")
		_, _ = c.WriteNote(ctx, jan, "", "", body)
		_, _ = c.WriteNote(ctx, jan, "1", "", body)
		_, _, _ = c.FindNote(ctx, jan, "x")
		_ = c.Quota()
	}
}

// A list that never ends is left after some pages.
func TestEndlessPages(t *testing.T) {
	n := 0
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/users/me") {
			_, _ = w.Write([]byte(`{"success":true,"data":{"id":1,"company_id":1}}`))
			return
		}
		n++
		_, _ = fmt.Fprintf(w, `{"success":true,"data":[{"id":%d,"content":"x"}],"additional_data":{"next_cursor":"more"}}`, n)
	}))
	defer server.Close()
	if _, found, err := client(t, server.URL).FindNote(t.Context(), ref(inbox.Person, 1), "marker"); found || err != nil || n > 10 {
		t.Errorf("%d pages, %v", n, err)
	}
}

// Of an answer without an end no more is taken than an answer may have.
func TestEndlessAnswer(t *testing.T) {
	const most = 256
	taken := make(chan int, 1)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		n := 0
		for piece := []byte(strings.Repeat(" ", 1<<20)); n < most; n++ {
			if _, err := w.Write(piece); err != nil {
				break
			}
		}
		taken <- n
	}))
	defer server.Close()
	if _, err := client(t, server.URL).Me(t.Context()); inbox.CodeOf(err) != inbox.Unavailable {
		t.Error(err)
	}
	if n := <-taken; n >= most {
		t.Errorf("all %d MB were taken", n)
	}
}

func TestManyAtOnce(t *testing.T) {
	r := open(t, crmserver.Config{})
	on := ref(inbox.Person, r.server.AddPerson(crmserver.Person{Name: "Jan"}))
	var all sync.WaitGroup
	for i := range 20 {
		all.Go(func() {
			_, _ = r.Find(r.ctx, inbox.Person, "jan", 5)
			_, _ = r.Get(r.ctx, on)
			_, _ = r.Create(r.ctx, inbox.RecordDraft{Kind: inbox.Person, Name: strconv.Itoa(i) + " Jansen"})
			_ = r.Quota()
		})
	}
	all.Wait()
	if n := len(r.server.Persons()); n != 21 {
		t.Errorf("%d persons", n)
	}
}
