package imaplog

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"postvak/backend/imap"
	"postvak/backend/imap/imaptest"
	"postvak/backend/inbox"
	"postvak/backend/teamlog"
)

func wantEpoch(t testing.TB, err error) {
	t.Helper()
	if !errors.Is(err, teamlog.ErrEpoch) {
		t.Fatalf("error %v, want ErrEpoch", err)
	}
}

// numberedRecords are texts that stand for records.
func numberedRecords(from, to int) (all []string) {
	for i := from; i <= to; i++ {
		all = append(all, fmt.Sprintf("record %d", i))
	}
	return all
}

func TestAFolderMadeAnewIsAnotherEpoch(t *testing.T) {
	d := imaptest.StartDovecot(t, imaptest.Options{})
	server := mailbox(d, ann)
	create(t, server)
	a := newDesktop(t, server)
	a.mustAppend(numberedRecords(1, 3)...)
	a.mustRead(numberedRecords(1, 3)...)
	person := admin(t, server)
	if err := errors.Join(person.Delete(t.Context(), "Postvak"), person.Create(t.Context(), "Postvak")); err != nil {
		t.Fatal(err)
	}
	a = a.restart()
	wantEpoch(t, a.catchUp())
	if _, err := a.Append(t.Context(), "id", []byte("not now")); err != nil {
		t.Fatal(err) // a new numbering is for the caller to judge, who reads it from nothing
	}
	var candidate []string
	_, err := a.Read(t.Context(), teamlog.Pos{}, func(_ teamlog.Pos, r []byte) error {
		candidate = append(candidate, string(r))
		return nil
	})
	if err != nil || !slices.Equal(candidate, []string{"not now"}) {
		t.Fatalf("the new folder holds %q, %v", candidate, err)
	}
}

// A backup gives the same numbers to other messages. Nothing is read or written
// until the caller has looked at all of it.
func TestARestoredBackupIsNoticed(t *testing.T) {
	for name, lost := range map[string]struct{ before, after int }{
		"fewer than before": {4, 2}, "as many": {4, 4}, "more": {2, 5},
	} {
		t.Run(name, func(t *testing.T) {
			d := imaptest.StartDovecot(t, imaptest.Options{})
			server := mailbox(d, ann)
			create(t, server)
			a, b := newDesktop(t, server), newDesktop(t, server)
			a.mustAppend(numberedRecords(1, 5)...)
			a.mustRead(numberedRecords(1, 5)...)
			_ = a.Close()
			d.Kill()
			backup := t.TempDir() + "/backup"
			d.Copy(t, ann, backup)
			d.Start(t)
			a = a.restart()
			for i := range lost.before {
				a.mustAppend(fmt.Sprint("lost ", i))
			}
			if err := a.catchUp(); err != nil {
				t.Fatal(err)
			}
			if len(a.records) != 5+lost.before {
				t.Fatalf("%d records", len(a.records))
			}
			d.Kill()
			d.Restore(t, ann, backup)
			d.Start(t)
			for i := range lost.after {
				b.mustAppend(fmt.Sprint("instead ", i))
			}
			if a.catchUp() == nil { // the connection may have died first
				t.Fatal("nothing was noticed")
			}
			wantEpoch(t, a.catchUp())
			_, err := a.Append(t.Context(), "id", []byte("into the wrong past"))
			wantEpoch(t, err)
			if len(a.found(teamlog.NewEpoch)) == 0 {
				t.Error("nothing was reported")
			}
			again := a.restart()
			wantEpoch(t, again.catchUp())
			var candidate []string
			_, err = again.Read(t.Context(), teamlog.Pos{}, func(_ teamlog.Pos, r []byte) error {
				candidate = append(candidate, string(r))
				return nil
			})
			if err != nil || len(candidate) != 5+lost.after || candidate[5] != "instead 0" {
				t.Fatalf("read anew: %q, %v", candidate, err)
			}
		})
	}
}

