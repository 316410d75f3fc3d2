package rest

import (
	"net/http"
	"strconv"
	"strings"
	"time"
)

// aSecond is how coarse a Date header is; two samples may differ by it and by
// the time that an answer takes.
const aSecond = 2 * time.Second

// Longest is the longest time for which a firm is left alone because it said so.
const Longest = 24 * time.Hour

// learn takes the firm's time from an answer of its own. The header is whole
// seconds, and late by the answer's way here: the furthest of all samples is the
// nearest, until a clock was set.
func (c *Client) learn(r Reply) {
	at, err := http.ParseTime(r.Header.Get("Date"))
	if err != nil || !r.JSON {
		return
	}
	now := c.cfg.Clock.Now()
	offset := at.Sub(now)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.seen = now
	if gap := offset - c.offset; !c.known || gap > 0 || gap < -aSecond {
		c.offset, c.known = offset, true
	}
}

// Now is the firm's time as far as it is known, else the computer's. It asks
// nobody. Setting the computer's clock does not set it back: it goes on from the
// last answer, by the time that passed since. While a computer sleeps only the
// clock counts that, and when the clock was set back only the counter does.
func (c *Client) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	now := c.cfg.Clock.Now()
	if !c.known {
		return now
	}
	seen := c.seen.Round(0)
	return seen.Add(c.offset + max(0, now.Sub(c.seen), now.Round(0).Sub(seen)))
}

// KnowsTime says whether Now is the firm's time and not just the computer's.
func (c *Client) KnowsTime() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.known
}

// Pause is how long an answer asks to wait (Retry-After, RFC 9110 section
// 10.2.3); 0 when it does not.
func (r Reply) Pause(now time.Time) time.Duration {
	text := strings.TrimSpace(r.Header.Get("Retry-After"))
	if n, err := strconv.ParseFloat(text, 64); err == nil && n >= 0 {
		return time.Duration(min(n, Longest.Seconds()) * float64(time.Second))
	}
	if at, err := http.ParseTime(text); err == nil {
		return max(0, min(at.Sub(now), Longest))
	}
	return 0
}
