package messenger_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"postvak/backend/chat"
	"postvak/backend/inbox"
	"postvak/backend/messenger"
	"postvak/backend/run"
	"postvak/backend/sandbox/metaserver"
	"postvak/backend/sandbox/rest"
)

// failures are the ways in which Meta can fail: what reading says of each, and
// what becomes of a message.
var failures = []struct {
	name    string
	failure rest.Failure
	code    inbox.Code
	says    string
	rests   time.Duration // for how long nothing is asked
	outcome inbox.Outcome
	detail  string
}{
	{"401", rest.Unauthorized, inbox.Auth, "does not take the page's token", 0, inbox.Later, "Meta 190"},
	{"403", rest.Refused, inbox.Unavailable, "not Meta as", 0, inbox.Later, "Meta 403"},
	{"404", rest.Missing, inbox.Unavailable, "not Meta as", 0, inbox.Later, "Meta 404"},
	{"410", rest.Gone, inbox.Unavailable, "not Meta as", 0, inbox.Later, "Meta 410"},
	{"400", rest.BadRequest, inbox.Unavailable, "not Meta as", 0, inbox.Later, "Meta 400"},
	{"429", rest.TooMany, inbox.Unavailable, "asks to wait", 7 * time.Second, inbox.Later, "Meta 4"},
	{"429 bare", rest.TooManyBare, inbox.Unavailable, "asks to wait", time.Minute, inbox.Later, "Meta 4"},
	{"500", rest.Broken, inbox.Unavailable, "has a fault", 0, inbox.Unknown, "Meta 2"},
	{"502 page", rest.BadGateway, inbox.Unavailable, "has a fault", 0, inbox.Unknown, "Meta 502"},
	{"503", rest.Maintenance, inbox.Unavailable, "has a fault", 0, inbox.Unknown, "Meta 503"},
	{"504 after", rest.GatewayAfter, inbox.Unavailable, "has a fault", 0, inbox.Unknown, "Meta 504"},
	{"slow", rest.Slow, inbox.Unavailable, "in time", 0, inbox.Unknown, ""},
	{"slow after", rest.SlowAfter, inbox.Unavailable, "in time", 0, inbox.Unknown, ""},
	{"cut before", rest.CutBefore, inbox.Unavailable, "cannot be reached", 0, inbox.Unknown, ""},
	{"cut after", rest.CutAfter, inbox.Unavailable, "cannot be reached", 0, inbox.Unknown, ""},
	{"half an answer", rest.CutJSON, inbox.Unavailable, "not Meta as", 0, inbox.Unknown, "Meta 200"},
	{"a page", rest.NotJSON, inbox.Unavailable, "not Meta as", 0, inbox.Unknown, "Meta 200"},
	{"endless", rest.Endless, inbox.Unavailable, "not Meta as", 0, inbox.Unknown, ""},
	{"redirect", rest.Elsewhere, inbox.Unavailable, "not Meta as", 0, inbox.Unknown, "Meta 302"},
	{"190 expired", metaserver.GraphError(190, 463), inbox.Auth, "does not take the page's token", 0, inbox.Later, "Meta 190/463"},
	{"102", metaserver.GraphError(102, 0), inbox.Auth, "does not take the page's token", 0, inbox.Later, "Meta 102"},
	{"200", metaserver.GraphError(200, 0), inbox.Forbidden, "Advanced Access", 0, inbox.Refused, "Meta 200"},
	{"10", metaserver.GraphError(10, 0), inbox.Forbidden, "Advanced Access", 0, inbox.Refused, "Meta 10"},
	{"230", metaserver.GraphError(230, 0), inbox.Forbidden, "Advanced Access", 0, inbox.Refused, "Meta 230"},
	{"window", metaserver.GraphError(10, 2018278), inbox.WindowClosed, "reply window is over", 0, inbox.Outlived, "Meta 10/2018278"},
	{"nobody", metaserver.GraphError(100, 2018001), inbox.NotFound, "knows nobody", 0, inbox.Refused, "Meta 100/2018001"},
	{"no object", metaserver.GraphError(100, 33), inbox.NotFound, "not at Meta any more", 0, inbox.Refused, "Meta 100/33"},
	{"100", metaserver.GraphError(100, 0), inbox.Invalid, "Invalid parameter", 0, inbox.Refused, "Meta 100"},
	{"551", metaserver.GraphError(551, 1545041), inbox.Invalid, "cannot be written to", 0, inbox.Refused, "Meta 551/1545041"},
	{"200 blocked", metaserver.GraphError(200, 1545041), inbox.Invalid, "cannot be written to", 0, inbox.Refused, "Meta 200/1545041"},
	{"10 blocked", metaserver.GraphError(10, 2018108), inbox.Invalid, "cannot be written to", 0, inbox.Refused, "Meta 10/2018108"},
	{"368", metaserver.GraphError(368, 1390008), inbox.Forbidden, "its rules", 0, inbox.Refused, "Meta 368/1390008"},
	{"attachment", metaserver.GraphError(100, 2018047), inbox.Invalid, "this file", 0, inbox.Refused, "Meta 100/2018047"},
	{"4", metaserver.GraphError(4, 0), inbox.Unavailable, "asks to wait", time.Minute, inbox.Later, "Meta 4"},
	{"17", metaserver.GraphError(17, 2446079), inbox.Unavailable, "asks to wait", time.Minute, inbox.Later, "Meta 17/2446079"},
	{"32", metaserver.GraphError(32, 0), inbox.Unavailable, "asks to wait", time.Minute, inbox.Later, "Meta 32"},
	{"613", metaserver.GraphError(613, 0), inbox.Unavailable, "asks to wait", time.Minute, inbox.Later, "Meta 613"},
	{"80001", metaserver.GraphError(80001, 0), inbox.Unavailable, "asks to wait", time.Minute, inbox.Later, "Meta 80001"},
	{"80006", metaserver.GraphError(80006, 0), inbox.Unavailable, "asks to wait", time.Minute, inbox.Later, "Meta 80006"},
	{"1200", metaserver.GraphError(1200, 0), inbox.Unavailable, "has a fault", 0, inbox.Later, "Meta 1200"},
	{"1", metaserver.GraphError(1, 99), inbox.Unavailable, "has a fault", 0, inbox.Unknown, "Meta 1/99"},
	{"2", metaserver.GraphError(2, 0), inbox.Unavailable, "has a fault", 0, inbox.Unknown, "Meta 2"},
	{"2 after", metaserver.UnknownAfter, inbox.Unavailable, "has a fault", 0, inbox.Unknown, "Meta 2"},
	{"no id", metaserver.NoID, inbox.Unavailable, "not Meta as", 0, inbox.Unknown, ""},
}

