package app

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"io"
	"os"
	"path/filepath"
	"syscall"

	"postvak/backend/inbox"
)

// Files is the contract's service of that name. Files are named by ids, never
// by paths: a path comes only from the system's own dialog.
type Files struct{ app *App }

// Pick asks for files to attach by the system's dialog. Window only.
func (s *Files) Pick() ([]Attachment, error) {
	return do(s.app, "Files.Pick", func(ctx context.Context) ([]Attachment, error) {
		if s.app.mainWindow() == nil {
			return nil, notBuilt("Files.Pick")
		}
		paths, err := s.app.mainWindow().pickFiles()
		if err != nil {
			return nil, err
		}
		var all []Attachment
		for _, path := range paths {
			file, err := s.app.takeFile(ctx, path)
			if err != nil {
				return nil, err
			}
			all = append(all, file)
		}
		return all, nil
	})
}

// Save asks by the system's dialog where to save a file; false when the person
// changed their mind. Window only.
func (s *Files) Save(fileID string) (bool, error) {
	return do(s.app, "Files.Save", func(ctx context.Context) (bool, error) {
		if s.app.mainWindow() == nil {
			return false, notBuilt("Files.Save")
		}
		return s.app.saveFile(ctx, inbox.FileID(fileID))
	})
}

// Put stores a file that was dropped or pasted.
func (s *Files) Put(name, data string) (Attachment, error) {
	return do(s.app, "Files.Put", func(ctx context.Context) (Attachment, error) {
		if base64.StdEncoding.DecodedLen(len(data)) > maxFile+2 {
			return Attachment{}, tooLarge()
		}
		raw, err := base64.StdEncoding.DecodeString(data)
		if err != nil {
			return Attachment{}, inbox.Errorf(inbox.Invalid, "The file's bytes are not base64.")
		}
		return s.app.storeFile(ctx, name, bytes.NewReader(raw))
	})
}

func tooLarge() error {
	return inbox.Errorf(inbox.Invalid, "A file may have %d MB at most. Share it in another way and send a link.", maxFile>>20)
}

func (a *App) takeFile(ctx context.Context, path string) (Attachment, error) {
	f, err := os.Open(path)
	if err != nil {
		return Attachment{}, inbox.Errorf(inbox.NotFound, "The file %s cannot be read.", filepath.Base(path)).Because(err)
	}
	defer f.Close()
	return a.storeFile(ctx, filepath.Base(path), f)
}

// storeFile keeps a file's bytes under an id. Its type follows from name and
// bytes, not from what a sender claims.
func (a *App) storeFile(ctx context.Context, name string, data io.Reader) (Attachment, error) {
	limited := &io.LimitedReader{R: data, N: maxFile + 1}
	head := make([]byte, 512)
	n, err := io.ReadFull(limited, head)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return Attachment{}, inbox.Errorf(inbox.Invalid, "The file could not be read to its end. Try again.").Because(err)
	}
	name = cleanName(name)
	stored, err := a.db.PutFile(ctx, name, typeOf(name, head[:n]), io.MultiReader(bytes.NewReader(head[:n]), limited))
	if err != nil {
		return Attachment{}, err
	}
	if stored.Size > maxFile {
		return Attachment{}, tooLarge()
	}
	return Attachment{ID: string(stored.ID), Name: stored.Name, Type: stored.Type, Size: stored.Size}, nil
}

type opened struct {
	name    string
	content *os.File
}

func (a *App) openFile(ctx context.Context, id inbox.FileID) (opened, error) {
	if p, ok := a.parcels.get(string(id)); ok {
		content, err := os.Open(p.path)
		return opened{name: p.name, content: content}, err
	}
	file, err := a.db.File(ctx, id)
	if err != nil {
		return opened{}, err
	}
	content, err := os.Open(file.Path)
	return opened{name: cleanName(file.Name), content: content}, err
}

func (a *App) saveFile(ctx context.Context, id inbox.FileID) (bool, error) {
	file, err := a.openFile(ctx, id)
	if err != nil {
		return false, err
	}
	defer file.content.Close()
	path, err := a.mainWindow().savePath(file.name)
	if err != nil || path == "" {
		return false, err
	}
	if err := copyTo(path, file.content); err != nil {
		return false, inbox.Errorf(inbox.Unavailable, "The file could not be saved. Choose another folder.").Because(err)
	}
	return true, nil
}

// copyTo writes a file beside its place and then puts it there: a disk that is
// full leaves the older one, a backup perhaps, and no beginning of a new one.
func copyTo(path string, from io.Reader) error {
	out, err := os.CreateTemp(filepath.Dir(path), ".postvak-*") // mode 0600
	if err != nil {
		return err
	}
	_, err = io.Copy(out, from)
	if synced := out.Sync(); !errors.Is(synced, errors.ErrUnsupported) && !errors.Is(synced, syscall.EINVAL) { // not every place can
		err = errors.Join(err, synced)
	}
	if err = errors.Join(err, out.Close()); err == nil {
		err = os.Rename(out.Name(), path)
	}
	if err != nil {
		_ = os.Remove(out.Name())
	}
	return err
}
