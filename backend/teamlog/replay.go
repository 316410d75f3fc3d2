package teamlog

import (
	"encoding/base64"
	"errors"
	"fmt"

	"postvak/backend/inbox"
)

// The errors of Accept, beside those of the History.
var (
	// ErrLate says that a record turned up among older ones: the caller goes
	// back to a checkpoint before it and replays from there.
	ErrLate = errors.New("a record of the team log turned up late")
	// ErrUpdate says that the record holds a newer version's event that must
	// not be skipped: the caller stops there until the program is updated.
	ErrUpdate = errors.New("the team log needs a newer version of Postvak")
	// ErrState says that bytes given to Restore are not a state of this
	// version: the caller replays from the log's beginning.
	ErrState = errors.New("not a state of this version")
)

// History is what was accepted before the stretch in hand. The newest records
// that a Replay accepted itself it remembers, at least remembered of them, so
// that a caller may store a stretch in one go.
type History interface {
	// Has says whether a record was accepted.
	Has(id string) (bool, error)
	// HashAt gives the chain hash after n accepted records, if it is known.
	HashAt(n uint64) (hash [32]byte, known bool, err error)
}

// Accepted is a record that counts, with its place and what it decided. ID is
// "" for one that does not count. Record is the slice that was given.
type Accepted struct {
	ID        string
	N         uint64
	Pos       Pos
	Hash      [32]byte
	Record    []byte
	Decisions []Decision
}

// Replay is the fold of a whole log as far as the team: what every desktop
// does with every record. Not safe for concurrent use.
type Replay struct {
	Team   *Team
	Cursor Cursor
	chains map[string]link
	recent recent
}

// link is where a device's own numbering stands.
type link struct {
	Seq  uint64 `json:"s"`
	Prev string `json:"p"`
}

// NewReplay begins at nothing. An empty log id lets the first genesis name
// the log; with an id only that genesis begins it.
func NewReplay(logID string) *Replay {
	r := &Replay{Team: NewTeam(), Cursor: Begin(logID), chains: map[string]link{}, recent: newRecent()}
	r.Team.LogID = logID
	return r
}

// Accept takes the next record of the log: it checks who signed it and that it
// was not there before, decides what its events do, and moves the cursor. What
// does not count moves the cursor's position only. Findings are what was
// noticed either way. A record without a place (the zero Pos) is one that is
// replayed from where it was kept. After an error nothing has changed.
func (r *Replay) Accept(at Pos, record []byte, h History) (a Accepted, findings []Finding, err error) {
	if again, err := r.handedOver(at); again || err != nil {
		return a, nil, err
	}
	opened, err := Open(record)
	if err != nil || !r.ofThisLog(opened) {
		r.pass(at)
		return a, []Finding{finding(Foreign, opened, "")}, nil
	}
	if known, err := r.has(opened.ID, h); known || err != nil {
		if err == nil {
			r.pass(at)
			findings = append(findings, finding(Replayed, opened, r.memberOf(opened)))
		}
		return a, findings, err
	}
	author, genuine := r.signer(opened)
	if !genuine {
		r.pass(at)
		return a, []Finding{finding(Forged, opened, author)}, nil
	}
	if r.mustUpdate(opened, author) {
		return a, []Finding{finding(Critical, opened, author)}, ErrUpdate
	}
	findings, err = r.compare(opened, author, h)
	if err != nil {
		return a, nil, err
	}
	a = r.take(at, opened, author)
	a.Record = record
	if epoch := r.Team.epoch; epoch.N == a.N && len(r.Team.order) > 1 { // one alone moved it where a team begins
		findings = append(findings, finding(NewEpoch, opened, author))
	}
	return a, findings, nil
}

// handedOver says whether the engine gave this position before.
func (r *Replay) handedOver(at Pos) (again bool, err error) {
	switch {
	case at == Pos{}:
		return false, nil
	case r.Cursor.Pos.Epoch != "" && r.Cursor.Pos.Epoch != at.Epoch:
		return false, ErrEpoch
	case r.Cursor.Positions.Has(at.N):
		return true, nil
	case at.N <= r.Cursor.Pos.N:
		return false, ErrLate
	}
	return false, nil
}

// pass moves the position over a record that does not count.
func (r *Replay) pass(at Pos) {
	if at != (Pos{}) {
		r.Cursor.Pos = at
		r.Cursor.Positions.Add(at.N)
	}
}

// ofThisLog says whether a record belongs here: every record names its log but
// the one that begins it and whose id is that name.
func (r *Replay) ofThisLog(o *Opened) bool {
	if len(r.Team.members) > 0 {
		return o.Log == r.Team.LogID
	}
	return o.Log == "" && (r.Team.LogID == "" || r.Team.LogID == o.ID) && genesisOf(o) != nil
}

func genesisOf(o *Opened) *Genesis {
	if len(o.Events) == 0 {
		return nil
	}
	genesis, _ := o.Events[0].(*Genesis)
	return genesis
}

