package teamlog

import (
	"slices"

	"postvak/backend/inbox"
)

// linkFold is a link as far as it was folded.
type linkFold struct {
	inbox.Link
	removal *Decision // the unlink that ended it
}

func (l *linkFold) same(provider string, ref inbox.RecordRef) bool {
	return l.Provider == provider && l.RecordRef == ref
}

func (f *fold) link(id string) *linkFold {
	i := slices.IndexFunc(f.links, func(l *linkFold) bool { return l.ID == id })
	if i < 0 {
		return nil
	}
	return f.links[i]
}

// standing is the link that the conversation has with a record: the first one
// that is not removed.
func (f *fold) standing(provider string, ref inbox.RecordRef) *linkFold {
	i := slices.IndexFunc(f.links, func(l *linkFold) bool { return l.same(provider, ref) && !l.Removed })
	if i < 0 {
		return nil
	}
	return f.links[i]
}

// linked counts the links that are not removed.
func (f *fold) linked() (n int) {
	for _, l := range f.links {
		if !l.Removed {
			n++
		}
	}
	return n
}

// linkAgain takes back an unlink of the author's own, whatever it ended.
func (f *fold) linkAgain(l *CRMLink, d *Decision) Reason {
	gone := f.link(l.Undo)
	switch {
	case gone == nil:
		return NotFound
	case !gone.same(l.Provider, l.ref()) || !gone.Removed || gone.removal.Author != d.Author:
		return NothingToUndo
	case f.linked() >= maxLinks:
		return TooMany
	}
	removal := gone.removal
	for _, other := range f.links {
		if other.removal == removal {
			other.Removed, other.removal = false, nil
			other.Pending = other.Pending || d.Pending
		}
	}
	return Admitted
}

// concludeLinks lists the links, one for each record that is linked, and those
// that were removed.
func (f *fold) concludeLinks() {
	for _, l := range f.links {
		if first := f.standing(l.Provider, l.RecordRef); !l.Removed && first != l {
			for _, note := range l.Notes {
				first.Elsewhere = union(first.Elsewhere, note.Names)
			}
		}
	}
	for _, l := range f.links {
		if l.Removed || f.standing(l.Provider, l.RecordRef) == l {
			f.state.Links = append(f.state.Links, l.Link)
		}
	}
}

// union adds to a list what it does not have yet.
func union(list, more []string) []string {
	have := make(map[string]bool, len(list))
	for _, name := range list {
		have[name] = true
	}
	for _, name := range more {
		if !have[name] {
			have[name] = true
			list = append(list, name)
		}
	}
	return list
}
