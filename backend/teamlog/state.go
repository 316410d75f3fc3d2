package teamlog

import (
	"encoding/json"
	"slices"

	"postvak/backend/inbox"
)

// FoldVersion is the version of these rules. 2: links and the contact book,
// which version 1 skipped as unknown. 3: how chat channels reach their provider,
// and names of contacts. 4: canned replies, and signatures of channels. A state that rules before oldestState or later ones
// than these made is not restored: the log is replayed instead.
const (
	FoldVersion = 4
	oldestState = 1 // since then the team was always folded as now, but for chat channels
	chatState   = 3 // since then those are whole
)

// wireState is a Replay's state in its one form: what has an order of its own
// keeps it, the rest is sorted.
type wireState struct {
	Version  int                                `json:"v"`
	Log      string                             `json:"log"`
	Name     string                             `json:"name"`
	Genesis  inbox.MemberID                     `json:"genesis"`
	Members  []Member                           `json:"members,omitempty"`
	Devices  []Device                           `json:"devices,omitempty"`
	Channels []inbox.Channel                    `json:"channels,omitempty"`
	Removals map[inbox.MemberID][]uint64        `json:"removals,omitempty"`
	Invites  []InviteState                      `json:"invites,omitempty"`
	Requests []Request                          `json:"requests,omitempty"`
	Prefs    map[inbox.MemberID]json.RawMessage `json:"prefs,omitempty"`
	Settings map[string]string                  `json:"settings,omitempty"`
	Secrets  map[string]Secret                  `json:"secrets,omitempty"`
	Hints    map[inbox.ChannelID]HintState      `json:"hints,omitempty"`
	Replies  []ReplyState                       `json:"replies,omitempty"`
	Open     []ClaimState                       `json:"open,omitempty"`
	Done     []ClaimState                       `json:"done,omitempty"`
	Heads    []SnapshotState                    `json:"heads,omitempty"`
	Epoch    EpochState                         `json:"epoch,omitzero"`
	Chains   map[string]link                    `json:"chains,omitempty"`
}

// State gives what was folded so far as bytes: equal states give equal bytes,
// on every desktop. The cursor is not part of it.
func (r *Replay) State() []byte {
	t := r.Team
	wire := wireState{
		Version: FoldVersion, Log: t.LogID, Name: t.Name, Genesis: t.genesis, Members: t.Members(),
		Devices: sortedValues(t.devices), Channels: sortedValues(t.channels), Removals: t.removals,
		Invites: t.Invites(), Prefs: t.prefs, Settings: t.settings, Secrets: plain(t.secrets), Hints: t.hints, Replies: sortedValues(t.replies),
		Open: values(t.claims.stillOpen()), Done: values(t.claims.done), Heads: t.heads, Epoch: t.epoch,
		Requests: values(t.requests), Chains: map[string]link{},
	}
	for device, l := range r.chains {
		if r.knows(device) {
			wire.Chains[device] = l
		}
	}
	state, err := json.Marshal(wire)
	if err != nil {
		// Everything in it came out of JSON.
		panic("teamlog: " + err.Error())
	}
	return state
}

// Restore goes on where State was taken, with the cursor of that moment. The
// bytes may come from somebody else (a snapshot).
func Restore(state []byte, c Cursor) (*Replay, error) {
	var wire wireState
	if err := json.Unmarshal(state, &wire); err != nil || wire.Version < oldestState || wire.Version > FoldVersion || !wire.sound() {
		return nil, ErrState
	}
	r := NewReplay(wire.Log)
	r.Cursor = c
	if wire.Chains != nil {
		r.chains = wire.Chains
	}
	wire.restore(r.Team)
	return r, nil
}

func (w *wireState) restore(t *Team) {
	t.Name, t.genesis, t.heads, t.epoch = w.Name, w.Genesis, w.Heads, w.Epoch
	for _, m := range w.Members {
		t.members[m.ID] = &m
		t.order = append(t.order, m.ID)
	}
	for _, d := range w.Devices {
		t.devices[d.ID] = &d
	}
	for _, c := range w.Channels {
		t.channels[c.ID] = &c
	}
	for of, s := range w.Secrets {
		t.secrets[of] = &s
	}
	for _, r := range w.Replies {
		t.replies[r.ID] = &r
	}
	t.invites, t.requests = pointers(w.Invites), pointers(w.Requests)
	t.claims.restore(pointers(w.Open), pointers(w.Done))
	t.removals, t.prefs = orEmpty(w.Removals), orEmpty(w.Prefs)
	t.settings, t.hints = orEmpty(w.Settings), orEmpty(w.Hints)
}

// sound says whether a state could be one that folding gave, as far as the
// fold relies on it.
func (w *wireState) sound() bool {
	members := map[inbox.MemberID]bool{}
	for _, m := range w.Members {
		if members[m.ID] {
			return false
		}
		members[m.ID] = true
	}
	if w.Version < chatState && slices.ContainsFunc(w.Channels, func(c inbox.Channel) bool { return c.Kind != inbox.Email }) {
		return false
	}
	for _, d := range w.Devices {
		if !members[d.Member] || DeviceID(d.Key) != d.ID {
			return false
		}
	}
	return len(w.Requests) <= maxWaiting && soundReplies(w.Replies) && !slices.ContainsFunc(w.Invites, func(i InviteState) bool {
		return (&Invite{Key: i.Key, Role: i.Role, Expires: i.Expires}).Validate() != nil
	})
}