// impatient ends soon where the server never answers.
func impatient(t *testing.T, f rest.Failure) context.Context {
	t.Helper()
	if f != rest.Slow && f != rest.SlowAfter {
		return t.Context()
	}
	ctx, cancel := context.WithTimeout(t.Context(), 150*time.Millisecond)
	t.Cleanup(cancel)
	return ctx
}

func TestEveryFailureOfReading(t *testing.T) {
	for _, f := range failures {
		t.Run(f.name, func(t *testing.T) {
			r := open(t)
			ids := r.crowd(3, 2)
			r.server.Fail("GET /v26.0/"+r.server.PageID(), f.failure, -1)
			r.ctx = impatient(t, f.failure)
			err := r.poll(1)
			var e *inbox.Error
			if !errors.As(err, &e) || e.Code != f.code || !strings.Contains(e.Message, f.says) {
				t.Errorf("%v", err)
			}
			if err != nil && strings.Contains(err.Error(), r.server.Token()) {
				t.Errorf("the token is in %v", err)
			}
			r.ctx = t.Context()
			r.server.Heal()
			asked := len(r.server.Requests())
			if f.rests > 0 {
				r.clock.Advance(f.rests - time.Second)
				if err := r.poll(1); inbox.CodeOf(err) != inbox.Unavailable || len(r.server.Requests()) != asked {
					t.Errorf("asked all the same: %v", err)
				}
				r.clock.Advance(time.Second)
			}
			r.clock.Advance(2 * time.Second) // net/http asks again by itself where a connection that was used before ends
			r.mustPoll()
			r.all(ids)
		})
	}
}

