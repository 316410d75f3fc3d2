package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"postvak/app/about"
)

// systems are those that Postvak is made for, with the tags of its window there.
var systems = []struct{ os, arch, tags string }{
	{"linux", "amd64", "desktop,production,webkit2_41,sqlite_fts5"},
	{"windows", "amd64", "desktop,production,sqlite_fts5"},
	{"darwin", "arm64", "desktop,production,sqlite_fts5"},
}

type goPackage struct {
	Dir    string
	Module *struct {
		Path, Version, Dir string
		Main               bool
	}
}

// goModules gives the modules of which a package is linked. A folder of a module
// can have another licence than the module: those of the linked packages are
// looked into, and those above them.
func goModules(ctx context.Context, root string) ([]about.Component, error) {
	packages, err := linked(ctx, root)
	if err != nil {
		return nil, err
	}
	folders, name := map[string]map[string]bool{}, map[string][2]string{}
	for _, p := range packages {
		if p.Module == nil || p.Module.Main {
			continue // the standard library is among the others
		}
		top := p.Module.Dir
		if folders[top] == nil {
			folders[top], name[top] = map[string]bool{}, [2]string{p.Module.Path, p.Module.Version}
		}
		for dir := p.Dir; len(dir) >= len(top); dir = filepath.Dir(dir) {
			folders[top][dir] = true
		}
	}
	var all []about.Component
	for top, some := range folders {
		var found []string
		for _, dir := range slices.Sorted(maps.Keys(some)) { // the module's own first
			more, err := texts(dir)
			if err != nil {
				return nil, err
			}
			found = append(found, more...)
		}
		c, err := component(name[top][0], name[top][1], "", found)
		if err != nil {
			return nil, err
		}
		all = append(all, c)
	}
	return all, nil
}

// linked gives the packages of the program, on all systems.
func linked(ctx context.Context, root string) ([]goPackage, error) {
	var all []goPackage
	for _, system := range systems {
		cmd := exec.CommandContext(ctx, "go", "list", "-deps", "-json=Dir,Module", "-tags", system.tags, ".")
		cmd.Dir = root
		cmd.Env = append(os.Environ(), "GOOS="+system.os, "GOARCH="+system.arch, "CGO_ENABLED=1")
		cmd.Stderr = os.Stderr
		out, err := cmd.Output()
		if err != nil {
			return nil, fmt.Errorf("go list for %s: %w", system.os, err)
		}
		for dec := json.NewDecoder(strings.NewReader(string(out))); ; {
			var p goPackage
			if err := dec.Decode(&p); errors.Is(err, io.EOF) {
				break
			} else if err != nil {
				return nil, err
			}
			all = append(all, p)
		}
	}
	return all, nil
}
