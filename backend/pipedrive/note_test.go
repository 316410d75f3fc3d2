package pipedrive_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"postvak/backend/inbox"
	"postvak/backend/pipedrive"
	"postvak/backend/sandbox/crmserver"
)

// However the account tells that a note is gone, it is gone, and nothing is
// written over it.
func TestNotesThatAreGone(t *testing.T) {
	for name, how := range map[string]crmserver.Deletion{
		"active_flag": crmserver.Inactive, "404": crmserver.NotFound, "410": crmserver.Removed,
	} {
		t.Run(name, func(t *testing.T) {
			r, jan := account(t)
			on := ref(inbox.Person, jan)
			n, err := r.WriteNote(r.ctx, on, "", "", body)
			if err != nil {
				t.Fatal(err)
			}
			if err := r.server.Delete(n.ID, how); err != nil {
				t.Fatal(err)
			}
			if got, err := r.ReadNote(r.ctx, on, n.ID); err != nil || !got.Deleted || got.ID != n.ID || got.On != on {
				t.Errorf("%+v, %v", got, err)
			}
			if _, err := r.WriteNote(r.ctx, on, n.ID, n.Version, body); inbox.CodeOf(err) != inbox.NotFound {
				t.Errorf("%v", err)
			}
			if _, found, err := r.FindNote(r.ctx, on, body.Marker); found || err != nil {
				t.Errorf("%v, %v", found, err)
			}
		})
	}
}

// A person's change within the same second is a change.
func TestVersionsWithinASecond(t *testing.T) {
	r, jan := account(t)
	on := ref(inbox.Person, jan)
	n, err := r.WriteNote(r.ctx, on, "", "", body)
	if err != nil {
		t.Fatal(err)
	}
	if err := r.server.Edit(n.ID, n.Content+"<p>!</p>"); err != nil {
		t.Fatal(err)
	}
	if got, err := r.ReadNote(r.ctx, on, n.ID); err != nil || got.Version == n.Version {
		t.Errorf("%+v, %v", got, err)
	}
	if err := r.server.Edit(n.ID, n.Content); err != nil {
		t.Fatal(err)
	}
	if got, err := r.ReadNote(r.ctx, on, n.ID); err != nil || got != n {
		t.Errorf("put back by hand within the second it is the same: %+v, %v", got, err)
	}
}

func TestFindNoteAmongMany(t *testing.T) {
	r, jan := account(t)
	on := ref(inbox.Person, jan)
	first, err := r.WriteNote(r.ctx, on, "", "", body)
	if err != nil {
		t.Fatal(err)
	}
	for i := range 220 {
		if i%50 == 0 {
			r.clock.Advance(time.Second)
		}
		b := pipedrive.Body{HTML: "<p>something else</p>"}
		if i == 100 {
			b = body // a second one, of a desktop that did not look
		}
		if _, err := r.WriteNote(r.ctx, on, "", "", b); err != nil {
			t.Fatal(err)
		}
	}
	got, found, err := r.FindNote(r.ctx, on, body.Marker)
	if err != nil || !found || got != first {
		t.Errorf("%v %v %+v\nis not %+v", found, err, got, first)
	}
	if n := r.server.Asked("GET", "/v1/notes"); n != 5 {
		t.Errorf("%d pages", n)
	}
}

// The link's address is dropped there, but its text, with the marker, stays,
// whatever becomes of white space and entities.
func TestMarkerSurvivesCleaning(t *testing.T) {
	r, jan := account(t)
	on := ref(inbox.Person, jan)
	marker := "note=abcdefghijklmnop."
	b := pipedrive.Body{Marker: marker, HTML: `<div class="x" onclick="y()"><script>evil()</script><p style="color:red">A &amp; B &lt;b&gt; “q” 'r'  two</p>` +
		`<a href="postvak://conversation/%3Ca@b%3E?` + marker + `1.x">postvak://conversation/%3Ca@b%3E?` + marker + `1.x</a></div>`}
	n, err := r.WriteNote(r.ctx, on, "", "", b)
	if err != nil || strings.Contains(n.Content, "href") || strings.Contains(n.Content, "evil") || strings.Contains(n.Content, "style") {
		t.Fatalf("%+v, %v", n, err)
	}
	if want := "A & B <b> “q” 'r' two\npostvak://conversation/%3Ca@b%3E?note=abcdefghijklmnop.1.x"; n.Text != want {
		t.Errorf("%q, not %q", n.Text, want)
	}
	if err := r.server.Edit(n.ID, strings.ReplaceAll(n.Content, "note=abcdefgh", "note=abcd<wbr>\n efgh")); err != nil {
		t.Fatal(err)
	}
	if got, found, err := r.FindNote(r.ctx, on, marker); err != nil || !found || got.ID != n.ID {
		t.Errorf("%+v, %v, %v", got, found, err)
	}
}

// A note too long for the account is refused, and says so.
func TestNoteTooLong(t *testing.T) {
	r, jan := account(t)
	_, err := r.WriteNote(r.ctx, ref(inbox.Person, jan), "", "", pipedrive.Body{HTML: strings.Repeat("x", 200_000)})
	if inbox.CodeOf(err) != inbox.Invalid || !strings.Contains(err.Error(), "too long") {
		t.Errorf("%v", err)
	}
}

// A note that somebody moved to another deal says where it is now.
func TestAMovedNote(t *testing.T) {
	r, jan := account(t)
	here := r.server.AddDeal(crmserver.Deal{Title: "Roof", Person: jan})
	there := r.server.AddDeal(crmserver.Deal{Title: "Shed", Person: jan})
	on := ref(inbox.Deal, here)
	n, err := r.WriteNote(r.ctx, on, "", "", body)
	if err != nil || n.On != on {
		t.Fatalf("%+v, %v", n, err)
	}
	if err := r.server.Move(n.ID, there); err != nil {
		t.Fatal(err)
	}
	if got, err := r.ReadNote(r.ctx, on, n.ID); err != nil || got.On != ref(inbox.Deal, there) {
		t.Errorf("%+v, %v", got, err)
	}
}

// An account that answers with another note than was asked for is not believed.
func TestAnotherNoteThanAskedFor(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/users/me") {
			_, _ = w.Write([]byte(`{"success":true,"data":{"id":1,"company_id":1}}`))
			return
		}
		_, _ = w.Write([]byte(`{"success":true,"data":{"id":8,"content":"<p>x</p>","person_id":1}}`))
	}))
	defer server.Close()
	c, on := client(t, server.URL), ref(inbox.Person, 1)
	if n, err := c.ReadNote(t.Context(), on, "7"); err == nil {
		t.Errorf("read %+v", n)
	}
	if n, err := c.WriteNote(t.Context(), on, "7", "", body); err == nil {
		t.Errorf("wrote %+v", n)
	}
}
