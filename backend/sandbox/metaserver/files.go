package metaserver

import (
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"postvak/backend/sandbox/rest"
)

// files are what lies at the delivery network. Their addresses hold a
// generation, which stands for the signature that expires.
type files struct {
	byID       map[string]File
	generation int
	lost       bool
	leaked     bool
	hidden     bool
}

func (f *files) keep(all []File) (refs []fileRef) {
	for _, one := range all {
		id := strconv.Itoa(880000000000000 + len(f.byID))
		f.byID[id] = one
		refs = append(refs, fileRef{id, one.Name, one.Type})
	}
	return refs
}

// ExpireFiles lets all addresses that were given out so far expire.
func (s *Server) ExpireFiles() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.files.generation++
}

// LoseFiles lets the delivery network forget all files, or find them again.
func (s *Server) LoseFiles(lost bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.files.lost = lost
}

// HideFiles has messages name their files without saying where they are.
func (s *Server) HideFiles(hidden bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.files.hidden = hidden
}

// Leaked says whether a token ever reached the delivery network.
func (s *Server) Leaked() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.files.leaked
}

func (s *Server) address(ref fileRef) string {
	return fmt.Sprintf("%s/cdn/%s/%d/%s?_nc_cat=1&oe=ABCD", s.URL(), ref.id, s.files.generation, url.PathEscape(ref.name))
}

// file is the delivery network: it wants no token.
func (s *Server) file(c *call) answer {
	if c.Header.Get("Authorization") != "" || strings.Contains(c.URL.RawQuery, "access_token") {
		s.files.leaked = true
		return answer{Status: http.StatusBadRequest, Page: "<h1>Bad signature</h1>"}
	}
	f, there := s.files.byID[c.PathValue("id")]
	switch {
	case !there || s.files.lost:
		return answer{Status: http.StatusNotFound, Page: "<h1>Not found</h1>"}
	case c.PathValue("generation") != strconv.Itoa(s.files.generation):
		return answer{Status: http.StatusForbidden, Page: "URL signature expired"}
	}
	return rest.File(f.Type, f.Data)
}
