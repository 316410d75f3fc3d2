// Command postvak is a shared team inbox on one's own desktop: see README.md.
package main

import (
	"embed"
	"io/fs"
	"os"

	"postvak/app/command"
)

//go:embed all:frontend/dist
var dist embed.FS

func main() {
	assets, err := fs.Sub(dist, "frontend/dist")
	if err != nil {
		panic(err) // the folder is embedded above
	}
	out, complaints := command.Terminal()
	os.Exit(command.Main(os.Args[1:], assets, out, complaints))
}
