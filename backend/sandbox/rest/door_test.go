package rest

import (
	"context"
	"net/http"
	"testing"
)

// Off the network nobody is let in; back, it is at the same address, and twice is
// the same as once.
func TestAServerGoesOfflineAndComesBack(t *testing.T) {
	s, err := Start(Config{Name: "the test", Answer: func(*http.Request, []byte) Answer { return Answer{Status: http.StatusNoContent} }})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	ask := func() bool {
		request, _ := http.NewRequestWithContext(context.Background(), http.MethodGet, s.URL(), nil)
		response, err := http.DefaultClient.Do(request)
		if err != nil {
			return false
		}
		_ = response.Body.Close()
		return true
	}
	for range 2 {
		for _, offline := range []bool{true, true, false, false} {
			if err := s.SetOffline(offline); err != nil {
				t.Fatal(err)
			}
			if ask() == offline {
				t.Errorf("offline is %v, and it answers: %v", offline, !offline)
			}
		}
	}
	if n := s.Asked(http.MethodGet, "/"); n != 4 {
		t.Errorf("%d requests came in", n)
	}
}
