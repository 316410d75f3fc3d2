package sqlite

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"postvak/backend/inbox"
)

// File is a stored file and where its bytes are. The path never crosses to the
// screen.
type File struct {
	ID   inbox.FileID
	Name string
	Type string
	Size int64
	Path string
}

// maxFile is how large a file may be that a person attaches. Mail servers
// refuse less.
const maxFile = 100 << 20

var fileID = regexp.MustCompile(`^[0-9a-f]{64}$`)

// File gives a file by its id. The bytes of a mail's attachment are taken out
// of the raw message when they are not on the disk; bytes that do not have
// their hash any more count as missing.
func (db *DB) File(ctx context.Context, id inbox.FileID) (File, error) {
	f, err := db.fileRow(ctx, id)
	if err != nil {
		return File{}, err
	}
	f.Path = db.filePath(id)
	if hashOf(f.Path) == id {
		return f, nil
	}
	data, err := db.attachmentBytes(ctx, id)
	if err != nil {
		return File{}, err
	}
	return f, explain(db.writeFile(id, data))
}

func (db *DB) fileRow(ctx context.Context, id inbox.FileID) (File, error) {
	f := File{ID: id}
	if !fileID.MatchString(string(id)) {
		return f, noFile()
	}
	r := db.reading(ctx)
	found, err := r.one("SELECT name, type, size FROM files WHERE id = ?", []any{string(id)}, &f.Name, &f.Type, &f.Size)
	if err == nil && !found {
		found, err = r.one("SELECT name, type, size FROM attachments WHERE file = ? ORDER BY message DESC LIMIT 1", []any{string(id)},
			&f.Name, &f.Type, &f.Size)
	}
	if err == nil && !found {
		err = noFile()
	}
	return f, err
}

func noFile() error {
	return inbox.Errorf(inbox.NotFound, "This file is not available on this computer. Attach it again, or ask for it to be sent again.")
}

// PutFile stores a file that a person attaches, durably. The same bytes are
// kept once.
func (db *DB) PutFile(ctx context.Context, name, mediaType string, data io.Reader) (File, error) {
	temp, err := os.CreateTemp(filepath.Join(db.dir, "files"), "new-*")
	if err != nil {
		return File{}, explain(err)
	}
	defer func() { _ = os.Remove(temp.Name()) }()
	hash := sha256.New()
	size, err := io.Copy(io.MultiWriter(temp, hash), io.LimitReader(data, maxFile+1))
	if err == nil && size > maxFile {
		err = inbox.Errorf(inbox.Invalid, "This file is larger than 100 MB. Share it in another way and send a link.")
	}
	f := File{ID: inbox.FileID(hex.EncodeToString(hash.Sum(nil))), Name: cleanName(name), Type: mediaType, Size: size}
	f.Path = db.filePath(f.ID)
	if err = errors.Join(err, temp.Sync(), temp.Close()); err != nil {
		return File{}, explain(err)
	}
	if err := moveInto(temp.Name(), f.Path); err != nil {
		return File{}, explain(err)
	}
	_, err = db.update(ctx, durable, func(t *tx) error {
		return t.exec(`INSERT INTO files (id, name, type, size, at) VALUES (?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET
			name = excluded.name, type = excluded.type, at = excluded.at`, string(f.ID), f.Name, f.Type, f.Size, millis(db.opt.Now()))
	})
	return f, err
}

// cleanName takes path and control characters from a file's name.
func cleanName(name string) string {
	name = strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return -1
		}
		return r
	}, name[strings.LastIndexAny(name, `/\`)+1:])
	name = strings.TrimLeft(strings.TrimSpace(name), ".")
	if name == "" {
		return "file"
	}
	return cut(name, 200)
}

func (db *DB) filePath(id inbox.FileID) string {
	return filepath.Join(db.dir, "files", string(id[:2]), string(id))
}

func moveInto(temp, path string) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	return os.Rename(temp, path)
}

func (db *DB) writeFile(id inbox.FileID, data []byte) error {
	temp, err := os.CreateTemp(filepath.Join(db.dir, "files"), "new-*")
	if err != nil {
		return err
	}
	defer func() { _ = os.Remove(temp.Name()) }()
	_, err = temp.Write(data)
	if err := errors.Join(err, temp.Close()); err != nil {
		return err
	}
	return moveInto(temp.Name(), db.filePath(id))
}

func hashOf(path string) inbox.FileID {
	file, err := os.Open(path)
	if err != nil {
		return ""
	}
	defer func() { _ = file.Close() }()
	hash := sha256.New()
	if _, err := io.Copy(hash, file); err != nil {
		return ""
	}
	return inbox.FileID(hex.EncodeToString(hash.Sum(nil)))
}

// attachmentBytes derives an attachment anew from a message that has it.
func (db *DB) attachmentBytes(ctx context.Context, id inbox.FileID) ([]byte, error) {
	var packed []byte
	var key inbox.Key
	found, err := db.reading(ctx).one(`SELECT s.key, s.raw FROM attachments a JOIN sources s ON s.id = a.message
		WHERE a.file = ? AND s.raw IS NOT NULL ORDER BY a.message DESC LIMIT 1`, []any{string(id)}, &key, &packed)
	if err != nil {
		return nil, err
	}
	if !found || db.opt.Parse == nil {
		return nil, noFile()
	}
	raw, err := unpackRaw(packed)
	if err != nil {
		return nil, explain(err)
	}
	message := db.opt.Parse(key, raw)
	for _, a := range message.Attachments {
		if a.ID == id {
			return a.Data, nil
		}
	}
	return nil, noFile()
}

// removeFiles removes the files of purged messages that nothing else has.
func (db *DB) removeFiles(ctx context.Context, ids []inbox.FileID) {
	for _, id := range ids {
		var one int
		used, err := db.reading(ctx).one(`SELECT 1 FROM attachments WHERE file = ?1 UNION ALL
			SELECT 1 FROM drafts WHERE instr(value, ?1) UNION ALL SELECT 1 FROM outbox WHERE instr(draft, ?1) LIMIT 1`, []any{string(id)}, &one)
		if err != nil || used || !fileID.MatchString(string(id)) {
			continue
		}
		if err := os.Remove(db.filePath(id)); err != nil && !errors.Is(err, os.ErrNotExist) {
			db.opt.Log.Warn("a deleted file is still on the disk", "file", string(id), "error", err)
		}
	}
}
