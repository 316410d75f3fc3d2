package app

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
)

func (r *rig) request(method, path string, change func(*http.Request)) *http.Response {
	r.t.Helper()
	return r.send(method, path, "[]", change)
}

func (r *rig) send(method, path, body string, change func(*http.Request)) *http.Response {
	r.t.Helper()
	request, err := http.NewRequest(method, r.base+path, strings.NewReader(body))
	if err != nil {
		r.t.Fatal(err)
	}
	if change != nil {
		change(request)
	}
	response, err := r.client.Do(request)
	if err != nil {
		r.t.Fatal(err)
	}
	return response
}

func (r *rig) bearer(request *http.Request) { request.Header.Set("Authorization", "Bearer "+r.token) }

func TestNobodyWithoutTheTokenGetsAnything(t *testing.T) {
	r := startRig(t, Options{})
	routes := []struct{ method, path string }{
		{"GET", "/"}, {"GET", "/index.html"}, {"GET", "/assets/a.js"}, {"GET", "/bridge.js"}, {"GET", "/events"},
		{"POST", "/call/Settings.Get"}, {"POST", "/call/No.Such"}, {"POST", "/file"}, {"GET", "/file/x"}, {"GET", "/?token=wrong"},
		{"GET", "/events?token=" + r.token}, {"POST", "/?token=" + r.token}, {"GET", "/nothing"},
	}
	for _, route := range routes {
		for name, change := range map[string]func(*http.Request){
			"none":   nil,
			"wrong":  func(q *http.Request) { q.Header.Set("Authorization", "Bearer "+strings.Repeat("A", len(r.token))) },
			"scheme": func(q *http.Request) { q.Header.Set("Authorization", r.token) },
			"cookie": func(q *http.Request) { q.AddCookie(&http.Cookie{Name: r.host.cookie, Value: "wrong"}) },
		} {
			response := r.request(route.method, route.path, change)
			body := read(t, response.Body)
			if response.StatusCode != http.StatusUnauthorized {
				t.Errorf("%s %s with %s: %d", route.method, route.path, name, response.StatusCode)
			}
			if strings.Contains(body, r.token) {
				t.Errorf("%s %s gives the token away", route.method, route.path)
			}
		}
	}
}

func TestForeignHostsAndOriginsAreRefused(t *testing.T) {
	r := startRig(t, Options{})
	port := r.base[strings.LastIndex(r.base, ":")+1:]
	for _, c := range []struct {
		header, value string
		status        int
	}{
		{"Origin", "https://evil.example", 403}, {"Origin", "null", 403}, {"Origin", "http://127.0.0.1:1", 403},
		{"Origin", "http://127.0.0.1.evil.example:" + port, 403}, {"Origin", "https://127.0.0.1:" + port, 403},
		{"Origin", r.base, 200}, {"Origin", "http://localhost:" + port, 200},
		{"Host", "evil.example", 403}, {"Host", "127.0.0.1", 403}, {"Host", "evil.example:" + port, 403}, {"Host", "localhost:" + port, 200},
	} {
		response := r.request("POST", "/call/Settings.Get", func(q *http.Request) {
			r.bearer(q)
			if c.header == "Host" {
				q.Host = c.value
			} else {
				q.Header.Set(c.header, c.value)
			}
		})
		read(t, response.Body)
		if response.StatusCode != c.status {
			t.Errorf("%s %q: %d, want %d", c.header, c.value, response.StatusCode, c.status)
		}
	}
}

