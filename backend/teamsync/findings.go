package teamsync

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"postvak/backend/teamlog"
)

const (
	settingFindings = "team.findings"
	// maxFindings bounds what is kept; whoever can write to the mailbox can
	// make more.
	maxFindings = 100
	// alarmAge is how long an alarm is shown after it was last seen.
	alarmAge = 30 * 24 * time.Hour
)

// findings is what was noticed about the log, equal ones counted as one.
type findings struct {
	all []teamlog.Finding
	// agreed has the computers that saw another log once, and the same one
	// since: the chain's hash says it of everything before.
	agreed map[string]bool
	dirty  bool
}

// keptFindings is how they are kept.
type keptFindings struct {
	All    []teamlog.Finding `json:"all"`
	Agreed map[string]bool   `json:"agreed,omitempty"`
}

// Report takes a finding of an engine. It may be called from within any call
// of the engine.
func (s *Sync) Report(f teamlog.Finding) {
	s.mu.Lock()
	s.notice([]teamlog.Finding{f})
	s.mu.Unlock()
	s.poke()
}

// notice counts findings. The caller holds mu.
func (s *Sync) notice(found []teamlog.Finding) {
	for _, f := range found {
		f.At, f.Count = s.cfg.Clock.Now(), max(f.Count, 1)
		s.findings.add(f)
		if f.Kind == teamlog.BaseMismatch {
			s.doubt = true
			delete(s.findings.agreed, f.Device)
		}
	}
}

// agrees notes that the author of a record saw the same log as this desktop.
// The caller holds mu.
func (f *findings) agrees(a teamlog.Accepted, found []teamlog.Finding) {
	differs := func(f teamlog.Finding) bool { return f.Kind == teamlog.BaseMismatch }
	if len(a.Decisions) == 0 || a.Decisions[0].Seen == 0 || slices.ContainsFunc(found, differs) {
		return
	}
	device := a.Decisions[0].Device
	before := func(f teamlog.Finding) bool { return differs(f) && f.Device == device }
	if !f.agreed[device] && slices.ContainsFunc(f.all, before) {
		if f.agreed == nil {
			f.agreed = map[string]bool{}
		}
		f.agreed[device], f.dirty = true, true
	}
}

// repaired says whether messages were missing and an admin has repaired the
// folder since.
func (f *findings) repaired(at int) bool {
	return f.all[at].Kind == teamlog.Vanished && slices.ContainsFunc(f.all[at+1:], func(later teamlog.Finding) bool {
		return later.Kind == teamlog.NewEpoch && later.Member != ""
	})
}

func (f *findings) add(one teamlog.Finding) {
	f.dirty = true
	same := func(other teamlog.Finding) bool {
		return other.Kind == one.Kind && other.Device == one.Device && other.Member == one.Member && other.Detail == one.Detail
	}
	if i := slices.IndexFunc(f.all, same); i >= 0 {
		one.Count += f.all[i].Count
		f.all = slices.Delete(f.all, i, i+1)
	}
	f.all = append(f.all, one)
	if len(f.all) > maxFindings {
		f.all = slices.Delete(f.all, 0, len(f.all)-maxFindings)
	}
}

// found keeps a finding at once.
func (s *Sync) found(ctx context.Context, f teamlog.Finding) error {
	s.mu.Lock()
	s.notice([]teamlog.Finding{f})
	s.mu.Unlock()
	return s.keepFindings(ctx)
}

// keepFindings writes what was noticed since it was written last.
func (s *Sync) keepFindings(ctx context.Context) error {
	s.mu.Lock()
	if !s.findings.dirty {
		s.mu.Unlock()
		return nil
	}
	text, err := json.Marshal(keptFindings{s.findings.all, s.findings.agreed})
	s.findings.dirty = false
	s.mu.Unlock()
	if err != nil {
		return err
	}
	if err := s.cfg.Store.SetSetting(ctx, settingFindings, string(text)); err != nil {
		s.mu.Lock()
		s.findings.dirty = true
		s.mu.Unlock()
		return err
	}
	s.cfg.Changed()
	return nil
}

func (s *Sync) loadFindings(ctx context.Context) error {
	text, err := s.cfg.Store.Setting(ctx, settingFindings)
	if err != nil || text == "" {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	var kept keptFindings
	if json.Unmarshal([]byte(text), &kept) == nil { // else of another version: it is told again when it is seen again
		s.findings = findings{all: kept.All, agreed: kept.Agreed}
	}
	return nil
}

// Findings lists what was noticed about the log, the latest last, each with the
// time at which it was last seen here and how often.
func (s *Sync) Findings(context.Context) ([]teamlog.Finding, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return slices.Clone(s.findings.all), nil
}

// alarms are sentences about what a person should know. The caller holds mu.
func (s *Sync) alarms() (alarms []string) {
	say := func(sentence string) {
		if sentence != "" && !slices.Contains(alarms, sentence) {
			alarms = append(alarms, sentence)
		}
	}
	if s.update {
		say("A newer Postvak wrote something that this one cannot read. Update this computer.")
	}
	if s.me == nil {
		say("The key with which this computer signs is missing from the keyring.")
	}
	if s.asks {
		say("Decisions made here more than 7 days ago are not in the team log yet. Look whether they still hold, then send them.")
	}
	now := s.cfg.Clock.Now()
	if s.membership() == Newcomer {
		return alarms // what happens in a team is not a stranger's business, nor its names
	}
	for i, f := range s.findings.all {
		if now.Sub(f.At) < alarmAge && !s.findings.repaired(i) {
			say(s.alarmOf(f))
		}
	}
	return alarms
}

// alarmOf is the sentence about a finding, "" for one that needs nobody.
func (s *Sync) alarmOf(f teamlog.Finding) string {
	switch f.Kind {
	case teamlog.Forged:
		return "Something in the team's folder was signed by nobody of the team, and was ignored. " +
			"Somebody with the mailbox's password may have put it there: an admin should change the password."
	case teamlog.BaseMismatch:
		if s.findings.agreed[f.Device] {
			return ""
		}
		return "Desktops of the team see different logs. Somebody, or the mail server, changed or hides records in the team's folder: an admin should press Repair."
	case teamlog.ChainBreak:
		return fmt.Sprintf("A computer of %s writes from an old copy of its own data. It should leave the team and join again.", s.nameOf(f))
	case teamlog.Vanished:
		return "Messages were removed from the team's folder. This computer still has them; new computers cannot join until an admin presses Repair."
	case teamlog.FolderRenamed:
		return "The team's folder was renamed or moved in the mailbox. It still works; ask your colleagues to leave it alone."
	case teamlog.SnapshotWrong:
		return "A summary of the team log in the team's folder is not what the log says. It is not used; an admin should look at who wrote it."
	case teamlog.Replayed, teamlog.Foreign, teamlog.Late, teamlog.NewEpoch, teamlog.ReadOnly, teamlog.Quota, teamlog.Critical:
		// Harmless, over, or said in the phase while it lasts.
	}
	return ""
}

// nameOf is whose computer a finding is about.
func (s *Sync) nameOf(f teamlog.Finding) string {
	for _, m := range s.replay.Team.Members() {
		if string(m.ID) == f.Member {
			return m.Name
		}
	}
	return f.Device
}
