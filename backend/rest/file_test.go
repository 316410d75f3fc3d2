package rest_test

import (
	"errors"
	"net/http"
	"testing"
	"time"

	"postvak/backend/rest"
	fake "postvak/backend/sandbox/rest"
)

func TestStores(t *testing.T) {
	real := rest.Stores{Base: "https://api.example.com", Hosts: []string{"cdn.example.net", "example.org"}}
	for address, want := range map[string]bool{
		"https://cdn.example.net/a?sig=1": true, "https://eu.cdn.example.net/a": true, "https://EXAMPLE.org:443/a": true,
		"https://example.net/a": false, "https://evilexample.org/a": false, "https://example.org.evil.example/a": false, "https://api.example.com/a": false,
		"http://example.org/a": false, "https://example.org:8443/a": false, "https://u:p@example.org/a": false,
		"https://127.0.0.1/a": false, "http://[::1]/a": false, "https://10.0.0.1/a": false, "file:///etc/passwd": false, "//example.org/a": false, "": false, "%": false,
	} {
		if real.Has(address) != want {
			t.Errorf("%q: %v", address, !want)
		}
	}
	here := rest.Stores{Base: "http://127.0.0.1:8080", Hosts: real.Hosts}
	for address, want := range map[string]bool{
		"http://127.0.0.1:8080/a": true, "http://127.0.0.1:81/a": false, "http://localhost:8080/a": false, "https://example.org/a": false,
	} {
		if here.Has(address) != want {
			t.Errorf("of a fake's, %q: %v", address, !want)
		}
	}
}

// A file is found behind a redirect, nothing of the call goes along, and what
// points away from the stores, or in a circle, is not followed.
func TestFetch(t *testing.T) {
	answers := map[string]fake.Answer{
		"/file":   fake.File("image/png", []byte("png")),
		"/once":   to("/file"),
		"/circle": to("/circle"),
		"/away":   to("http://127.0.0.1:9/file"),
		"/odd":    to(""),
	}
	server, err := fake.Start(fake.Config{Name: "a fake", Answer: func(r *http.Request, _ []byte) fake.Answer { return answers[r.URL.Path] }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = server.Close() })
	client := rest.New(rest.Config{Timeout: 10 * time.Second})
	for path, want := range map[string]string{"/file": "png", "/once": "png", "/circle": "", "/away": "", "/odd": ""} {
		call := rest.Call{URL: server.URL() + path, Header: http.Header{"X-Secret": {"s"}}, What: "GET file"}
		got, err := client.Fetch(t.Context(), call, rest.Stores{Base: server.URL()})
		if string(got.Raw) != want || errors.Is(err, rest.ErrElsewhere) != (want == "") {
			t.Errorf("%s: %q, %v", path, got.Raw, err)
		}
	}
	if n := server.Asked(http.MethodGet, "/circle"); n != 3 {
		t.Errorf("a circle was walked %d times", n)
	}
	for _, asked := range server.Requests() {
		if asked.Header.Get("X-Secret") != "" {
			t.Errorf("a secret went to %s", asked.Path)
		}
	}
}

func to(address string) fake.Answer {
	return fake.Answer{Status: http.StatusFound, Header: http.Header{"Location": {address}}}
}
