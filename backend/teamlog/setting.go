package teamlog

import "errors"

// TeamName is the setting that holds the team's name.
const TeamName = "team.name"

// Setting changes a setting of the team. Was is the value its author saw.
// Only admins.
type Setting struct {
	Key   string `json:"key"`
	Value string `json:"value"`
	Was   string `json:"was"`
}

// Kind implements Event.
func (*Setting) Kind() string { return "setting" }

// Validate implements Event.
func (s *Setting) Validate() error {
	if s.Key == "" || len(s.Key) > maxName || len(s.Value) > maxValue {
		return errors.New("setting: a key and a value of at most 16 kB are needed")
	}
	return nil
}

func (s *Setting) admit(t *Team, d *Decision) Reason {
	switch {
	case !t.admin(d.Author):
		return NotAdmin
	case t.Setting(s.Key) != s.Was:
		return FirstWins
	case s.Key == TeamName:
		t.Name = s.Value
	default:
		t.settings[s.Key] = s.Value
	}
	return Admitted
}

// Setting gives a setting of the team, "" when nobody set it.
func (t *Team) Setting(key string) string {
	if key == TeamName {
		return t.Name
	}
	return t.settings[key]
}