// A message goes once, whatever fails: where it is not known whether it went,
// Find knows.
func TestEveryFailureOfSending(t *testing.T) {
	for _, f := range failures {
		t.Run(f.name, func(t *testing.T) {
			r := open(t)
			r.server.Deliver("700", "Jan", "Hello", nil)
			r.mustPoll()
			queued := r.clock.Now()
			r.server.Fail("POST /v26.0", f.failure, -1)
			commits := 0
			got := r.Send(impatient(t, f.failure), rendered("700", "Dear Jan"), inbox.Permit{}, func() error { commits++; return nil })
			if got.Outcome != f.outcome || got.Detail != f.detail || got.Reason == "" || got.ProviderID != "" || got.After != f.rests || commits != 1 {
				t.Errorf("%+v, committed %d times", got, commits)
			}
			if strings.Contains(fmt.Sprintf("%+v", got), r.server.Token()) {
				t.Errorf("the token is in %+v", got)
			}
			r.server.Heal()
			r.clock.Advance(time.Hour)
			sent := r.server.Sent()
			if got.Outcome != inbox.Unknown && len(sent) != 0 {
				t.Fatalf("it was sent: %+v", sent)
			}
			found, err := r.Find(r.ctx, inbox.Sought{Rendered: rendered("700", "Dear Jan"), Queued: queued})
			if err != nil || found.There != (len(sent) == 1) || found.There && found.ProviderID != sent[0].ID {
				t.Errorf("%+v, %v; sent %+v", found, err, sent)
			}
		})
	}
}

// An answer that ends at any byte is none: nothing breaks, nothing is lost, and
// nothing is half.
func TestAnswersCutAtEveryByte(t *testing.T) {
	r := open(t, func(c *metaserver.Config) { c.Burst = 0 })
	ids := append(r.crowd(2, 1), r.server.Deliver("700", "Jan", "with a file", []metaserver.File{{Name: "a.png", Type: "image/png", Data: []byte("png")}}))
	list := "GET /v26.0/" + r.server.PageID() + "/conversations"
	whole := 0
	for n := 0; whole == 0; n++ {
		r.sink.stored, r.sink.state = map[inbox.Key]inbox.Fetched{}, nil
		r.server.Fail(list, rest.CutAt(n), 1)
		switch err := r.poll(1); {
		case err == nil: // all but the line's end
			whole = n
		case inbox.CodeOf(err) != inbox.Unavailable || len(r.sink.stored) != 0:
			t.Fatalf("byte %d: %v, %d stored", n, err, len(r.sink.stored))
		}
		r.server.Heal()
	}
	r.all(ids)
	if whole < 500 {
		t.Errorf("only %d bytes", whole)
	}
	for n := range 80 {
		r.server.Fail("POST /v26.0", rest.CutAt(n), 1)
		text := fmt.Sprintf("number %d", n)
		queued := r.clock.Now()
		got := r.Send(r.ctx, rendered("700", text), inbox.Permit{}, yes)
		found, err := r.Find(r.ctx, inbox.Sought{Rendered: rendered("700", text), Queued: queued})
		if got.Outcome != inbox.Unknown && got.Outcome != inbox.Accepted || err != nil || !found.There || len(r.server.Sent()) != n+1 {
			t.Fatalf("byte %d: %+v, %+v, %v", n, got, found, err)
		}
		r.server.Heal()
	}
}

// Members of other types, or null, are read as far as they can be.
func TestOtherTypesThanPromised(t *testing.T) {
	for name, f := range map[string]rest.Failure{"nulls": rest.Nulls, "wrong types": rest.WrongTypes} {
		t.Run(name, func(t *testing.T) {
			r := open(t)
			ids := r.crowd(3, 2)
			r.server.Fail("GET /v26.0/"+r.server.PageID(), f, -1)
			_ = r.poll(1)
			r.server.Heal()
			r.sink.state = nil
			r.mustPoll()
			r.all(ids)
		})
	}
}

