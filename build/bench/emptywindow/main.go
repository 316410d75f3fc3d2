//go:build desktop

// Command emptywindow opens a window of Wails with one line of text in it. It is
// what M10 and M11 compare Postvak's start and memory with.
package main

import (
	"fmt"
	"os"
	"testing/fstest"

	"github.com/wailsapp/wails/v2"
	"github.com/wailsapp/wails/v2/pkg/options"
	"github.com/wailsapp/wails/v2/pkg/options/assetserver"
)

const page = `<!doctype html><html lang="en"><meta charset="utf-8"><title>Empty</title>
<body style="margin:0;background:#fff;color:#000;font:700 64px sans-serif"><p>Nothing here but this line of text, drawn in large letters</p></body></html>`

func main() {
	err := wails.Run(&options.App{
		Title: "Empty", Width: 1280, Height: 800,
		AssetServer: &assetserver.Options{Assets: fstest.MapFS{"index.html": {Data: []byte(page)}}},
	})
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
