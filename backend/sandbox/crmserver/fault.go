package crmserver

import (
	"net/http"
	"strings"
)

// Failure is one of the ways in which the API fails. Those from CutAfter on
// happen after the work was done, so that the caller does not know it.
type Failure int

// The failures.
const (
	Unauthorized Failure = iota + 1 // 401
	Unpaid                          // 402: the company's account is not open
	Refused                         // 403: this user may not
	LimitReached                    // 403 with a code: the plan has no more of these
	Capped                          // 403, a page of the network in front
	Missing                         // 404
	Gone                            // 410
	TooMany                         // 429 with Retry-After
	TooManyBare                     // 429 that does not say how long
	BadRequest                      // 400 that names a field
	Broken                          // 500
	BadGateway                      // 502, a page
	Maintenance                     // 503 with Retry-After
	Slow                            // no answer until the caller goes, and nothing done
	CutBefore                       // the connection ends, and nothing done
	CutAfter                        // the connection ends, but it was done
	SlowAfter                       // no answer until the caller goes, but it was done
	GatewayAfter                    // 504, a page, but it was done
	CutJSON                         // half an answer
	NotJSON                         // 200 with a page
	Nulls                           // every member that is no id is null
	WrongTypes                      // numbers as text, text as numbers, flags as 0 and 1, lists as objects
	Endless                         // an answer of more bytes than anybody wants
	Elsewhere                       // a redirect to another host
	NoSuccess                       // 200 that says success: false
)

func (f Failure) afterWork() bool { return f >= CutAfter }

// fault is a failure that waits for its requests.
type fault struct {
	path    string
	failure Failure
	times   int
}

// Fail lets the next requests of a path fail; times < 0: until Heal. A path is
// "/v1/notes" or "POST /v1/notes", and stands for everything below it, too;
// "" is every path.
func (s *Server) Fail(path string, failure Failure, times int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = append(s.faults, &fault{path, failure, times})
}

// Heal forgets all failures that were switched on.
func (s *Server) Heal() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = nil
}

func (s *Server) takeFault(r *http.Request) *Failure {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, f := range s.faults {
		if f.times != 0 && fits(f.path, r) {
			if f.times > 0 {
				f.times--
			}
			failure := f.failure
			return &failure
		}
	}
	return nil
}

// fits says whether a request is one of those that path stands for.
func fits(path string, r *http.Request) bool {
	if method, rest, both := strings.Cut(path, " "); both {
		if method != r.Method {
			return false
		}
		path = rest
	}
	return path == "" || r.URL.Path == path || strings.HasPrefix(r.URL.Path, strings.TrimSuffix(path, "/")+"/")
}

// refusals are the failures that are an answer of their own.
var refusals = map[Failure]func() answer{
	Unauthorized: unauthorized,
	Unpaid:       func() answer { return refuse(http.StatusPaymentRequired, "Company account is not open") },
	Refused:      func() answer { return refuse(http.StatusForbidden, "You do not have permission to do this") },
	LimitReached: limitReached,
	Capped:       capped,
	Missing:      func() answer { return refuse(http.StatusNotFound, "Requested item was not found") },
	Gone:         func() answer { return refuse(http.StatusGone, "Note not found") },
	TooMany:      func() answer { return after(tooMany(), "7") },
	TooManyBare:  tooMany,
	BadRequest: func() answer {
		return refuse(http.StatusBadRequest, "Validation failed: title: should be at most 255 characters long")
	},
	Broken: func() answer {
		return answer{status: http.StatusInternalServerError, body: map[string]any{"success": false, "error": "Internal Server Error", "code": "ERR_UNKNOWN"}}
	},
	BadGateway:   func() answer { return answer{status: http.StatusBadGateway, page: gatewayPage} },
	GatewayAfter: func() answer { return answer{status: http.StatusGatewayTimeout, page: gatewayPage} },
	Maintenance:  func() answer { return after(refuse(http.StatusServiceUnavailable, "Scheduled maintenance"), "120") },
	NotJSON: func() answer {
		return answer{status: http.StatusOK, page: "<html><body>Sign in to this network</body></html>"}
	},
	Elsewhere: func() answer {
		return answer{status: http.StatusFound, header: http.Header{"Location": {"https://elsewhere.example/v1/"}}, page: "<a>Found</a>"}
	},
	NoSuccess: func() answer {
		return answer{status: http.StatusOK, body: map[string]any{"success": false, "error": "Requested service is not available", "data": nil}}
	},
}

const gatewayPage = "<html><head><title>502 Bad Gateway</title></head><body>Bad Gateway</body></html>"

func after(a answer, seconds string) answer {
	a.header = http.Header{"Retry-After": {seconds}}
	return a
}

func limitReached() answer {
	a := refuse(http.StatusForbidden, "Couldn't add the deal. Open deals limit reached.")
	a.body.(map[string]any)["code"] = "feature_capping_deals_limit"
	return a
}

// fail gives a failure instead of the answer.
func (s *Server) fail(w http.ResponseWriter, r *http.Request, f Failure, done answer, asked *Request) {
	if refusal := refusals[f]; refusal != nil {
		s.write(w, refusal(), asked)
		return
	}
	switch f {
	case Slow, SlowAfter:
		select {
		case <-r.Context().Done():
		case <-s.closed:
		}
		cut()
	case CutBefore, CutAfter:
		cut()
	case CutJSON:
		raw := done.bytes()
		s.write(w, answer{status: done.status, header: done.header, body: rawJSON(raw[:len(raw)/2])}, asked)
	case Nulls, WrongTypes:
		s.write(w, spoiled(done, f), asked)
	case Endless:
		s.endless(w, asked)
	default: // has its answer among the refusals
	}
}

// cut ends the connection without an answer.
func cut() { panic(http.ErrAbortHandler) }

// endless writes 64 MiB, or until nobody reads any more.
func (s *Server) endless(w http.ResponseWriter, asked *Request) {
	s.write(w, answer{status: http.StatusOK, body: rawJSON(`{"success":true,"data":{"name":"`)}, asked)
	piece := []byte(strings.Repeat("x", 1<<20))
	for range 64 {
		if _, err := w.Write(piece); err != nil {
			return
		}
	}
}