// Whatever a server answers, nothing breaks.
func TestHostileAnswers(t *testing.T) {
	pieces := []string{
		`{`, `}`, `[`, `]`, `:`, `,`, `"data"`, `"id"`, `"messages"`, `"paging"`, `"cursors"`, `"after"`, `"next"`, `"from"`, `"created_time"`, `"2026-03-02T12:00:00+0000"`,
		`"participants"`, `"attachments"`, `"image_data"`, `"url"`, `"http://127.0.0.1:1/x"`, `"700"`, `"m_1"`, `"t_1"`, `null`, `true`, `1e999`, `-1`, `"\ud800"`, "\xff", "\x00", `"error"`, `"code"`, `190`, `613`,
	}
	whole := []string{
		``, `null`, `[]`, `"x"`, `{"data":null}`, `{"data":{}}`, `{"data":[null,1,"x",[],{}]}`, `{"error":null,"data":[]}`, `{"error":"x"}`, `{"error":{"code":"x","message":{}}}`,
		`{"data":[{"id":"t_1","updated_time":"2026-03-02T12:00:00+0000","participants":{"data":[{"id":"700"}]},"messages":{"data":[{"id":"m_1","created_time":"2026-03-02T12:00:00+0000","from":{"id":"700"},"message":1,"attachments":{"data":[{"id":"1","size":-5,"image_data":{"url":"http://169.254.169.254/latest"}},{"name":"../../x","file_url":"file:///etc/passwd"}]}}],"paging":{"next":"x","cursors":{"after":"same"}}}}],"paging":{"next":"https://evil.example/?access_token=x","cursors":{"after":"same"}}}`,
		`{"data":[{"id":"../me","updated_time":"9999-12-31T23:59:59+0000","participants":{"data":[{"id":"700"}]},"messages":{"data":[{"id":"a/b?c","created_time":"2026-03-02T12:00:00+0000"},{"id":"m_2","created_time":"0001-01-01T00:00:00+0000"}]}}]}`,
		`{"data":` + strings.Repeat(`[`, 20000) + strings.Repeat(`]`, 20000) + `}`,
		`{"message_id":{"id":1}}`, `{"message_id":"` + strings.Repeat("x", 5000) + `"}`, `{"recipient_id":"700","message_id":"m_1"}`,
	}
	rnd := rand.New(rand.NewPCG(3, 4))
	var mu sync.Mutex
	next := func() string {
		mu.Lock()
		defer mu.Unlock()
		if rnd.IntN(3) > 0 {
			return whole[rnd.IntN(len(whole))]
		}
		var b strings.Builder
		for range rnd.IntN(25) {
			b.WriteString(pieces[rnd.IntN(len(pieces))])
		}
		return b.String()
	}
	var asked []string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		asked = append(asked, r.URL.Path)
		mu.Unlock()
		for _, name := range []string{"X-Business-Use-Case-Usage", "X-App-Usage", "Retry-After", "Date"} {
			w.Header().Set(name, []string{"-1", `{"104210000000001":[{"call_count":1e300,"estimated_time_to_regain_access":"x"}]}`, "NaN", `{"call_count":"101"}`}[rand.IntN(4)])
		}
		if strings.HasSuffix(r.URL.Path, "/me") {
			_, _ = w.Write([]byte(`{"id":"104210000000001","name":"Acme"}`))
			return
		}
		_, _ = w.Write([]byte(next()))
	}))
	defer server.Close()
	for range 150 {
		a := hostile(t, server.URL)
		s := &sink{t: t, stored: map[inbox.Key]inbox.Fetched{}}
		_ = a.Sync(t.Context(), s)
		_, _ = a.Find(t.Context(), inbox.Sought{Rendered: rendered("700", "x"), Queued: noon})
		_ = a.Send(t.Context(), rendered("700", "x"), inbox.Permit{}, yes)
		_, _ = a.Check(t.Context())
		for _, f := range s.stored {
			for _, one := range f.Message.Attachments {
				if one.Missing != inbox.MissingRefused && one.Missing != inbox.MissingGone {
					t.Errorf("%+v", one)
				}
			}
		}
	}
	if i := slices.IndexFunc(asked, func(path string) bool { return !strings.HasPrefix(path, "/v26.0/") || strings.Contains(path, "..") }); i >= 0 {
		t.Errorf("%s was asked", asked[i])
	}
}

