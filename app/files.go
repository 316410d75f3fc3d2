package app

import (
	"bufio"
	"context"
	"io"
	"mime"
	"net/http"
	"path"
	"strings"
	"time"

	"postvak/backend/inbox"
)

// maxFile is the largest file that can be attached: what mail servers take,
// before base64.
const maxFile = 32 << 20

// rasters are the pictures that a browser may show by itself: none of them can
// carry a script.
var rasters = map[string]bool{
	"image/png": true, "image/jpeg": true, "image/gif": true, "image/webp": true, "image/bmp": true,
}

// receiveFile stores an uploaded file: POST /file.
func (a *App) receiveFile(w http.ResponseWriter, r *http.Request) {
	_, params, _ := mime.ParseMediaType(r.Header.Get("Content-Disposition"))
	name := params["filename"]
	file, err := do(a, "POST /file", func(ctx context.Context) (Attachment, error) {
		body := bufio.NewReader(patient{r.Body, http.NewResponseController(w)})
		if head, _ := body.Peek(64); isBackup(head) {
			return a.receiveBackup(name, body)
		}
		return a.storeFile(ctx, name, http.MaxBytesReader(w, io.NopCloser(body), maxFile+1))
	})
	if err != nil {
		a.answerError(w, err)
		return
	}
	answerJSON(w, http.StatusOK, file)
}

// serveFile gives a file's bytes: GET /file/ID. Whatever it claims to be, it
// is downloaded, unless its bytes are a raster image.
func (a *App) serveFile(w http.ResponseWriter, r *http.Request) {
	file, err := do(a, "GET /file", func(ctx context.Context) (opened, error) {
		return a.openFile(ctx, inbox.FileID(r.PathValue("id")))
	})
	if err != nil {
		a.answerError(w, err)
		return
	}
	defer file.content.Close()
	head := make([]byte, 512)
	n, _ := io.ReadFull(file.content, head)
	kind, disposition := "application/octet-stream", "attachment"
	if sniffed := http.DetectContentType(head[:n]); rasters[sniffed] {
		kind, disposition = sniffed, "inline"
	}
	if _, err := file.content.Seek(0, io.SeekStart); err != nil {
		a.answerError(w, err)
		return
	}
	header := w.Header()
	header.Set("Content-Type", kind)
	header.Set("X-Content-Type-Options", "nosniff")
	header.Set("Content-Security-Policy", "default-src 'none'; sandbox")
	header.Set("Content-Disposition", mime.FormatMediaType(disposition, map[string]string{"filename": file.name}))
	header.Set("Cache-Control", "private, max-age=3600")
	http.ServeContent(w, r, "", time.Time{}, file.content)
}

// cleanName makes a file name out of what a browser or a person gave: no
// folders, no control characters, never empty.
func cleanName(name string) string {
	name = path.Base(strings.ReplaceAll(name, "\\", "/"))
	name = strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f || strings.ContainsRune(`<>:"/|?*`, r) || r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069 {
			return -1
		}
		return r
	}, name)
	name = strings.Trim(name, ". ")
	if len(name) > 200 {
		ext := path.Ext(name)
		if len(ext) > 20 {
			ext = ""
		}
		name = strings.ToValidUTF8(name[:200-len(ext)], "") + ext
	}
	if name == "" {
		return "file"
	}
	return name
}

// typeOf tells a file's media type by its name, else by its bytes.
func typeOf(name string, head []byte) string {
	if kind, _, err := mime.ParseMediaType(mime.TypeByExtension(path.Ext(name))); err == nil {
		return kind
	}
	kind, _, err := mime.ParseMediaType(http.DetectContentType(head))
	if err != nil {
		return "application/octet-stream"
	}
	return kind
}
