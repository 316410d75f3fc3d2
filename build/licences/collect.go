package main

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"postvak/app/about"
)

// collect gives everything, sorted by name. A licence that cannot be told from
// its text is "".
func collect(ctx context.Context, root string) ([]about.Component, error) {
	var all []about.Component
	for _, source := range []func(context.Context, string) ([]about.Component, error){goModules, npmPackages, others} {
		some, err := source(ctx, root)
		if err != nil {
			return nil, err
		}
		all = append(all, some...)
	}
	slices.SortFunc(all, func(a, b about.Component) int {
		return cmp.Or(cmp.Compare(strings.ToLower(a.Name), strings.ToLower(b.Name)), cmp.Compare(a.Version, b.Version))
	})
	return all, nil
}

// Names under which licences and notices lie in a package's folder.
var licenceFile = regexp.MustCompile(`(?i)^(un)?(licen[cs]e|copying|notice)([.-](md|txt|mit|mpl|apache|bsd))?$`)

// aboutTools is where a tool's licence goes on with what is in the tool itself.
var aboutTools = regexp.MustCompile(`(?m)^# Licenses of bundled dependencies$`)

// texts reads the licences in a folder, in order of name.
func texts(folder string) ([]string, error) {
	entries, err := os.ReadDir(folder)
	if err != nil {
		return nil, err
	}
	var found []string
	for _, entry := range entries {
		if !entry.Type().IsRegular() || !licenceFile.MatchString(entry.Name()) {
			continue
		}
		text, err := os.ReadFile(filepath.Join(folder, entry.Name()))
		if err != nil {
			return nil, err
		}
		if cut := aboutTools.FindIndex(text); cut != nil {
			text = text[:cut[0]]
		}
		found = append(found, strings.TrimSpace(strings.ReplaceAll(string(text), "\r\n", "\n")))
	}
	return found, nil
}

// component puts texts together, each once. What the author declares counts
// before what the texts say.
func component(name, version, declared string, texts []string) (about.Component, error) {
	var once []string
	for _, text := range texts {
		if !slices.Contains(once, text) {
			once = append(once, text)
		}
	}
	if len(once) == 0 {
		return about.Component{}, fmt.Errorf("%s %s comes without the text of its licence", name, version)
	}
	text := strings.Join(once, "\n\n"+strings.Repeat("-", 20)+"\n\n")
	return about.Component{Name: name, Version: version, Licence: cmp.Or(declared, classify(text)), Text: text}, nil
}
