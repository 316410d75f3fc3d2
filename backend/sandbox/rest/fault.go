package rest

import (
	"net/http"
	"strings"
)

// Failure is one of the ways in which an API fails. Those from CutAfter on, and
// those of a fake's own from OwnAfter on, happen after the work was done, so that
// the caller does not know it.
type Failure int

// The failures that every API has. Each fake words those with a status in its
// own way (Config.Refusals).
const (
	Unauthorized Failure = iota + 1 // 401
	Refused                         // 403: this user may not
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
	WrongTypes                      // numbers as text, text as numbers, flags as 0 and 1
	Endless                         // an answer of more bytes than anybody wants
	Elsewhere                       // a redirect to another host
)

// Own and OwnAfter are where a fake's own failures begin: those before the work
// and those after it.
const (
	Own      Failure = 100
	OwnAfter Failure = 200
	cutAt    Failure = 1000
)

// CutAt answers with the first n bytes of what would be said, after the work.
func CutAt(n int) Failure { return cutAt + Failure(n) }

func (f Failure) afterWork() bool { return f >= CutAfter && f < Own || f >= OwnAfter }

// fault is a failure that waits for its requests.
type fault struct {
	path    string
	failure Failure
	skip    int
	times   int
}

// Fail lets the next requests of a path fail; times < 0: until Heal. A path is
// "/v1/notes" or "POST /v1/notes", and stands for everything below it, too;
// "" is every path.
func (s *Server) Fail(path string, failure Failure, times int) {
	s.addFault(&fault{path: path, failure: failure, times: times})
}

// FailAfter lets one request of a path fail, after skip others of it.
func (s *Server) FailAfter(path string, failure Failure, skip int) {
	s.addFault(&fault{path: path, failure: failure, skip: skip, times: 1})
}

func (s *Server) addFault(f *fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = append(s.faults, f)
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
			if f.skip > 0 {
				f.skip--
				continue
			}
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

// refusals are the failures that are an answer of their own, in the words of an
// API that has none.
var refusals = map[Failure]func() Answer{
	Unauthorized: status(http.StatusUnauthorized),
	Refused:      status(http.StatusForbidden),
	Missing:      status(http.StatusNotFound),
	Gone:         status(http.StatusGone),
	TooMany:      func() Answer { return status(http.StatusTooManyRequests)().After("7") },
	TooManyBare:  status(http.StatusTooManyRequests),
	BadRequest:   status(http.StatusBadRequest),
	Broken:       status(http.StatusInternalServerError),
	Maintenance:  func() Answer { return status(http.StatusServiceUnavailable)().After("120") },
	BadGateway:   func() Answer { return Answer{Status: http.StatusBadGateway, Page: gatewayPage} },
	GatewayAfter: func() Answer { return Answer{Status: http.StatusGatewayTimeout, Page: gatewayPage} },
	NotJSON: func() Answer {
		return Answer{Status: http.StatusOK, Page: "<html><body>Sign in to this network</body></html>"}
	},
	Elsewhere: func() Answer {
		return Answer{Status: http.StatusFound, Header: http.Header{"Location": {"https://elsewhere.example/v1/"}}, Page: "<a>Found</a>"}
	},
}

func status(code int) func() Answer {
	return func() Answer { return Answer{Status: code, Body: map[string]any{"error": http.StatusText(code)}} }
}

const gatewayPage = "<html><head><title>502 Bad Gateway</title></head><body>Bad Gateway</body></html>"

// fail gives a failure instead of the answer.
func (s *Server) fail(w http.ResponseWriter, r *http.Request, f Failure, done Answer, asked *Request) {
	refusal := s.cfg.Refusals[f]
	if refusal == nil {
		refusal = refusals[f]
	}
	if refusal != nil {
		s.write(w, refusal(), asked)
		return
	}
	switch {
	case f == Slow, f == SlowAfter:
		select {
		case <-r.Context().Done():
		case <-s.closed:
		}
		Cut()
	case f == CutBefore, f == CutAfter:
		Cut()
	case f == CutJSON:
		s.cut(w, done, len(done.Bytes())/2, asked)
	case f >= cutAt:
		s.cut(w, done, int(f-cutAt), asked)
	case f == Nulls, f == WrongTypes:
		s.write(w, s.spoiled(done, f), asked)
	case f == Endless:
		s.endless(w, asked)
	}
}

// cut writes the beginning of an answer.
func (s *Server) cut(w http.ResponseWriter, done Answer, length int, asked *Request) {
	raw := done.Bytes()
	done.Header = done.Header.Clone()
	if done.Header == nil {
		done.Header = http.Header{}
	}
	done.Header.Set("Content-Type", done.contentType())
	done.Raw = raw[:min(length, len(raw)):min(length, len(raw))]
	if done.Raw == nil {
		done.Raw = []byte{}
	}
	s.write(w, done, asked)
}

// Cut ends the connection without an answer. It does not return.
func Cut() { panic(http.ErrAbortHandler) }

// endless writes 64 MiB, or until nobody reads any more.
func (s *Server) endless(w http.ResponseWriter, asked *Request) {
	s.write(w, Answer{Status: http.StatusOK, Body: JSON(`{"success":true,"data":{"name":"`)}, asked)
	piece := []byte(strings.Repeat("x", 1<<20))
	for range 64 {
		if _, err := w.Write(piece); err != nil {
			return
		}
	}
}
