package teamlog

import "crypto/sha256"

// remembered is how many records a Replay knows by itself.
const remembered = 20_000

// recent are the newest records that were accepted in this run: those of
// numbers first to first+len(ids)-1.
type recent struct {
	known  map[string]bool
	ids    []string
	hashes [][sha256.Size]byte
	first  uint64
}

func newRecent() recent { return recent{known: map[string]bool{}} }

func (r *recent) add(id string, n uint64, hash [sha256.Size]byte) {
	if len(r.ids) == 2*remembered {
		for _, old := range r.ids[:remembered] {
			delete(r.known, old)
		}
		r.ids = append(r.ids[:0], r.ids[remembered:]...)
		r.hashes = append(r.hashes[:0], r.hashes[remembered:]...)
	}
	r.known[id] = true
	r.ids, r.hashes = append(r.ids, id), append(r.hashes, hash)
	r.first = n + 1 - uint64(len(r.ids))
}

func (r *recent) hashAt(n uint64) (hash [sha256.Size]byte, known bool) {
	if n < r.first || n-r.first >= uint64(len(r.hashes)) {
		return hash, false
	}
	return r.hashes[n-r.first], true
}

func (r *Replay) has(id string, h History) (bool, error) {
	if r.recent.known[id] {
		return true, nil
	}
	if h == nil {
		return false, nil
	}
	return h.Has(id)
}

func (r *Replay) hashAt(n uint64, h History) (hash [sha256.Size]byte, known bool, err error) {
	switch {
	case n == r.Cursor.Count:
		return r.Cursor.Hash, true, nil
	case n == 0:
		return Begin(r.Team.LogID).Hash, true, nil
	}
	if hash, known := r.recent.hashAt(n); known {
		return hash, true, nil
	}
	if h == nil {
		return hash, false, nil
	}
	return h.HashAt(n)
}
