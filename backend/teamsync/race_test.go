//go:build race

package teamsync_test

// The race detector costs ten times the time; the histories exchange one
// desktop after the other.
func init() { histories = 30 }
