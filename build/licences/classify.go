package main

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"postvak/app/about"
)

// allowed are the licences that go together with a program under the MIT
// licence that is handed out as one file. One that is not here is a reason to do
// without the package, or a decision to be made here, in sight.
var allowed = []string{
	"0BSD", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "ISC", "MIT", "Unlicense", "Zlib", "ZPL-2.1",
	"SMLNJ",    // AT&T's and Lucent's old one: keep the notice
	"blessing", // SQLite's: the public domain
	"OFL-1.1",  // fonts
	"MPL-2.0",  // asks for the source of its own files alone, when they are changed
}

// tells are words that only one licence has, in lower case and with single
// spaces.
var tells = []struct {
	licence string
	words   *regexp.Regexp
}{
	{"Apache-2.0", regexp.MustCompile(`apache license,? version 2\.0`)},
	{"MIT", regexp.MustCompile(`permission is hereby granted, free of charge, to any person obtaining a copy of this software`)},
	{"BSD-3-Clause", regexp.MustCompile(`neither the names? of .{0,200} (may|nor the names)|may not be used to endorse or promote products`)},
	{"ISC", regexp.MustCompile(`permission to use, copy, modify,? and(/or)? distribute this software for any purpose with or without fee`)},
	{"MPL-2.0", regexp.MustCompile(`mozilla public license,? version 2\.0`)},
	{"OFL-1.1", regexp.MustCompile(`sil open font license version 1\.1`)},
	{"Unlicense", regexp.MustCompile(`this is free and unencumbered software released into the public domain`)},
	{"Zlib", regexp.MustCompile(`altered source versions must be plainly marked as such`)},
	{"AGPL", regexp.MustCompile(`gnu affero general public license version`)},
	{"GPL", regexp.MustCompile(`gnu general public license version`)},
	{"LGPL", regexp.MustCompile(`gnu (lesser|library) general public license version`)},
}

var (
	declares = regexp.MustCompile(`(?m)^SPDX-License-Identifier: (.+)$`)
	spaces   = regexp.MustCompile(`\s+`)
	twoOnly  = regexp.MustCompile(`redistributions in binary form must reproduce`)
)

// classify says under which licences a text puts something, as SPDX writes it:
// all of those in it, unless the text itself says how they go together. It is ""
// when it knows none.
func classify(text string) string {
	if says := declares.FindStringSubmatch(text); says != nil {
		return strings.TrimSpace(says[1])
	}
	plain := spaces.ReplaceAllString(strings.ToLower(text), " ")
	var found []string
	for _, tell := range tells {
		if tell.words.MatchString(plain) {
			found = append(found, tell.licence)
		}
	}
	if !slices.Contains(found, "BSD-3-Clause") && twoOnly.MatchString(plain) {
		found = append(found, "BSD-2-Clause")
	}
	slices.Sort(found)
	return strings.Join(found, " AND ")
}

// refused says what may not be handed out so: each licence that holds must be
// allowed, and of a choice one.
func refused(all []about.Component) []error {
	var wrong []error
	for _, c := range all {
		for each := range strings.SplitSeq(c.Licence, " AND ") {
			if !slices.ContainsFunc(strings.Split(strings.Trim(each, "()"), " OR "), func(one string) bool { return slices.Contains(allowed, one) }) {
				wrong = append(wrong, fmt.Errorf("%s %s has the licence %q, which build/licences/classify.go does not allow", c.Name, c.Version, c.Licence))
				break
			}
		}
	}
	return wrong
}
