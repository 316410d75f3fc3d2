package twilioserver_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"postvak/backend/run"
	"postvak/backend/sandbox/spectest"
	"postvak/backend/sandbox/twilioserver"
)

var noon = time.Date(2026, 3, 10, 12, 0, 0, 0, time.UTC)

const (
	ours = "+31201234567"
	jan  = "+31612345678"
)

type rig struct {
	t *testing.T
	*twilioserver.Server
	clock *run.Manual
}

func start(t *testing.T, cfg twilioserver.Config) *rig {
	t.Helper()
	r := &rig{t: t, clock: run.NewManual(noon)}
	cfg.Clock, cfg.Observe = r.clock, spectest.NewChecker(t, spectest.Twilio).Observe
	var err error
	if r.Server, err = twilioserver.Start(cfg); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = r.Close() })
	return r
}

type said map[string]any

// ask makes a request with the account's key; a path without a host is Twilio's.
func (r *rig) ask(method, path string, form url.Values) (int, http.Header, said) {
	r.t.Helper()
	_, key, secret := r.Account()
	req, err := http.NewRequestWithContext(r.t.Context(), method, r.URL()+path, strings.NewReader(form.Encode()))
	if err != nil {
		r.t.Fatal(err)
	}
	if !strings.HasPrefix(path, "/cdn") {
		req.SetBasicAuth(key, secret)
	}
	if form != nil {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	res, err := (&http.Transport{}).RoundTrip(req)
	if err != nil {
		r.t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	raw, err := io.ReadAll(res.Body)
	if err != nil {
		r.t.Fatal(err)
	}
	var s said
	_ = json.Unmarshal(raw, &s)
	return res.StatusCode, res.Header, s
}

func (r *rig) messages() string {
	sid, _, _ := r.Account()
	return "/2010-04-01/Accounts/" + sid + "/Messages"
}

func (r *rig) send(more url.Values) (int, said) {
	r.t.Helper()
	v := url.Values{"From": {"whatsapp:" + ours}, "To": {"whatsapp:" + jan}}
	for name, values := range more {
		if v[name] = values; values == nil {
			v.Del(name)
		}
	}
	status, _, s := r.ask(http.MethodPost, r.messages()+".json", v)
	return status, s
}

// What is wrong with a message's form is refused at once, with Twilio's code.
func TestWhatIsRefusedAtOnce(t *testing.T) {
	r := start(t, twilioserver.Config{})
	id := r.AddTemplate(twilioserver.Template{Name: "a", Body: "Hello {{1}}"})
	for name, c := range map[string]struct {
		more url.Values
		code float64
	}{
		"sender":              {url.Values{"From": {"whatsapp:+31209999999"}, "Body": {"x"}}, 63007},
		"no channel":          {url.Values{"From": {ours}, "Body": {"x"}}, 63007},
		"number":              {url.Values{"To": {"whatsapp:0612"}, "Body": {"x"}}, 21211},
		"itself":              {url.Values{"To": {"whatsapp:" + ours}, "Body": {"x"}}, 63031},
		"nothing":             {nil, 21619},
		"too long":            {url.Values{"Body": {strings.Repeat("é", 1601)}}, 21617},
		"validity":            {url.Values{"Body": {"x"}, "ValidityPeriod": {"36001"}}, 21624},
		"no content":          {url.Values{"ContentVariables": {"{}"}}, 21654},
		"unknown content":     {url.Values{"ContentSid": {"HX1"}}, 21655},
		"variables":           {url.Values{"ContentSid": {id}, "ContentVariables": {"1"}}, 21656},
		"content and body":    {url.Values{"ContentSid": {id}, "Body": {"x"}}, 20001},
		"two files":           {url.Values{"MediaUrl": {"https://a.example/1", "https://a.example/2"}}, 63030},
		"unknown parameter":   {url.Values{"Body": {"x"}, "Urgent": {"1"}}, 20001},
		"longest that may be": {url.Values{"Body": {strings.Repeat("é", 1600)}, "ValidityPeriod": {"36000"}}, 0},
	} {
		status, s := r.send(c.more)
		if code, _ := s["code"].(float64); code != c.code || (status == http.StatusCreated) != (c.code == 0) {
			t.Errorf("%s: %d %v", name, status, s)
		}
	}
	if n := len(r.Outgoing()); n != 1 {
		t.Errorf("%d messages were taken", n)
	}
}

// The 24 hours end to the second, and only show in the message's state.
func TestTheWindow(t *testing.T) {
	for age, want := range map[time.Duration]string{0: "read", 24*time.Hour - time.Second: "read", 24 * time.Hour: "undelivered", 30 * time.Hour: "undelivered"} {
		r := start(t, twilioserver.Config{})
		r.Receive(twilioserver.Incoming{From: jan, Body: "Hello", At: noon.Add(-age)})
		status, s := r.send(url.Values{"Body": {"x"}})
		if status != http.StatusCreated || s["status"] != "queued" || s["date_sent"] != nil {
			t.Errorf("%d %v", status, s)
		}
		r.clock.Advance(time.Minute)
		sent := r.Outgoing()[0]
		if sent.Status != want || (sent.Code == 63016) != (want == "undelivered") {
			t.Errorf("after %v: %+v", age, sent)
		}
	}
}

func TestListsGoByDaysAndPagesWordForWord(t *testing.T) {
	r := start(t, twilioserver.Config{})
	for i := range 5 {
		r.Receive(twilioserver.Incoming{From: jan, Body: "x", At: noon.Add(-time.Duration(i) * 11 * time.Hour)}) // 10th: 12h, 1h; 9th: 14h, 3h; 8th: 16h
	}
	count := func(q string) int {
		t.Helper()
		_, _, s := r.ask(http.MethodGet, r.messages()+".json?"+q, nil)
		all, _ := s["messages"].([]any)
		return len(all)
	}
	for q, want := range map[string]int{
		"": 5, "DateSent%3E=2026-03-10T00%3A00%3A00Z": 2, "DateSent%3E=2026-03-09T23%3A00%3A00Z": 4, "DateSent=2026-03-09T00%3A00%3A00Z": 2,
		"To=whatsapp%3A%2B31201234567": 5, "From=whatsapp%3A%2B31201234567": 0, "To=%2B31201234567": 0,
	} {
		if got := count(q); got != want {
			t.Errorf("%q: %d messages, not %d", q, got, want)
		}
	}
	r.send(url.Values{"Body": {"x"}})
	if n := count("From=whatsapp%3A%2B31201234567&DateSent%3E=2026-03-10T00%3A00%3A00Z"); n != 0 {
		t.Errorf("%d messages that were not sent yet are of a day", n)
	}
	_, _, first := r.ask(http.MethodGet, r.messages()+".json?PageSize=2", nil)
	next, _ := first["next_page_uri"].(string)
	if status, _, s := r.ask(http.MethodGet, next, nil); status != http.StatusOK || len(s["messages"].([]any)) != 2 {
		t.Errorf("%d %v", status, s)
	}
	if status, _, _ := r.ask(http.MethodGet, strings.Replace(next, "PageSize=2", "PageSize=3", 1), nil); status != http.StatusBadRequest {
		t.Errorf("a page's address that was put together: %d", status)
	}
}

func TestFilesNeedNoKeyAtTheStore(t *testing.T) {
	r := start(t, twilioserver.Config{MediaLag: 2 * time.Second})
	sid := r.Receive(twilioserver.Incoming{From: jan, Files: []twilioserver.File{{Type: "image/png", Data: []byte("x")}}})
	if status, _, _ := r.ask(http.MethodGet, r.messages()+"/"+sid+"/Media.json", nil); status != http.StatusNotFound {
		t.Errorf("too early: %d", status)
	}
	r.clock.Advance(3 * time.Second)
	_, _, list := r.ask(http.MethodGet, r.messages()+"/"+sid+"/Media.json", nil)
	media := list["media_list"].([]any)[0].(map[string]any)["sid"].(string)
	status, header, _ := r.ask(http.MethodGet, r.messages()+"/"+sid+"/Media/"+media, nil)
	to := strings.TrimPrefix(header.Get("Location"), r.URL())
	if status != http.StatusTemporaryRedirect || !strings.HasPrefix(to, "/cdn/") {
		t.Fatalf("%d %s", status, to)
	}
	if status, _, _ := r.ask(http.MethodGet, to, nil); status != http.StatusOK {
		t.Errorf("without a key: %d", status)
	}
	if status, _, _ := r.ask(http.MethodGet, "/./"+to, nil); status == http.StatusOK {
		t.Errorf("with a key: %d", status)
	}
	r.clock.Advance(5 * time.Hour)
	if status, _, _ := r.ask(http.MethodGet, to, nil); status != http.StatusForbidden {
		t.Errorf("much later: %d", status)
	}
}

func TestItListensOnThisComputerAlone(t *testing.T) {
	if s, err := twilioserver.Start(twilioserver.Config{Address: "0.0.0.0:0"}); err == nil {
		_ = s.Close()
		t.Error("it listens to the world")
	}
}