func TestOpeningTheAddressSetsACookieThatWorks(t *testing.T) {
	r := startRig(t, Options{})
	var line bytes.Buffer
	if err := r.host.Announce(&line); err != nil {
		t.Fatal(err)
	}
	var ready map[string]string
	if err := json.Unmarshal(line.Bytes(), &ready); err != nil || strings.Count(line.String(), "\n") != 1 {
		t.Fatalf("ready line %q: %v", line.String(), err)
	}
	browser := withCookies(t)
	response, err := browser.Get(ready["url"])
	if err != nil {
		t.Fatal(err)
	}
	page := read(t, response.Body)
	if !strings.Contains(page, `<head><script src="/bridge.js"></script><script type="module"`) {
		t.Errorf("the bridge is not in front: %s", page)
	}
	if got := response.Header.Get("Content-Security-Policy"); got != windowPolicy {
		t.Errorf("policy %q", got)
	}
	u, _ := url.Parse(r.base)
	for _, cookie := range browser.Jar.Cookies(u) {
		if cookie.Value == "" {
			t.Error("empty cookie")
		}
	}
	for _, path := range []string{"/", "/bridge.js", "/assets/a.js"} {
		response, err := browser.Get(r.base + path)
		if err != nil {
			t.Fatal(err)
		}
		read(t, response.Body)
		if response.StatusCode != http.StatusOK || response.Header.Get("X-Content-Type-Options") != "nosniff" ||
			response.Header.Get("X-Frame-Options") != "DENY" || response.Header.Get("Cross-Origin-Resource-Policy") != "same-origin" {
			t.Errorf("%s: %d %v", path, response.StatusCode, response.Header)
		}
	}
}

func TestOnlyLoopbackIsListenedOn(t *testing.T) {
	for address, fine := range map[string]bool{
		"127.0.0.1:0": true, "[::1]:0": true, "localhost:0": true, "127.0.0.2:8080": true,
		"0.0.0.0:0": false, ":0": false, "[::]:0": false, "192.168.1.2:80": false, "example.com:80": false, "127.0.0.1": false, "": false,
	} {
		if err := ListenAddress(address); (err == nil) != fine {
			t.Errorf("%q: %v", address, err)
		}
	}
}

