package rest

import "net/http"

// Routes finds by a request's method and path what answers it. It chooses
// only: an answer that was not written yet can still be lost.
type Routes[T any] struct{ mux *http.ServeMux }

// RoutesOf takes patterns as http.ServeMux has them.
func RoutesOf[T any](all map[string]T) Routes[T] {
	mux := http.NewServeMux()
	for pattern, one := range all {
		mux.HandleFunc(pattern, func(w http.ResponseWriter, _ *http.Request) {
			found := w.(*match[T])
			found.one, found.ok = one, true
		})
	}
	return Routes[T]{mux}
}

// Find gives what answers a request, and fills in the values of its path.
func (r Routes[T]) Find(req *http.Request) (T, bool) {
	var m match[T]
	r.mux.ServeHTTP(&m, req)
	return m.one, m.ok
}

// match is where the mux leaves what it found.
type match[T any] struct {
	one T
	ok  bool
}

func (*match[T]) Header() http.Header         { return http.Header{} }
func (*match[T]) Write(b []byte) (int, error) { return len(b), nil }
func (*match[T]) WriteHeader(int)             {}
