package teamlog

// Avail switches the author's availability. It changes nothing about
// conversations already assigned (R6).
type Avail struct {
	On bool `json:"on"`
}

// Kind implements Event.
func (*Avail) Kind() string { return "avail" }

// Validate implements Event.
func (*Avail) Validate() error { return nil }

func (a *Avail) admit(t *Team, d *Decision) Reason {
	member := t.members[d.Author]
	member.Available, member.Since = a.On, d.At
	return Admitted
}
