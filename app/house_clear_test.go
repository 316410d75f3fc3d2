package app

import (
	"errors"
	"io"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"testing/iotest"
)

// put writes files, each with its own name as its text.
func put(t *testing.T, dir string, names ...string) {
	t.Helper()
	for _, name := range names {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(name), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// found says which of the files that put wrote are still below a folder.
func found(t *testing.T, dir string) (names map[string]bool) {
	t.Helper()
	names = map[string]bool{}
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || !entry.Type().IsRegular() {
			return err
		}
		text, err := os.ReadFile(path)
		names[string(text)] = true
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return names
}

// Somebody names their folder of documents for the profile, and lets links lead
// out of it. What is theirs stays through every start, a restore and the end.
func TestNothingButPostvaksIsRemoved(t *testing.T) {
	realSecrets(t)
	dir, outside := t.TempDir(), t.TempDir()
	hash := strings.Repeat("ab", 32)
	theirs := []string{
		"letter.txt", "remove", "files/holiday.jpg", "files/ab/notes.txt", "files/2024/" + hash, "moving/van.txt", "moving/new-home/plan.txt",
		"restore.new/draft.txt", "restore.gone/draft.doc", "postvak.log.old.txt",
	}
	put(t, dir, theirs...)
	others := []string{"secrets.key", "secrets.age", hash, "postvak.db"}
	put(t, outside, others...)
	put(t, dir, "files/new-1234", "moving/new-1234", "secrets.key.1234")
	if err := os.WriteFile(filepath.Join(outside, profileName), []byte(`{"id":"another","member":"m"}`), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, link := range []string{"restore.ready", "restore.aside", "restore.undoing", "files/cd"} {
		if err := os.Symlink(outside, filepath.Join(dir, link)); err != nil {
			t.Fatal(err)
		}
	}
	opt := Options{Dir: dir, Quiet: true, Assets: testAssets}
	if err := EraseLeft(opt, nil); err != nil {
		t.Fatal(err)
	}
	startHouse(t, dir, false).app.Close()
	hold, err := Acquire(dir, "")
	if err != nil {
		t.Fatal(err)
	}
	if err := Erase(hold, opt, nil); err != nil {
		t.Fatal(err)
	}
	left := found(t, dir)
	for _, name := range theirs {
		if !left[name] {
			t.Errorf("%s is gone", name)
		}
		delete(left, name)
	}
	if len(left) > 0 {
		t.Errorf("it left %v", left)
	}
	if kept := found(t, outside); len(kept) != len(others)+1 {
		t.Errorf("outside of the folder it left only %v", kept)
	}
}

// A whole restore keeps what lay among the stored files, too.
func TestARestoreKeepsWhatIsNotPostvaks(t *testing.T) {
	dir := t.TempDir()
	parts(t, dir, "old", oldParts...)
	parts(t, filepath.Join(dir, readyName), "new", newParts...)
	put(t, dir, "files/holiday.jpg")
	exchange(t, dir, false, -1)
	if which(t, dir) != "new" || !found(t, dir)["files/holiday.jpg"] {
		t.Errorf("left: %v", found(t, dir))
	}
}

// Removing goes on after a kill, by the note that was written.
func TestRemovingGoesOnByItsNote(t *testing.T) {
	dir := t.TempDir()
	parts(t, dir, "old", oldParts...)
	put(t, dir, "letter.txt")
	if err := os.WriteFile(filepath.Join(dir, removeName), []byte(removeNote), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := EraseLeft(Options{Dir: dir, Sandbox: true}, nil); err != nil {
		t.Fatal(err)
	}
	if left := found(t, dir); len(left) != 1 || !left["letter.txt"] {
		t.Errorf("left: %v", left)
	}
}

// A profile's folder may be called anything; a backup has its files all the same.
func TestABackupHasItsFilesWhateverTheFolderIsCalled(t *testing.T) {
	dir := filepath.Join(t.TempDir(), `[werk] {2} a?*`)
	hash := strings.Repeat("ab", 32)
	put(t, dir, "files/ab/"+hash)
	pieces, err := storedFiles(dir)
	if err != nil || len(pieces) != 1 || pieces[0].size == 0 {
		t.Fatalf("%v, %v", pieces, err)
	}
	content, err := pieces[0].open()
	if err != nil {
		t.Fatal(err)
	}
	if err := content.Close(); err != nil {
		t.Error(err)
	}
}

// The file that names a profile is never written over: a disk that is full would
// leave an empty one, and nobody would find the profile's secrets again.
func TestAProfileIsReplacedWhole(t *testing.T) {
	dir := t.TempDir()
	if err := (profile{ID: "old", Member: "m"}).save(dir); err != nil {
		t.Fatal(err)
	}
	before := filepath.Join(t.TempDir(), "before")
	if err := os.Link(filepath.Join(dir, profileName), before); err != nil {
		t.Skip(err)
	}
	if err := (profile{ID: "new", Member: "m"}).save(dir); err != nil {
		t.Fatal(err)
	}
	if text, err := os.ReadFile(before); err != nil || !strings.Contains(string(text), "old") {
		t.Errorf("it was written over: %q, %v", text, err)
	}
	if p, err := openProfile(dir, false); err != nil || p.ID != "new" {
		t.Errorf("%+v, %v", p, err)
	}
}

// watchedListener is asked something when it is closed.
type watchedListener struct {
	net.Listener
	closing func()
}

func (l watchedListener) Close() error {
	l.closing()
	return l.Listener.Close()
}

// Two starts while everything is removed: the lock goes while it is held, and who
// waited for it with the removed file in hand does not take that for the folder's.
func TestTwoStartsAfterARemovalDoNotShareAFolder(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("Windows removes no open file")
	}
	dir := filepath.Join(t.TempDir(), "profile")
	lock, err := takeLock(dir)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, lockName)
	early, err := os.OpenFile(path, os.O_RDWR, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	defer early.Close()
	socket, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	hold := &Instance{Dir: dir, lock: lock, listener: watchedListener{socket, func() {
		if _, err := os.Stat(path); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("the lock is free, and its file is there still: %v", err)
		}
	}}}
	if err := Erase(hold, Options{Dir: dir, Sandbox: true}, nil); err != nil {
		t.Fatal(err)
	}
	if lockFile(early) != nil || stands(early, path) {
		t.Error("a removed lock holds the folder")
	}
	second, err := Acquire(dir, "")
	if err != nil {
		t.Fatal(err)
	}
	defer second.Release()
	if !stands(second.lock, path) {
		t.Error("the second start holds nothing")
	}
}

// A backup is saved over an older one on a disk that becomes full: the older one
// is there still, and nothing that looks like a new one.
func TestSavingAFileEndsWholeOrNotAtAll(t *testing.T) {
	dir := t.TempDir()
	put(t, dir, "old.postvak-backup")
	full := errors.New("no space left")
	path := filepath.Join(dir, "old.postvak-backup")
	if err := copyTo(path, io.MultiReader(strings.NewReader("a beginning"), iotest.ErrReader(full))); !errors.Is(err, full) {
		t.Fatal(err)
	}
	if left := found(t, dir); len(left) != 1 || !left["old.postvak-backup"] {
		t.Errorf("left: %v", left)
	}
	if err := copyTo(path, strings.NewReader("a new one")); err != nil {
		t.Fatal(err)
	}
	if left := found(t, dir); len(left) != 1 || !left["a new one"] {
		t.Errorf("left: %v", left)
	}
}
