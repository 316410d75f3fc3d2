// Command licences collects what others wrote and what is really in the program
// (Go modules linked on Linux, Windows or macOS, npm packages in the built
// window, and the few things that neither tool names) with its licences, for
// Settings > About:
//
//	licences write   writes app/about/licences.json.gz
//	licences check   says what differs from it, and what licence is not allowed
//
// The window must be built before: its build writes frontend/dist/packages.json.
// It asks nobody outside; what it reads lies in the module cache and in
// frontend/node_modules. It ends with 1 when something is wrong.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"postvak/app/about"
)

const file = "app/about/licences.json.gz"

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: licences write|check, in the repository's folder")
		os.Exit(2)
	}
	if err := run(context.Background(), ".", os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(ctx context.Context, root, order string) error {
	found, err := collect(ctx, root)
	if err == nil {
		err = errors.Join(refused(found)...)
	}
	if err != nil {
		return err
	}
	path := filepath.Join(root, file)
	if order == "write" {
		packed, err := about.Pack(found)
		if err != nil {
			return err
		}
		return os.WriteFile(path, packed, 0o644)
	}
	packed, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	shown, err := about.Unpack(packed)
	if err != nil {
		return err
	}
	return differences(shown, found)
}

// differences says what is in the program and not shown, and the reverse.
func differences(shown, found []about.Component) error {
	var wrong []error
	for _, c := range missing(found, shown) {
		wrong = append(wrong, fmt.Errorf("%s %s (%s) is in the program, and About does not show it so", c.Name, c.Version, c.Licence))
	}
	for _, c := range missing(shown, found) {
		wrong = append(wrong, fmt.Errorf("%s %s (%s) is shown by About, and not in the program", c.Name, c.Version, c.Licence))
	}
	if len(wrong) > 0 {
		wrong = append(wrong, errors.New("`make licences` writes the list anew"))
	}
	return errors.Join(wrong...)
}

// missing gives those of a that b does not have, each with all it says.
func missing(a, b []about.Component) []about.Component {
	have := map[about.Component]bool{}
	for _, c := range b {
		have[c] = true
	}
	var out []about.Component
	for _, c := range a {
		if !have[c] {
			out = append(out, c)
		}
	}
	return out
}
