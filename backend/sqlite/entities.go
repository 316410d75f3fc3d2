package sqlite

import (
	"cmp"
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"postvak/backend/inbox"
	"postvak/backend/teamlog"
)

// Fields by which an entity is found, as the log names them.
const (
	fieldName         = "name"  // of a person
	fieldTitle        = "title" // of a lead or deal
	fieldEmails       = "emails"
	fieldPhones       = "phones"
	fieldOrganization = "organization"
	fieldPerson       = "person" // whom a lead or deal is about: the ID
)

// maxSort bounds by how much of a name lists are sorted, in bytes.
const maxSort = 200

// Kinds of keys in entity_keys.
const (
	keyEmail  = "email"
	keyPhone  = "phone"
	keyPerson = "person"
)

// maxKeys bounds how many addresses and numbers of one entity it is found by.
const maxKeys = 50

func entityTitle(e teamlog.Entity) string {
	if e.Kind == string(inbox.Person) {
		return e.Fields[fieldName]
	}
	return e.Fields[fieldTitle]
}

// sortOf is the order of lists: letters without case and accents.
func sortOf(e teamlog.Entity) string {
	return sortKey(entityTitle(e))
}

func sortKey(title string) string {
	return cut(strings.ToLower(strings.TrimSpace(foldText(title))), maxSort)
}

func listOf(e teamlog.Entity, field string) []string {
	if e.Fields[field] == "" {
		return nil
	}
	all := strings.Split(e.Fields[field], "\n")
	return all[:min(len(all), maxKeys)]
}

// putEntity writes an entity's row. What it is found by is written again only
// when it changed.
func (t *tx) putEntity(anchor inbox.Key, e teamlog.Entity) error {
	value, err := json.Marshal(e)
	if err != nil {
		return err
	}
	var id int64
	var known string
	found, err := t.one("SELECT id, value FROM entities WHERE key = ?", []any{string(anchor)}, &id, &known)
	if err != nil || found && known == string(value) {
		return err
	}
	t.changes.record(anchor)
	if !found {
		_, err = t.one("INSERT INTO entities (key, kind, sort, deleted, value) VALUES (?, ?, ?, ?, ?) RETURNING id",
			[]any{string(anchor), e.Kind, sortOf(e), e.Deleted, string(value)}, &id)
	} else {
		err = t.exec("UPDATE entities SET kind = ?, sort = ?, deleted = ?, value = ? WHERE id = ?", e.Kind, sortOf(e), e.Deleted, string(value), id)
	}
	if err != nil {
		return err
	}
	var old teamlog.Entity
	if found {
		if err := json.Unmarshal([]byte(known), &old); err != nil {
			return err
		}
		if old.Deleted == e.Deleted && maps.Equal(old.Fields, e.Fields) {
			return nil
		}
		if err := t.forgetKeys(id); err != nil {
			return err
		}
	}
	if e.Deleted {
		return nil
	}
	return t.putKeys(id, e)
}

func (t *tx) dropEntity(anchor inbox.Key) error {
	var id int64
	found, err := t.one("SELECT id FROM entities WHERE key = ?", []any{string(anchor)}, &id)
	if err != nil || !found {
		return err
	}
	t.changes.record(anchor)
	if err := t.forgetKeys(id); err != nil {
		return err
	}
	return t.exec("DELETE FROM entities WHERE id = ?", id)
}

func (t *tx) forgetKeys(id int64) error {
	if err := t.exec("DELETE FROM entity_keys WHERE entity = ?", id); err != nil {
		return err
	}
	return t.exec("DELETE FROM entity_search WHERE rowid = ?", id)
}

func (t *tx) putKeys(id int64, e teamlog.Entity) error {
	for _, k := range t.db.keysOf(e) {
		if err := t.exec("INSERT OR IGNORE INTO entity_keys (what, key, entity) VALUES (?, ?, ?)", k[0], k[1], id); err != nil {
			return err
		}
	}
	words := []string{entityTitle(e), e.Fields[fieldOrganization], strings.Join(listOf(e, fieldEmails), "\n")}
	t.named = append(t.named, namedEntity{id, e.Kind, foldText(strings.Join(words, "\n")), endings(listOf(e, fieldPhones))})
	return nil
}

// namedEntity is what the contact book's index takes of an entity.
type namedEntity struct {
	id                  int64
	kind, words, phones string
}

// putNames adds entities to their index, when everything else is written: as
// with messages, anything between would have it write each by itself.
func (t *tx) putNames() error {
	slices.SortFunc(t.named, func(x, y namedEntity) int { return cmp.Compare(x.id, y.id) })
	for _, n := range t.named {
		if err := t.exec("INSERT INTO entity_search (rowid, kind, words, phones) VALUES (?, ?, ?, ?)", n.id, n.kind, n.words, n.phones); err != nil {
			return err
		}
	}
	return nil
}

// keysOf are the kinds of keys and the keys by which an entity is found.
func (db *DB) keysOf(e teamlog.Entity) (keys [][2]string) {
	if e.Kind != string(inbox.Person) {
		if person := e.Fields[fieldPerson]; person != "" {
			keys = append(keys, [2]string{keyPerson, person})
		}
		return keys
	}
	for _, email := range listOf(e, fieldEmails) {
		if normal := inbox.NormalAddress(email); normal != "" {
			keys = append(keys, [2]string{keyEmail, normal})
		}
	}
	for _, phone := range listOf(e, fieldPhones) {
		if digits := db.opt.PhoneDigits(phone); digits != "" {
			keys = append(keys, [2]string{keyPhone, digits})
		}
	}
	return keys
}