func TestArgumentsAreChecked(t *testing.T) {
	r := startRig(t, Options{})
	for _, c := range []struct{ name, arguments, code string }{
		{"Settings.Get", `[]`, ""}, {"Settings.Get", ``, ""}, {"Settings.Get", ` [ ] `, ""},
		{"Settings.Get", `{}`, "invalid"}, {"Settings.Get", `null`, "invalid"}, {"Settings.Get", `[1]`, "invalid"},
		{"Settings.Get", `[`, "invalid"}, {"Settings.Get", `[][]`, "invalid"},
		{"Inbox.List", `[]`, "invalid"}, {"Inbox.List", `["mine"]`, "invalid"}, {"Inbox.List", `[{"section":1}]`, "invalid"},
		{"Inbox.List", `[{"section":"mine"}]`, ""}, {"Inbox.List", `[{"section":"mine","unknown":1}]`, ""},
		{"Inbox.List", `[{"section":"nowhere"}]`, "invalid"}, {"Inbox.List", `[{}]`, "invalid"},
		{"Inbox.List", `[{"section":"mine","limit":0}]`, ""}, {"Inbox.List", `[{"section":"mine","limit":200}]`, ""},
		{"Inbox.List", `[{"section":"mine","limit":201}]`, "invalid"}, {"Inbox.List", `[{"section":"mine","limit":-1}]`, "invalid"},
		{"Inbox.List", `[{"section":"mine","limit":1.5}]`, "invalid"}, {"Inbox.List", `[{"section":"mine","sort":"odd"}]`, "invalid"},
		{"Inbox.List", `[{"section":"mine","offset":-1}]`, "invalid"}, {"Inbox.List", `[{"section":"mine","after":"rubbish"}]`, "invalid"},
		{"Inbox.Search", `[{"text":"x","limit":1000}]`, "invalid"}, {"Inbox.Search", `[{"text":"\"(*"}]`, ""},
		{"Inbox.Open", `["none",{"limit":500}]`, "invalid"}, {"Inbox.Open", `["none",{}]`, "not_found"}, {"Inbox.Open", `["none"]`, "invalid"},
		{"Inbox.Open", `[null,{}]`, "invalid"}, {"Inbox.Assign", `["none","none"]`, "not_found"}, {"Inbox.Close", `["none"]`, "not_found"},
		{"Inbox.Bulk", `[{"do":"explode","conversationIds":[]}]`, ""}, {"Inbox.Undo", `["none"]`, "not_found"},
		{"Inbox.Source", `["none"]`, "not_found"}, {"Inbox.Html", `["none",{}]`, "not_found"}, {"Inbox.AddNote", `["none","x"]`, "not_found"},
		{"Composer.Cancel", `["none"]`, "not_found"}, {"Composer.Retry", `["none"]`, "not_found"}, {"Composer.GiveUp", `["none"]`, "not_found"}, {"Composer.MarkSent", `["none"]`, "not_found"},
		{"Composer.Start", `[{"channelId":"none","to":["a@b.example"],"text":"x"}]`, "not_found"},
		{"Composer.SaveDraft", `["none",{"text":"x"}]`, "not_found"}, {"Composer.Send", `["none",{"text":"x"}]`, "not_found"},
		{"Availability.Set", `["yes"]`, "invalid"}, {"Availability.Set", `[null]`, "invalid"}, {"Availability.Set", `[true]`, ""},
		{"Channels.Check", `["none"]`, "not_found"}, {"Channels.Disconnect", `["none"]`, "not_found"},
		{"Channels.SignIn", `["none",{"password":"x"}]`, "not_found"}, {"Channels.Update", `["none",{}]`, "not_found"},
		{"Files.Put", `["a","not base64!"]`, "invalid"},
		{"Composer.Templates", `["none"]`, "not_found"}, {"Crm.Merge", `[]`, "not_found"},
		{"Sandbox.Sent", `[]`, "not_found"}, {"Files.Pick", `[]`, "not_found"}, {"Files.Save", `["x"]`, "not_found"},
		{"Inbox.OpenLink", `["x","https://example.com"]`, "not_found"}, {"Settings.OpenDemo", `[]`, "not_found"},
		{"settings.get", `[]`, "not_found"}, {"Settings", `[]`, "not_found"}, {"Settings.app", `[]`, "not_found"},
	} {
		answer := r.post(c.name, c.arguments)
		code := ""
		if answer.Error != nil {
			code = answer.Error.Code
		}
		if code != c.code {
			t.Errorf("%s(%s): %q, want %q", c.name, c.arguments, code, c.code)
		}
		want := http.StatusOK
		for known, status := range statusOf {
			if string(known) == code {
				want = status
			}
		}
		if answer.status != want {
			t.Errorf("%s(%s): status %d for %q", c.name, c.arguments, answer.status, code)
		}
	}
}

// Panicking is a service whose call panics.
type Panicking struct{ app *App }

// Now panics.
func (p *Panicking) Now() (string, error) {
	return do(p.app, "Panicking.Now", func(context.Context) (string, error) { panic("the secret plan") })
}

func TestAPanicIsAnErrorWithoutItsStack(t *testing.T) {
	r := startRig(t, Options{})
	r.host.live.Store(&served{r.app, newCaller([]any{&Panicking{r.app}})})
	failure := r.refused("internal", "Panicking.Now")
	if text := fmt.Sprint(failure); strings.Contains(text, "plan") || strings.Contains(text, ".go:") {
		t.Errorf("the panic shows: %s", text)
	}
}

// No list and no string of any answer is null.
func TestNothingIsNull(t *testing.T) {
	r := startRig(t, Options{})
	for _, name := range []string{"Inbox.Sections", "Channels.List", "Team.Status", "Team.Members", "Composer.Outbox", "Settings.Get", "Settings.Status"} {
		answer := r.post(name, "[]")
		text := strings.Replace(string(answer.Result), `"rebuilding":null`, "", 1) // an object that is not there
		if answer.Error != nil || strings.Contains(text, "null") {
			t.Errorf("%s: %+v %s", name, answer.Error, answer.Result)
		}
	}
	for _, arguments := range []string{`[{"section":"closed"}]`, `[{"section":"mine","filter":{"text":"x"}}]`} {
		if answer := r.post("Inbox.List", arguments); string(answer.Result) != `{"rows":[],"next":"","total":0}` {
			t.Errorf("an empty list: %s", answer.Result)
		}
	}
}
