package inbox

// Section is where a conversation stands in a member's list.
type Section string

// The four sections. A hidden (deleted) conversation stands in none.
const (
	Unassigned Section = "unassigned"
	Mine       Section = "mine"
	Others     Section = "others"
	Closed     Section = "closed"
	NoSection  Section = ""
)

// Sections lists the sections in the order of the screen.
func Sections() []Section { return []Section{Unassigned, Mine, Others, Closed} }

// SectionFor gives the section in which a conversation stands for a member
// (R1, R4, R8).
func SectionFor(me, assignee MemberID, closed, hidden bool) Section {
	switch {
	case hidden:
		return NoSection
	case closed:
		return Closed
	case assignee == "":
		return Unassigned
	case assignee == me:
		return Mine
	default:
		return Others
	}
}
