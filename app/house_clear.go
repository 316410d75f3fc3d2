package app

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
)

// People may name any folder for a profile, and things of theirs may lie in it,
// also under the names that a profile uses. So nothing is removed by its name
// alone: a folder goes file by file, only those that Postvak makes, and what a
// link leads to is never looked at.

const (
	filesName = "files"
	keptName  = "kept" // what lay in our way and is not ours
)

var (
	tempName    = regexp.MustCompile(`^(new-|snapshot-)[0-9A-Za-z]+(-journal|-wal|-shm)?$`)
	sealedTemp  = regexp.MustCompile(`^secrets\.(age|key|key\.age)\.[0-9]+$`)
	storeFolder = regexp.MustCompile(`^[0-9a-f]{2}$`)
)

// removeProfile removes what a profile consists of from a folder.
func removeProfile(dir string) error {
	var errs []error
	for _, part := range profileParts() {
		errs = append(errs, removePart(dir, part))
	}
	errs = append(errs, removeFile(filepath.Join(dir, profileName+".new")))
	return errors.Join(append(errs, removeFiles(dir, sealedTemp.MatchString))...)
}

func removePart(dir, part string) error {
	if part == filesName {
		return removeStored(filepath.Join(dir, part))
	}
	return removeFile(filepath.Join(dir, part))
}

// removeFile removes a file, or a link; a folder of that name is not ours.
func removeFile(path string) error {
	info, err := os.Lstat(path)
	if err != nil || info.IsDir() {
		return unlessGone(err)
	}
	return unlessGone(os.Remove(path))
}

func unlessGone(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

// removeFiles removes the files of a folder that have such names.
func removeFiles(dir string, ours func(name string) bool) error {
	entries, err := os.ReadDir(dir)
	errs := []error{unlessGone(err)}
	for _, entry := range entries {
		if !entry.IsDir() && ours(entry.Name()) {
			errs = append(errs, removeFile(filepath.Join(dir, entry.Name())))
		}
	}
	return errors.Join(errs...)
}

// emptied removes the files of a folder that have such names, and then the
// folder, unless something else lies there. A link to a folder goes alone.
func emptied(dir string, ours func(name string) bool) error {
	if !isFolder(dir) {
		return removeFile(dir)
	}
	err := removeFiles(dir, ours)
	_ = os.Remove(dir)
	return err
}

// removeStored removes the folder of stored files.
func removeStored(dir string) error {
	var errs []error
	if isFolder(dir) {
		entries, err := os.ReadDir(dir)
		errs = append(errs, unlessGone(err))
		for _, entry := range entries {
			if first := entry.Name(); entry.IsDir() && storeFolder.MatchString(first) {
				errs = append(errs, emptied(filepath.Join(dir, first), func(name string) bool {
					return storedName.MatchString(name) && name[:2] == first
				}))
			}
		}
	}
	return errors.Join(append(errs, emptied(dir, tempName.MatchString))...)
}

// isFolder is false for a link to one.
func isFolder(path string) bool {
	info, err := os.Lstat(path)
	return err == nil && info.IsDir()
}

// clear frees a name in the profile's folder, of a part or of a folder with
// parts: what is not Postvak's is kept under another name.
func (h house) clear(name string) error {
	h.step()
	defer h.step()
	var err error
	switch path := h.path(name); {
	case slices.Contains(profileParts(), name):
		err = removePart(h.dir, name)
	case isFolder(path):
		err = removeProfile(path)
		_ = os.Remove(path)
	}
	if err != nil || !h.has(name) {
		return err
	}
	return os.Rename(h.path(name), h.path(h.unused()))
}

// unused gives a name that nothing has.
func (h house) unused() string {
	name := keptName
	for n := 2; h.has(name); n++ {
		name = fmt.Sprintf("%s-%d", keptName, n)
	}
	return name
}
