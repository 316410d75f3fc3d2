//go:build !windows && !darwin

package words

// desktop has nothing to add: the environment says it here.
func desktop() string { return "" }
