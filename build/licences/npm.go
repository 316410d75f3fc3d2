package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"postvak/app/about"
)

// bundle is where the window's build says which packages are in it.
const bundle = "frontend/dist/packages.json"

// errNoWindow says that the window was not built.
var errNoWindow = errors.New(bundle + " is missing: build the window first, with `make build`")

// npmPackages gives the packages in the built window.
func npmPackages(_ context.Context, root string) ([]about.Component, error) {
	var folders []string
	if err := readJSON(filepath.Join(root, bundle), &folders); errors.Is(err, fs.ErrNotExist) {
		return nil, errNoWindow
	} else if err != nil {
		return nil, err
	}
	if len(folders) == 0 {
		return nil, fmt.Errorf("%s names no package", bundle)
	}
	var all []about.Component
	for _, folder := range folders {
		c, err := npmPackage(filepath.Join(root, "frontend", "node_modules", filepath.FromSlash(folder)))
		if err != nil {
			return nil, err
		}
		all = append(all, c)
	}
	return all, nil
}

func npmPackage(folder string) (about.Component, error) {
	var says struct{ Name, Version, License string }
	if err := readJSON(filepath.Join(folder, "package.json"), &says); err != nil {
		return about.Component{}, err
	}
	found, err := texts(folder)
	if err != nil {
		return about.Component{}, err
	}
	return component(says.Name, says.Version, strings.Trim(says.License, "()"), found)
}

func readJSON(path string, into any) error {
	text, err := os.ReadFile(path)
	if err == nil {
		err = json.Unmarshal(text, into)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	return nil
}
