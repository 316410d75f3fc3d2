package teamlog

import (
	"encoding/json"
	"errors"
	"slices"
)

// Span is an unbroken run of numbers, both ends included.
type Span struct{ From, To uint64 }

// Ranges is a set of numbers as sorted spans that do not touch. Copies are
// independent. The zero Ranges is empty.
type Ranges struct {
	spans []Span // never changed once shared: all but the last span
	last  Span   // the span with the highest numbers, when any
	any   bool
}

// Add puts a number into the set. Adding in order is cheap.
func (r *Ranges) Add(n uint64) {
	switch {
	case !r.any:
		r.last, r.any = Span{n, n}, true
	case n == r.last.To+1:
		r.last.To = n
	case n > r.last.To:
		r.spans = append(slices.Clip(r.spans), r.last)
		r.last = Span{n, n}
	case !r.Has(n):
		r.insert(n)
	}
}

func (r *Ranges) insert(n uint64) { r.AddSpan(Span{n, n}) }

// AddSpan puts all numbers of a span into the set, however many they are.
func (r *Ranges) AddSpan(s Span) { *r = rangesOf(append(r.Spans(), s)) }

// rangesOf makes a set of spans in any order.
func rangesOf(spans []Span) (r Ranges) {
	slices.SortFunc(spans, func(a, b Span) int {
		if a.From < b.From {
			return -1
		}
		return 1
	})
	for _, s := range spans {
		switch {
		case !r.any:
			r.last, r.any = s, true
		case s.From <= r.last.To || s.From == r.last.To+1:
			r.last.To = max(r.last.To, s.To)
		default:
			r.spans = append(r.spans, r.last)
			r.last = s
		}
	}
	return r
}

// Spans lists the set's spans in order.
func (r Ranges) Spans() []Span {
	if !r.any {
		return nil
	}
	return append(slices.Clone(r.spans), r.last)
}

// Has says whether a number is in the set.
func (r Ranges) Has(n uint64) bool {
	if r.any && n >= r.last.From {
		return n <= r.last.To
	}
	i, found := slices.BinarySearchFunc(r.spans, n, func(s Span, n uint64) int {
		switch {
		case s.To < n:
			return -1
		case s.From > n:
			return 1
		}
		return 0
	})
	return found && i < len(r.spans)
}

// Count says how many numbers are in the set.
func (r Ranges) Count() (count uint64) {
	for _, s := range r.Spans() {
		count += s.To - s.From + 1
	}
	return count
}

// Max is the highest number in the set, 0 when it is empty.
func (r Ranges) Max() uint64 { return r.last.To }

// Diff gives what is in this set and not in the other.
func (r Ranges) Diff(other Ranges) Ranges {
	var only []Span
	taken := other.Spans()
	for _, s := range r.Spans() {
		from, covered := s.From, false
		for len(taken) > 0 && taken[0].To < from {
			taken = taken[1:]
		}
		for _, o := range taken {
			if o.From > s.To {
				break
			}
			if o.From > from {
				only = append(only, Span{from, o.From - 1})
			}
			if o.To >= s.To {
				covered = true
				break
			}
			from = o.To + 1
		}
		if !covered {
			only = append(only, Span{from, s.To})
		}
	}
	return rangesOf(only)
}

// MarshalJSON writes the spans as pairs.
func (r Ranges) MarshalJSON() ([]byte, error) {
	pairs := [][2]uint64{}
	for _, s := range r.Spans() {
		pairs = append(pairs, [2]uint64{s.From, s.To})
	}
	return json.Marshal(pairs)
}

// UnmarshalJSON reads pairs, in any order.
func (r *Ranges) UnmarshalJSON(text []byte) error {
	var pairs [][2]uint64
	if err := json.Unmarshal(text, &pairs); err != nil {
		return err
	}
	spans := make([]Span, 0, len(pairs))
	for _, p := range pairs {
		if p[0] > p[1] {
			return errors.New("a span of positions ends before it begins")
		}
		spans = append(spans, Span{p[0], p[1]})
	}
	*r = rangesOf(spans)
	return nil
}
