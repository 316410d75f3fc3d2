package sqlite

import (
	"context"
	"errors"
	"os"
	"syscall"

	"github.com/mattn/go-sqlite3"

	"postvak/backend/inbox"
)

// explain turns an error of the database or the disk into one that a person
// can act on. Errors that are such already, and ends of contexts, stay.
func explain(err error) error {
	var known *inbox.Error
	if err == nil || errors.As(err, &known) || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	var failure sqlite3.Error
	if errors.As(err, &failure) {
		return sentence(failure).Because(err)
	}
	switch {
	case errors.Is(err, syscall.ENOSPC):
		return diskFull().Because(err)
	case errors.Is(err, os.ErrPermission), errors.Is(err, syscall.EROFS):
		return readOnly().Because(err)
	}
	return inbox.Errorf(inbox.Internal, "The cache could not do that. Try again; if it keeps happening, rebuild the cache in Settings.").Because(err)
}

func sentence(failure sqlite3.Error) *inbox.Error {
	switch failure.Code {
	case sqlite3.ErrFull:
		return diskFull()
	case sqlite3.ErrReadonly, sqlite3.ErrPerm, sqlite3.ErrCantOpen, sqlite3.ErrAuth:
		return readOnly()
	case sqlite3.ErrCorrupt, sqlite3.ErrNotADB:
		return inbox.Errorf(inbox.Internal, "The database on this computer is damaged. Rebuild the cache in Settings; if that fails, move the data folder away and connect again.")
	case sqlite3.ErrIoErr:
		if failure.SystemErrno == syscall.ENOSPC {
			return diskFull()
		}
		return inbox.Errorf(inbox.Unavailable, "The disk could not be read or written. Check the disk, then try again.")
	case sqlite3.ErrBusy, sqlite3.ErrLocked:
		return inbox.Errorf(inbox.Unavailable, "Another program holds the database. Close it and try again.")
	}
	return inbox.Errorf(inbox.Internal, "The cache could not do that. Try again; if it keeps happening, rebuild the cache in Settings.")
}

func diskFull() *inbox.Error {
	return inbox.Errorf(inbox.Unavailable, "The disk is full, so nothing can be saved. Free some space and try again.")
}

func readOnly() *inbox.Error {
	return inbox.Errorf(inbox.Unavailable, "The data folder cannot be written. Allow this program to write there and try again.")
}

func noMessage() *inbox.Error {
	return inbox.Errorf(inbox.NotFound, "This message is not known here. It may have been deleted.")
}

func noConversation() *inbox.Error {
	return inbox.Errorf(inbox.NotFound, "This conversation is not known here. It may have been deleted.")
}