func hostile(t *testing.T, url string) *messenger.Account {
	t.Helper()
	return messenger.New(messenger.Config{
		Channel: inbox.Channel{ID: "c1", Kind: inbox.Messenger, Address: "104210000000001", Messenger: inbox.MessengerSettings{BaseURL: url}},
		Token:   func(context.Context) (string, error) { return "t", nil }, Clock: eager{run.NewManual(noon)}, Pace: &pace{left: 3},
	})
}

// A list that never ends is left: its place comes again, or nothing new is in it.
func TestEndlessPages(t *testing.T) {
	n := 0
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/me") {
			_, _ = w.Write([]byte(`{"id":"104210000000001","name":"Acme"}`))
			return
		}
		n++
		_, _ = fmt.Fprintf(w, `{"data":[],"paging":{"next":"x","cursors":{"after":"a%d"}}}`, n)
	}))
	defer server.Close()
	a := hostile(t, server.URL)
	if err := a.Sync(t.Context(), &sink{t: t, stored: map[inbox.Key]inbox.Fetched{}}); !errors.Is(err, errEnough) || n > 200 {
		t.Errorf("%d pages, %v", n, err)
	}
}

// The token goes to Meta alone, in the header alone.
func TestTokenStaysHere(t *testing.T) {
	elsewhere := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		t.Errorf("%s was asked, with %q", r.URL, r.Header)
	}))
	defer elsewhere.Close()
	const token = "EAAB-secret-of-the-page"
	for _, status := range []int{200, 301, 302, 307, 308, 400, 401, 403, 500} {
		evil := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Location", elsewhere.URL)
			w.WriteHeader(status)
			_, _ = fmt.Fprintf(w, `{"error":{"message":"bad token %s","code":190}}`, strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer "))
		}))
		a := messenger.New(messenger.Config{
			Channel: inbox.Channel{ID: "c1", Address: "1", Messenger: inbox.MessengerSettings{BaseURL: evil.URL}}, Clock: eager{run.NewManual(noon)},
			Token: func(context.Context) (string, error) { return " " + token + "\n", nil },
		})
		steps, err := a.Check(t.Context())
		got := a.Send(t.Context(), rendered("700", "x"), inbox.Permit{}, yes)
		if all := fmt.Sprintf("%v %v %+v", steps, err, got); err == nil || strings.Contains(all, token) {
			t.Errorf("%d: %s", status, all)
		}
		evil.Close()
	}
}

func TestTokensThatAreNone(t *testing.T) {
	r := open(t)
	held, broken := "", error(nil)
	r.restart(func(c *messenger.Config) { c.Token = func(context.Context) (string, error) { return held, broken } })
	for _, bad := range []string{"", "  ", "two words", "line\nbreak", "é", "\x00"} {
		held = bad
		if err := r.poll(1); inbox.CodeOf(err) != inbox.Auth || len(r.server.Requests()) != 0 {
			t.Errorf("%q: %v", bad, err)
		}
	}
	held, broken = "x", inbox.Errorf(inbox.NotFound, "none")
	if err := r.poll(1); inbox.CodeOf(err) != inbox.Auth {
		t.Error(err)
	}
	broken = errors.New("the keyring is locked")
	if err := r.poll(1); !errors.Is(err, broken) {
		t.Error(err)
	}
	if got := r.Send(r.ctx, rendered("700", "x"), inbox.Permit{}, yes); got.Outcome != inbox.Later {
		t.Errorf("%+v", got)
	}
}

func TestAddresses(t *testing.T) {
	for address, good := range map[string]bool{
		"http://graph.facebook.com": false, "http://127.0.0.1.evil.example": false, "ftp://127.0.0.1": false, "https://u:p@x.example": false, "x": false,
	} {
		a := messenger.New(messenger.Config{Channel: inbox.Channel{Messenger: inbox.MessengerSettings{BaseURL: address}}, Token: func(context.Context) (string, error) { return "t", nil }})
		if _, _, err := a.Page(t.Context()); (err == nil) != good || inbox.CodeOf(err) != inbox.Invalid {
			t.Errorf("%q: %v", address, err)
		}
	}
}

var _ = chat.Message{}