func TestARenamedFolderIsFoundAgain(t *testing.T) {
	d := imaptest.StartDovecot(t, imaptest.Options{})
	server := mailbox(d, ann)
	create(t, server)
	first := genesis(t)
	a := newDesktop(t, server)
	a.mustAppend(string(first.Bytes), "two")
	a.mustRead(string(first.Bytes), "two")
	person := admin(t, server)
	a.cfg.LogID = a.logID // the record told
	err := errors.Join(
		person.Rename(t.Context(), "Postvak", "Élèves/Ons team"), person.Create(t.Context(), "Trash/Postvak"), person.Create(t.Context(), "Other"),
	)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := person.Append(t.Context(), "Trash/Postvak", nil, time.Time{}, letterOf(first.Bytes).render()); err != nil {
		t.Fatal(err)
	}
	a = a.restart()
	a.mustAppend("three")
	a.mustRead("three")
	if found := a.found(teamlog.FolderRenamed); len(found) != 1 || found[0].Detail != "Élèves/Ons team" || a.Folder() != "Élèves/Ons team" {
		t.Errorf("%+v, folder %q", found, a.Folder())
	}
	// Back under its own name, it is there again.
	if err := person.Rename(t.Context(), "Élèves/Ons team", "Postvak"); err != nil {
		t.Fatal(err)
	}
	a = a.restart()
	a.mustAppend("four")
	a.mustRead("four")
	if a.Folder() != "Postvak" {
		t.Errorf("folder %q", a.Folder())
	}
}

func TestADeletedFolderCanBeMadeAgain(t *testing.T) {
	d := imaptest.StartDovecot(t, imaptest.Options{})
	server := mailbox(d, ann)
	create(t, server)
	first := genesis(t)
	a := newDesktop(t, server, func(c *Config) { c.LogID, c.Short = first.ID, time.Millisecond })
	a.mustAppend(string(first.Bytes), "two")
	a.mustRead(string(first.Bytes), "two")
	if err := admin(t, server).Delete(t.Context(), "Postvak"); err != nil {
		t.Fatal(err)
	}
	a = a.restart()
	wantEpoch(t, a.catchUp())
	_, err := a.Read(t.Context(), teamlog.Pos{}, a.apply)
	wantCode(t, err, inbox.NotFound)
	_, err = a.Append(t.Context(), "id", []byte("three"))
	wantCode(t, err, inbox.NotFound)
	if err := a.Wait(t.Context(), a.at); err != nil {
		t.Fatal(err)
	}
	if err := a.Renew(t.Context(), false); err != nil {
		t.Fatal(err)
	}
	a.mustAppend(string(first.Bytes), "two", "three")
	wantEpoch(t, a.catchUp())
	a.at, a.records = teamlog.Pos{}, nil
	a.mustRead(string(first.Bytes), "two", "three")
	a.mustAppend("four")
	a.mustRead("four")
}

// Setting a folder aside keeps it, and no desktop takes it for the log's.
func TestRenewFreshSetsTheOldFolderAside(t *testing.T) {
	d := imaptest.StartDovecot(t, imaptest.Options{})
	server := mailbox(d, ann)
	create(t, server)
	first := genesis(t)
	withID := func(c *Config) { c.LogID = first.ID }
	a, b := newDesktop(t, server, withID), newDesktop(t, server, withID)
	a.mustAppend(string(first.Bytes), "two")
	a.mustRead(string(first.Bytes), "two")
	b.mustRead(string(first.Bytes), "two")
	if err := a.Renew(t.Context(), true); err != nil {
		t.Fatal(err)
	}
	a.mustAppend(string(first.Bytes), "two", "three")
	b = b.restart()
	wantEpoch(t, b.catchUp())
	if b.Folder() != "Postvak" || len(b.found(teamlog.FolderRenamed)) != 0 {
		t.Errorf("folder %q, %+v", b.Folder(), b.found(teamlog.FolderRenamed))
	}
	aside := 0
	folders, err := admin(t, server).Folders(t.Context())
	for _, f := range folders {
		if setAside.MatchString(f.Name) {
			aside++
		}
	}
	if err != nil || aside != 1 {
		t.Errorf("%d folders set aside: %v, %v", aside, folders, err)
	}
	if found, err := Find(t.Context(), Config{IMAP: server}); err != nil || found.Folder != "Postvak" {
		t.Errorf("found %q, %v", found.Folder, err)
	}
	if err := admin(t, server).Delete(t.Context(), "Postvak"); err != nil {
		t.Fatal(err)
	}
	_, err = Find(t.Context(), Config{IMAP: server})
	wantCode(t, err, inbox.NotFound)
}

func epochOf(t testing.TB, server imap.Config) string {
	t.Helper()
	box, err := admin(t, server).Status(t.Context(), "Postvak")
	if err != nil {
		t.Fatal(err)
	}
	return epochName(box.UIDValidity)
}
