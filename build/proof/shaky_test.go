package proof

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	toxiproxy "github.com/Shopify/toxiproxy/v2"
	"github.com/rs/zerolog"
)

// shaky is a way to a server on which connections break at any byte.
type shaky struct {
	mu    sync.Mutex
	proxy *toxiproxy.Proxy
	limit string // name of the toxic in place
	cuts  int
}

func newShaky(t testing.TB, host string, port, to int) *shaky {
	t.Helper()
	server := toxiproxy.NewServer(toxiproxy.NewMetricsContainer(nil), zerolog.Nop())
	s := &shaky{proxy: toxiproxy.NewProxy(server, fmt.Sprintf("%s:%d", host, port),
		net.JoinHostPort(host, strconv.Itoa(port)), net.JoinHostPort("127.0.0.1", strconv.Itoa(to)))}
	s.open(t)
	t.Cleanup(s.close)
	return s
}

func (s *shaky) open(t testing.TB) {
	t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.proxy.Start(); err != nil {
		t.Fatal(err)
	}
}

func (s *shaky) close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.proxy.Stop()
}

// shake cuts what there is, or lets every connection end after so many bytes
// from the server or to it, or is kind.
func (s *shaky) shake(random *rand.Rand) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.proxy.Enabled {
		return nil
	}
	if s.limit != "" {
		if err := s.proxy.Toxics.RemoveToxic(context.Background(), s.limit); err != nil {
			return err
		}
		s.limit = ""
	}
	switch random.IntN(4) {
	case 0:
		s.cuts++
		s.proxy.Stop()
		return s.proxy.Start()
	case 1, 2:
		s.cuts++
		s.limit = "limit"
		stream := []string{"upstream", "downstream"}[random.IntN(2)]
		_, err := s.proxy.Toxics.AddToxicJson(strings.NewReader(fmt.Sprintf(
			`{"name":"limit","type":"limit_data","stream":%q,"attributes":{"bytes":%d}}`, stream, random.IntN(20_000))))
		return err
	}
	return nil
}

// shakeAll shakes the ways of a team until the test ends.
func shakeAll(t *testing.T, f *firm, random *rand.Rand) (cuts func() int) {
	t.Helper()
	ended, stop := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		for {
			select {
			case <-stop:
				return
			case <-time.After(time.Duration(200+random.IntN(1500)) * time.Millisecond):
			}
			if all := f.shakyWays(); len(all) > 0 {
				if err := all[random.IntN(len(all))].shake(random); err != nil {
					t.Error(err)
				}
			}
		}
	}()
	var once sync.Once
	halt := func() { once.Do(func() { close(stop); <-ended }) }
	t.Cleanup(halt)
	return func() (n int) {
		halt()
		for _, way := range f.shakyWays() {
			n += way.cuts
		}
		return n
	}
}

// TestATeamOnBrokenConnections is the same week with connections that break at
// random: nothing is lost, doubled or decided differently.
func TestATeamOnBrokenConnections(t *testing.T) {
	random := chance(t)
	f := openFirm(t)
	f.breaks = true
	a := f.founds(t)
	b := f.invited(t, a)
	c := f.approved(t, a, b)
	cuts := shakeAll(t, f, random)
	w := &week{f: f, ann: a, ben: b, carol: c}
	w.goesThrough(t, scenarios[:shakyScenarios])
	if n := cuts(); n < 10 {
		t.Errorf("only %d cuts", n)
	}
	f.ends()
}
