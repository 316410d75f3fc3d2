package storetest

import (
	"bytes"
	"maps"
	"slices"
	"strings"

	"postvak/backend/inbox"
	"postvak/backend/teamlog"
)

// Channels gives the channels that the store was told of last.
func (m *Memory) Channels() []inbox.Channel {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.Clone(m.channels)
}

// Me is the member whose view the store shows.
func (m *Memory) Me() inbox.MemberID {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.me
}

// Confirmed lists the decisions about conversations that the log gave back, in
// its order.
func (m *Memory) Confirmed() []teamlog.Decision {
	m.mu.Lock()
	defer m.mu.Unlock()
	var all []teamlog.Decision
	for _, d := range m.decisions {
		all = append(all, d)
	}
	slices.SortFunc(all, byPlace)
	return all
}

// Shown lists what is shown of a conversation: confirmed, then waiting.
func (m *Memory) Shown(anchor inbox.Key) []teamlog.Decision {
	m.mu.Lock()
	defer m.mu.Unlock()
	all := m.confirmed(m.cursor.Count)[anchor]
	for _, d := range m.private {
		if teamlog.Anchor(d.Event) == anchor {
			all = append(all, d)
		}
	}
	for _, w := range m.waiting {
		for _, d := range w.Decisions {
			if teamlog.Anchor(d.Event) == anchor {
				all = append(all, d)
			}
		}
	}
	return all
}

// Conversations folds every conversation from what is confirmed of it.
func (m *Memory) Conversations() map[inbox.Key]teamlog.State {
	m.mu.Lock()
	defer m.mu.Unlock()
	states := map[inbox.Key]teamlog.State{}
	for anchor, decisions := range m.confirmed(m.cursor.Count) {
		states[anchor] = teamlog.FoldConversation(teamlog.Facts{Removals: m.removals}, decisions)
	}
	return states
}

// Older makes the store what rules of version 1 would have made of the same
// log: they skipped some events as unknown, and did not say their version.
func (m *Memory) Older() {
	m.mu.Lock()
	defer m.mu.Unlock()
	skipped := func(d teamlog.Decision) bool { return strings.HasPrefix(d.Event.Kind(), "crm.") }
	for _, decisions := range []map[string]teamlog.Decision{m.decisions, m.behind} {
		maps.DeleteFunc(decisions, func(_ string, d teamlog.Decision) bool { return skipped(d) })
	}
	for anchor, decisions := range m.bases {
		m.bases[anchor] = slices.DeleteFunc(decisions, skipped)
	}
	for n, state := range m.checkpoints {
		m.checkpoints[n] = bytes.Replace(state, []byte(`{"v":2,`), []byte(`{"v":1,`), 1)
	}
	delete(m.settings, "team.fold")
}
