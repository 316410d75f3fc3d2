package app

import (
	"bytes"
	"io/fs"
	"net/http"
)

// windowPolicy is the window's Content Security Policy. The frame that shows a
// mail inherits it.
const windowPolicy = "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; " +
	"img-src 'self' data: blob:; frame-src 'none'; object-src 'none'; base-uri 'none'; form-action 'none'"

// notBuiltPage stands in for the frontend in a program that was built without
// it.
const notBuiltPage = `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Postvak</title></head>
<body style="font: 16px/1.5 sans-serif; max-width: 34em; margin: 4em auto; padding: 0 1em">
<h1>This build has no window</h1>
<p>The program was built without its frontend. Run <code>make build</code> in its source folder and start
<code>build/bin/postvak</code>.</p></body></html>
`

// indexPage gives the frontend's page.
func indexPage(assets fs.FS) []byte {
	if assets != nil {
		if page, err := fs.ReadFile(assets, "index.html"); err == nil {
			return page
		}
	}
	return []byte(notBuiltPage)
}

// withBridge puts the bridge in front of every other script of the page.
func withBridge(page []byte) []byte {
	tag := []byte(`<script src="/bridge.js"></script>`)
	lower := bytes.ToLower(page)
	at := bytes.Index(lower, []byte("<head>"))
	if at < 0 {
		return append(tag, page...)
	}
	at += len("<head>")
	out := make([]byte, 0, len(page)+len(tag))
	out = append(out, page[:at]...)
	out = append(out, tag...)
	return append(out, page[at:]...)
}

// guard sets the headers that every answer to the window carries.
func guard(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		head := w.Header()
		head.Set("Content-Security-Policy", windowPolicy)
		head.Set("X-Content-Type-Options", "nosniff")
		head.Set("Referrer-Policy", "no-referrer")
		next.ServeHTTP(w, r)
	})
}