// signer says for whom a record's device speaks and whether it signed it. A
// revoked device's records count as records: their events are void. Genesis
// and a request to join bring their own key.
func (r *Replay) signer(o *Opened) (inbox.MemberID, bool) {
	if device := r.Team.devices[o.Device]; device != nil {
		return device.Member, verify(o, device.Key)
	}
	if len(r.Team.members) == 0 {
		genesis := genesisOf(o)
		return genesis.Member, DeviceID(genesis.Key) == o.Device && verify(o, genesis.Key)
	}
	if len(o.Events) != 1 {
		return "", false
	}
	join, ok := o.Events[0].(*Join)
	return "", ok && DeviceID(join.Key) == o.Device && verify(o, join.Key)
}

// verify is replaced in tests that count or leave out signatures.
var verify = (*Opened).Verify

func (r *Replay) memberOf(o *Opened) inbox.MemberID {
	if device := r.Team.devices[o.Device]; device != nil {
		return device.Member
	}
	return ""
}

// mustUpdate says whether an admin's record holds something that this version
// must not skip. From anybody else it is skipped: one changed client could
// stop the whole team for good, the admins who would remove its member too.
func (r *Replay) mustUpdate(o *Opened, author inbox.MemberID) bool {
	for _, event := range o.Events {
		unknown, ok := event.(*Unknown)
		if ok && unknown.Critical && r.Team.admin(author) && r.Team.mayDecide(&Decision{Author: author, Device: o.Device, Event: event}) {
			return true
		}
	}
	return false
}

// compare looks whether the author's desktop saw the same log, and whether the
// device's own numbering goes on. Neither voids anything. Nobody is believed
// who is not in the team: whoever can write to the mailbox could make the team
// doubt its log, and stop others from joining it.
func (r *Replay) compare(o *Opened, author inbox.MemberID, h History) (findings []Finding, err error) {
	same, err := r.sameBase(o, h)
	if err != nil {
		return nil, err
	}
	if !same && r.Team.listens(o.Device) {
		mismatch := finding(BaseMismatch, o, author)
		mismatch.Detail = fmt.Sprintf("%s after %d of %d", o.ID, o.Base.Count, r.Cursor.Count)
		findings = append(findings, mismatch)
	}
	if seq, prev := r.Chain(o.Device); o.Seq != seq+1 || o.Prev != prev {
		findings = append(findings, finding(ChainBreak, o, author))
	}
	return findings, nil
}

func (r *Replay) sameBase(o *Opened, h History) (bool, error) {
	if o.Log == "" || o.Base.Count == 0 && o.Base.Hash == "" {
		return true, nil
	}
	if o.Base.Count > r.Cursor.Count {
		return false, nil
	}
	hash, known, err := r.hashAt(o.Base.Count, h)
	if err != nil || !known {
		return true, err
	}
	if base64.RawURLEncoding.EncodeToString(hash[:]) == o.Base.Hash {
		return true, nil
	}
	// What was written before a repair knows the log as it was then.
	return r.Team.epoch.N > 0 && o.Base.Count <= r.Team.epoch.Old.Count, nil
}

// take lets a record count.
func (r *Replay) take(at Pos, o *Opened, author inbox.MemberID) Accepted {
	if len(r.Team.members) == 0 {
		r.Team.LogID = o.ID
		position := r.Cursor
		r.Cursor = Begin(o.ID)
		r.Cursor.Pos, r.Cursor.Positions = position.Pos, position.Positions
	}
	r.Cursor = r.Cursor.Accept(at, o.Payload())
	n := r.Cursor.Count
	a := Accepted{ID: o.ID, N: n, Pos: at, Hash: r.Cursor.Hash, Decisions: make([]Decision, len(o.Events))}
	for i, event := range o.Events {
		a.Decisions[i] = Decision{
			ID: DecisionID(o.ID, i), N: n, Index: i, Author: author, Device: o.Device, At: o.At,
			Seen: min(o.Base.Count, n-1), Event: event,
		}
		r.Team.Apply(&a.Decisions[i])
	}
	if r.knows(o.Device) {
		r.chains[o.Device] = link{o.Seq, o.ID}
	}
	r.recent.add(o.ID, n, r.Cursor.Hash)
	return a
}

// Chain gives where a device's own numbering stands: the number and id of its
// last record.
func (r *Replay) Chain(device string) (seq uint64, prev string) {
	if !r.knows(device) {
		return 0, ""
	}
	return r.chains[device].Seq, r.chains[device].Prev
}

// knows says whether a device is one of the team's or waits to be.
func (r *Replay) knows(device string) bool {
	return r.Team.devices[device] != nil || r.Team.request(device) != nil
}

func finding(kind FindingKind, o *Opened, member inbox.MemberID) Finding {
	f := Finding{Kind: kind, Member: string(member), Count: 1}
	if o != nil {
		f.At, f.Device, f.Detail = o.At, printable(o.Device), o.ID
	}
	return f
}

// printable keeps a stranger's device name from filling a page.
func printable(device string) string { return device[:min(len(device), 32)] }
