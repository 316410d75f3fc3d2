// Package about says which Postvak this is: its version, and the commit that it
// was built from with that commit's date, so that the same commit gives the same
// program whenever it is built. It asks nobody and reads no file: the build
// writes all of it into the program (build/version.sh says what).
package about

import (
	"cmp"
	_ "embed"
	"strings"
)

// What the linker sets (-X); "" in what was built without make.
var version, commit, date string

// The version where no tag says another one.
//
//go:embed VERSION
var untagged string

// Version is such as "0.1.0", never empty.
func Version() string { return cmp.Or(version, strings.TrimSpace(untagged)) }

// Commit is the commit's first twelve digits, with "-changed" behind it when
// files differed from it; "" when the build did not say.
func Commit() string { return commit }

// Date is the commit's, RFC 3339 in UTC; "" when the build did not say.
func Date() string { return date }

// Line is all of it for a terminal: the version, then what is known of the rest.
func Line() string {
	known := strings.Join(strings.Fields(commit+" "+date), ", ")
	if known == "" {
		return Version()
	}
	return Version() + " (" + known + ")"
}
