//go:build race

package teamlog_test

// The race detector has nothing to find in a package without goroutines and
// costs ten times the time: `make test` plays the histories without it too.
func init() { histories = 100 }
