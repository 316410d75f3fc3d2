package app

import (
	"context"
	"slices"
	"strings"
	"sync"
	"time"

	"postvak/backend/inbox"
	"postvak/backend/teamlog"
	"postvak/backend/teamsync"
)

// writing is how long a sign that somebody is writing counts. Within it no
// second one is given about the same conversation.
const writing = 10 * time.Minute

// draftingKey is the local setting that remembers which signs were given, so
// that a restart gives none again.
const draftingKey = "drafting"

// signs remembers when the team was told that an answer is being written in a
// conversation.
type signs struct {
	mu   sync.Mutex
	told map[inbox.Key]time.Time // nil until it was read
}

// saveDraft keeps a draft, and lets the team know that an answer is being
// written. That nobody could be told is no reason to lose a draft.
func (a *App) saveDraft(ctx context.Context, id inbox.Key, d Draft) error {
	if err := checkDraft(d); err != nil {
		return err
	}
	if err := a.db.SaveDraft(ctx, id, d.domain()); err != nil {
		return err
	}
	if strings.TrimSpace(d.Text) == "" {
		return nil
	}
	if err := a.signWriting(ctx, id); err != nil {
		a.log.Debug("nobody was told of a draft", "error", err.Error())
	}
	return nil
}

// signWriting tells the team once in ten minutes.
func (a *App) signWriting(ctx context.Context, id inbox.Key) error {
	a.signs.mu.Lock()
	defer a.signs.mu.Unlock()
	now, err := a.standing(ctx, id)
	if err != nil || !a.watched(now.Channel) {
		return err
	}
	if err := a.readSigns(ctx); err != nil || a.signs.given(now.Keys, a.clock.Now()) {
		return err
	}
	state, err := a.team.State(ctx)
	if err != nil || state.Phase != teamsync.PhaseOK {
		return err // it would come when nobody is writing any more
	}
	a.signs.told[now.ID] = a.clock.Now()
	if err := a.db.PutSetting(ctx, draftingKey, a.signs.told); err != nil {
		return err
	}
	_, err = a.decide(ctx, &teamlog.Drafting{Conversation: now.ID})
	return err
}

// watched says whether anybody else could see an answer being written.
func (a *App) watched(channel inbox.ChannelID) bool {
	return slices.ContainsFunc(a.team.Members(), func(m teamlog.Member) bool {
		return m.ID != a.team.Me() && !m.Removed && a.team.HasAccess(m.ID, channel)
	})
}

// readSigns reads what was told before the last start.
func (a *App) readSigns(ctx context.Context) error {
	if a.signs.told != nil {
		return nil
	}
	told := map[inbox.Key]time.Time{}
	if _, err := a.db.Setting(ctx, draftingKey, &told); err != nil {
		return err
	}
	a.signs.told = told
	return nil
}

// given says whether a sign about a conversation with these messages was given
// lately; it forgets those that are past.
func (s *signs) given(keys []inbox.Key, now time.Time) bool {
	found := false
	for key, at := range s.told {
		switch {
		case !recent(at, now):
			delete(s.told, key)
		case slices.Contains(keys, key):
			found = true
		}
	}
	return found
}

// recent says whether a sign still counts. Clocks differ: one that lies a
// little ahead counts, too.
func recent(at, now time.Time) bool { return now.Sub(at).Abs() < writing }

// drafting lists who else is writing, the latest first.
func (a *App) drafting(all []teamlog.DraftingState) []Drafter {
	list := []Drafter{}
	for _, d := range slices.Backward(all) {
		if d.Member != a.team.Me() && recent(d.At, a.clock.Now()) {
			list = append(list, Drafter{MemberID: string(d.Member), Since: stamp(d.At)})
		}
	}
	return list
}
