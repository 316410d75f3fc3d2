package crmserver

import (
	"net/http"
	"strconv"
	"time"
)

const (
	burstWindow = 2 * time.Second
	searchBurst = 10 // of any account
	// ignored is after how many refused requests in a row the network in front
	// of the API answers by itself, with a page and 403.
	ignored = 20
)

// limits is what was spent: tokens of the day by the account, requests of the
// last two seconds by each token.
type limits struct {
	day     string
	spent   int
	recent  map[string][]time.Time
	refused map[string]int
}

// spend counts a request. Its headers go with whatever is answered; ok is
// false when the answer is a refusal.
func (s *Server) spend(user User, endpoint endpoint) (header http.Header, refusal answer, ok bool) {
	l, now := &s.limits, s.now()
	if day := now.Format(time.DateOnly); day != l.day {
		l.day, l.spent = day, 0
	}
	if l.recent == nil {
		l.recent, l.refused = map[string][]time.Time{}, map[string]int{}
	}
	burst, left, reset := s.burst(user, endpoint, now)
	over := left < 0 || l.spent+endpoint.cost > s.cfg.DailyTokens
	if !over {
		l.spent += endpoint.cost
		l.refused[user.Token] = 0
	} else if l.refused[user.Token]++; l.refused[user.Token] > ignored {
		return nil, capped(), false
	}
	header = http.Header{}
	header.Set("X-Daily-Ratelimit-Token-Limit", strconv.Itoa(s.cfg.DailyTokens))
	header.Set("X-Daily-Ratelimit-Token-Remaining", strconv.Itoa(s.cfg.DailyTokens-l.spent))
	header.Set("X-Ratelimit-Limit", strconv.Itoa(burst))
	header.Set("X-Ratelimit-Remaining", strconv.Itoa(max(0, left)))
	header.Set("X-Ratelimit-Reset", strconv.Itoa(reset))
	if over {
		return header, tooMany(), false
	}
	return header, answer{}, true
}

// burst counts the requests of the last two seconds, this one among them, and
// says how many are left and in how many seconds there are more.
func (s *Server) burst(user User, endpoint endpoint, now time.Time) (limit, left, reset int) {
	limit, key := s.cfg.Burst, user.Token
	if endpoint.search && limit > 0 {
		limit, key = min(limit, searchBurst), key+"/search"
	}
	if limit == 0 {
		return 120, 119, int(burstWindow / time.Second)
	}
	recent := s.limits.recent[key][:0]
	for _, at := range s.limits.recent[key] {
		if now.Sub(at) < burstWindow {
			recent = append(recent, at)
		}
	}
	if left = limit - len(recent) - 1; left >= 0 {
		recent = append(recent, now)
	}
	s.limits.recent[key] = recent
	return limit, left, int(burstWindow / time.Second)
}

// Spent is how many tokens of today's are gone.
func (s *Server) Spent() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.limits.spent
}

// SetDailyTokens changes what the account may spend in a day.
func (s *Server) SetDailyTokens(n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.cfg.DailyTokens = n
}

func tooMany() answer { return refuse(http.StatusTooManyRequests, "request over limit") }

// capped is the page of the network in front of the API.
func capped() answer {
	return answer{Status: http.StatusForbidden, Page: `<!DOCTYPE html>
<html lang="en-US"><head><title>Access denied</title></head>
<body><h1>Error 1015</h1><h2>You are being rate limited</h2>
<p>The owner of this website has banned you temporarily from accessing this website.</p></body></html>
`}
}
