package teamlog

import (
	"errors"
	"maps"
	"regexp"
	"slices"
	"time"

	"postvak/backend/inbox"
)

// ChannelCRM is the channel of the anchors under which the built-in contact
// book stands (R26). Every member has access to it, and nobody can add it; no
// conversation is on it.
const ChannelCRM inbox.ChannelID = "crm"

const (
	maxFields      = 40       // of one entity
	maxFieldBytes  = 16 << 10 // of one event
	maxEntityBytes = 64 << 10 // of one entity
)

var (
	entityID  = regexp.MustCompile(`^[A-Za-z0-9_-]{1,100}$`)
	fieldName = regexp.MustCompile(`^[a-zA-Z0-9_.]{1,40}$`)
)

// EntityKey is the anchor of an entity of the built-in contact book, or with
// the kind "note" of a note there.
func EntityKey(kind, id string) inbox.Key {
	return inbox.Key(string(ChannelCRM) + ":" + kind + "/" + id)
}

// CRMEntity makes or changes a person, lead or deal of the built-in contact
// book (R26). Was has what its author saw in the fields of Set: when one of
// them is another by now the whole event is void, and the first stands.
type CRMEntity struct {
	ID         string           `json:"id"`
	RecordKind inbox.RecordKind `json:"kind"`
	// Set are fields by name; "" empties one. Lists are joined by line ends.
	Set      map[string]string `json:"set,omitempty"`
	Was      map[string]string `json:"was,omitempty"` // "" may be left out
	Deleted  bool              `json:"deleted,omitempty"`
	Restored bool              `json:"restored,omitempty"` // takes a deletion back
}

// Kind implements Event.
func (*CRMEntity) Kind() string { return "crm.entity" }

// Anchor is that of its entity.
func (e *CRMEntity) Anchor() inbox.Key { return EntityKey(string(e.RecordKind), e.ID) }

// Validate implements Event.
func (e *CRMEntity) Validate() error {
	if !slices.Contains(inbox.RecordKinds, e.RecordKind) || !entityID.MatchString(e.ID) {
		return errors.New("crm.entity: a kind and an id are needed")
	}
	if e.Deleted && (e.Restored || len(e.Set) > 0) || !e.Deleted && !e.Restored && len(e.Set) == 0 {
		return errors.New("crm.entity: fields are needed, or a deletion, or its end")
	}
	return errors.Join(needsFields(e.Set), needsFields(e.Was))
}

func needsFields(fields map[string]string) error {
	if len(fields) > maxFields || fieldBytes(fields) > maxFieldBytes {
		return errors.New("crm.entity: at most 40 fields of together 16 kB")
	}
	for name := range fields {
		if !fieldName.MatchString(name) {
			return errors.New("crm.entity: a field's name is not one")
		}
	}
	return nil
}

func fieldBytes(fields map[string]string) (bytes int) {
	for name, value := range fields {
		bytes += len(name) + len(value)
	}
	return bytes
}

func (e *CRMEntity) admit(*Team, *Decision) Reason { return Admitted }

// Entity is a person, lead or deal of the built-in contact book.
type Entity struct {
	Kind    string
	ID      string
	Fields  map[string]string // none is empty
	Deleted bool
	Pending bool      // something of it is not in the team log yet
	Created time.Time // by its author's clock
	Changed time.Time // by the clock of who changed it last
	By      inbox.MemberID
	Version string // the latest decision that counts; "" for an entity that was never made
}

// voidsOfBook says of the decisions of one anchor about the contact book which
// have no effect, and why.
func voidsOfBook(decisions []Decision) map[string]Reason {
	if len(decisions) == 0 || Anchor(decisions[0].Event).Channel() != ChannelCRM {
		return nil
	}
	_, voids := FoldEntity(decisions)
	_, notes := FoldBookNote(decisions)
	maps.Copy(voids, notes)
	return voids
}

// FoldEntity gives an entity from the decisions of its anchor, in the order of
// the log with pending ones last, and why those without effect have none. It
// looks at nothing else.
func FoldEntity(decisions []Decision) (Entity, map[string]Reason) {
	entity := Entity{Fields: map[string]string{}}
	voids := applyEach(decisions, entity.apply)
	return entity, voids
}

// applyEach applies the decisions of one kind that are admitted, and says why
// the others have no effect.
func applyEach[E Event](decisions []Decision, apply func(E, *Decision) Reason) map[string]Reason {
	voids := map[string]Reason{}
	for i := range decisions {
		d := &decisions[i]
		event, ok := d.Event.(E)
		if !ok {
			continue
		}
		reason := d.Void
		if reason == Admitted {
			reason = apply(event, d)
		}
		if reason != Admitted {
			voids[d.ID] = reason
		}
	}
	return voids
}

func (e *Entity) apply(event *CRMEntity, d *Decision) Reason {
	switch {
	case e.Version == "" && (event.Deleted || event.Restored):
		return NotFound
	case e.Deleted && !event.Restored && !event.Deleted:
		return DeletedSince
	case !e.holds(event):
		return FirstWins
	case e.tooMuch(event.Set):
		return TooMany
	}
	if e.Version == "" {
		e.Kind, e.ID, e.Created, e.By = string(event.RecordKind), event.ID, d.At, d.Author
	}
	for name, value := range event.Set {
		e.Fields[name] = value
		if value == "" {
			delete(e.Fields, name)
		}
	}
	e.Deleted = event.Deleted
	e.Changed, e.Version, e.Pending = d.At, d.ID, e.Pending || d.Pending
	return Admitted
}

// holds says whether what an author saw is still so, or is what they want.
func (e *Entity) holds(event *CRMEntity) bool {
	for name, value := range event.Set {
		if e.Fields[name] != event.Was[name] && e.Fields[name] != value {
			return false
		}
	}
	return true
}

func (e *Entity) tooMuch(set map[string]string) bool {
	fields, bytes := len(e.Fields), fieldBytes(e.Fields)
	for name, value := range set {
		old, has := e.Fields[name]
		if bytes += len(value) - len(old); !has {
			fields, bytes = fields+1, bytes+len(name)
		}
	}
	return fields > maxFields || bytes > maxEntityBytes
}
