package sqlite

import (
	"context"

	"postvak/backend/inbox"
)

const meKey = "me"

// me is the member whose view this cache shows.
func (db *DB) me() inbox.MemberID {
	db.channelsMu.RLock()
	defer db.channelsMu.RUnlock()
	return db.member
}

// followMe puts every conversation where it stands for the member this cache
// is opened for.
func (db *DB) followMe(ctx context.Context) error {
	var me inbox.MemberID
	if _, err := db.Setting(ctx, meKey, &me); err != nil || me == db.me() {
		return err
	}
	_, err := db.turnTo(ctx, me, db.me())
	return err
}

// SetMe puts every conversation where it stands for a member. It is on the disk
// when the call returns; the next Open must name the same member.
func (db *DB) SetMe(ctx context.Context, id inbox.MemberID) (Changed, error) {
	if id == db.me() {
		return Changed{}, nil
	}
	return db.turnTo(ctx, db.me(), id)
}

func (db *DB) turnTo(ctx context.Context, old, now inbox.MemberID) (Changed, error) {
	return db.update(ctx, durable, func(t *tx) error {
		t.me = now
		if err := t.touchAll("SELECT id FROM conversations WHERE assignee IN (?, ?) OR unread > 0", string(old), string(now)); err != nil {
			return err
		}
		if err := t.touchDecided(); err != nil { // what one has read, another has not
			return err
		}
		for _, c := range t.db.Channels() {
			if mayRead(c, old) != mayRead(c, now) {
				if err := t.touchAll("SELECT id FROM conversations WHERE channel = ?", string(c.ID)); err != nil {
					return err
				}
			}
		}
		t.afterCommit(func() {
			t.db.channelsMu.Lock()
			defer t.db.channelsMu.Unlock()
			t.db.member = now
		})
		return t.putSetting(meKey, now)
	})
}

// ResetTeam forgets the log, what waits for it and all that was decided, so
// that this computer can join another team. With messages here it is a
// conflict: they belong to the team that there was.
func (db *DB) ResetTeam(ctx context.Context) error {
	_, err := db.update(ctx, durable, func(t *tx) error {
		if some, err := t.some("sources"); err != nil {
			return err
		} else if some {
			return inbox.Errorf(inbox.Conflict, "This computer already holds the mail of a team. Choose another data folder to join a team.")
		}
		if err := t.forgetLog(); err != nil {
			return err
		}
		for _, query := range []string{
			"DELETE FROM decisions", "DELETE FROM pending", "DELETE FROM reports", "DELETE FROM log", "DELETE FROM channels",
			"DELETE FROM folders", "DELETE FROM purges", "DELETE FROM notifications",
			"DELETE FROM crm_creations", "DELETE FROM crm_matches", "DELETE FROM crm_seen_notes", "DELETE FROM crm_seen_records",
		} {
			if err := t.exec(query); err != nil {
				return err
			}
		}
		t.afterCommit(func() {
			t.db.channelsMu.Lock()
			defer t.db.channelsMu.Unlock()
			clear(t.db.channels)
		})
		return t.exec("DELETE FROM settings WHERE key = ?", removalsKey)
	})
	return err
}
