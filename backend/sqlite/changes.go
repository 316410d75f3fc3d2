package sqlite

import (
	"slices"

	"postvak/backend/inbox"
)

// changes collects what a transaction changed.
type changes struct {
	conversations map[inbox.Key]bool
	sections      map[inbox.Section]bool
	arrived       []arrived
	assigned      []Assignment
	voided        []voided
	records       map[inbox.Key]bool
	links         bool
}

type voided struct {
	conversation int64
	Voided
}

// add joins what two transactions changed.
func (c *changes) add(step Changed) {
	for _, id := range step.Conversations {
		c.conversation(id, step.Sections...)
	}
	for _, key := range step.Records {
		c.record(key)
	}
	c.links = c.links || step.Links
	for _, a := range step.Arrived {
		c.arrived = append(c.arrived, arrived{Arrival: a})
	}
	c.assigned = append(c.assigned, step.Assigned...)
	for _, v := range step.Voided {
		c.voided = append(c.voided, voided{Voided: v})
	}
}

type arrived struct {
	Arrival
	id           int64
	conversation int64
}

func (c *changes) conversation(id inbox.Key, sections ...inbox.Section) {
	if c.conversations == nil {
		c.conversations, c.sections = map[inbox.Key]bool{}, map[inbox.Section]bool{}
	}
	c.conversations[id] = true
	for _, section := range sections {
		if section != inbox.NoSection {
			c.sections[section] = true
		}
	}
}

func (c *changes) record(anchor inbox.Key) {
	if c.records == nil {
		c.records = map[inbox.Key]bool{}
	}
	c.records[anchor] = true
}

func (c *changes) result() Changed {
	changed := Changed{Conversations: make([]inbox.Key, 0, len(c.conversations)), Links: c.links}
	for anchor := range c.records {
		changed.Records = append(changed.Records, anchor)
	}
	slices.Sort(changed.Records)
	for id := range c.conversations {
		changed.Conversations = append(changed.Conversations, id)
	}
	slices.Sort(changed.Conversations)
	for _, section := range inbox.Sections() {
		if c.sections[section] {
			changed.Sections = append(changed.Sections, section)
		}
	}
	slices.SortFunc(c.arrived, func(a, b arrived) int { return a.At.Compare(b.At) })
	for _, a := range c.arrived {
		changed.Arrived = append(changed.Arrived, a.Arrival)
	}
	changed.Assigned = c.assigned
	for _, v := range c.voided {
		changed.Voided = append(changed.Voided, v.Voided)
	}
	return changed
}

// Empty says whether nothing changed that anybody would see.
func (c Changed) Empty() bool {
	return len(c.Conversations) == 0 && len(c.Arrived) == 0 && len(c.Assigned) == 0 && len(c.Voided) == 0 && len(c.Records) == 0
}

// Section numbers in the database; their order is the screen's.
var sectionNumbers = map[inbox.Section]int64{
	inbox.Unassigned: 1, inbox.Mine: 2, inbox.Others: 3, inbox.Closed: 4,
}

func sectionOf(number int64) inbox.Section {
	all := inbox.Sections()
	if number < 1 || int(number) > len(all) {
		return inbox.NoSection
	}
	return all[number-1]
}
