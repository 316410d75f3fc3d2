package keyring

import (
	"errors"
	"os"
	"path/filepath"
)

// SealedFiles are the names of the files that keep secrets in a profile's folder
// where there is no keyring.
func SealedFiles() []string { return []string{sealedName, plainKeyName, wrappedKeyName} }

// Erase forgets every secret of a profile: its entries in the system's keyring,
// and the sealed file with its keys. What is not there is no error. Nothing may
// use the profile's Store afterwards.
func Erase(opt Options) error {
	var errs []error
	if !opt.NoSystem && opt.Profile != "" {
		if system := (systemStore{service: "postvak/" + opt.Profile}); system.works() {
			errs = append(errs, system.erase())
		}
	}
	for _, name := range SealedFiles() {
		if err := os.Remove(filepath.Join(opt.Dir, name)); err != nil && !errors.Is(err, os.ErrNotExist) {
			errs = append(errs, unwritable(err))
		}
	}
	return errors.Join(errs...)
}
