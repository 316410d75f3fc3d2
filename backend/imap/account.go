package imap

import (
	"context"
	"strings"

	goimap "github.com/emersion/go-imap/v2"
)

// Namespace is a part of the folder tree (RFC 2342): names in it begin with
// Prefix, which may be empty.
type Namespace struct {
	Prefix    string
	Delimiter string // "" when there is no hierarchy
}

// Namespaces are the account's own folders, other people's that it may see,
// and shared ones.
type Namespaces struct {
	Personal, Other, Shared []Namespace
}

// Namespaces asks where folders may stand. A server that does not know the
// command gives none at all, and no error.
func (c *Conn) Namespaces(ctx context.Context) (Namespaces, error) {
	var all Namespaces
	if !c.Has("NAMESPACE") && !c.Has("IMAP4REV2") {
		return all, nil
	}
	err := c.do(ctx, false, func(s *session) error {
		data, err := s.client.Namespace().Wait()
		if err == nil {
			all = Namespaces{namespaces(data.Personal), namespaces(data.Other), namespaces(data.Shared)}
		}
		return err
	})
	return all, unlessRefused(err)
}

func namespaces(in []goimap.NamespaceDescriptor) (out []Namespace) {
	for _, n := range in {
		delimiter := ""
		if n.Delim != 0 {
			delimiter = string(n.Delim)
		}
		out = append(out, Namespace{n.Prefix, delimiter})
	}
	return out
}

// Rights are what this account may do with a folder, one letter each
// (RFC 4314): l see it, r read, i append, s and w change flags, t and e delete,
// x delete the folder, a decide who may.
type Rights string

// Has reports whether every one of letters is among the rights. Rights that
// nobody knows allow everything: trying shows.
func (r Rights) Has(letters string) bool {
	for _, letter := range letters {
		if r != "" && !strings.ContainsRune(string(r), letter) {
			return false
		}
	}
	return true
}

// Rights asks what this account may do with a folder. It is "" where the
// server keeps no rights, or does not say.
func (c *Conn) Rights(ctx context.Context, folder string) (Rights, error) {
	if !c.Has("ACL") {
		return "", nil
	}
	var rights Rights
	err := c.do(ctx, false, func(s *session) error {
		data, err := s.client.MyRights(folder).Wait()
		if err == nil {
			rights = Rights(data.Rights)
		}
		return missing(s.explain(ctx, err))
	})
	return rights, unlessRefused(err)
}

// Quota is how much of something a mailbox may hold.
type Quota struct {
	Resource     string // "STORAGE", in units of 1,024 bytes, or "MESSAGE"
	Usage, Limit int64
}

// Quota asks how full the mailbox is that a folder belongs to. Without limits,
// or where the server does not tell, there is none.
func (c *Conn) Quota(ctx context.Context, folder string) ([]Quota, error) {
	if !c.Has("QUOTA") {
		return nil, nil
	}
	var all []Quota
	err := c.do(ctx, false, func(s *session) error {
		roots, err := s.client.GetQuotaRoot(folder).Wait()
		for _, root := range roots {
			for name, r := range root.Resources {
				all = append(all, Quota{strings.ToUpper(string(name)), r.Usage, r.Limit})
			}
		}
		return missing(s.explain(ctx, err))
	})
	return all, unlessRefused(err)
}

// Program is the name by which the server introduces itself (RFC 2971), "" when
// it does not.
func (c *Conn) Program(ctx context.Context) (string, error) {
	if !c.Has("ID") {
		return "", nil
	}
	name := ""
	err := c.do(ctx, false, func(s *session) error {
		data, err := s.client.ID(&goimap.IDData{Name: "Postvak"}).Wait()
		if err == nil {
			name = strings.TrimSpace(data.Vendor + " " + data.Name)
		}
		return err
	})
	return name, unlessRefused(err)
}

// unlessRefused takes a server's "no" as "not told": what was asked for was
// only good to know.
func unlessRefused(err error) error {
	if KindOf(err) == KindNo {
		return nil
	}
	return err
}
