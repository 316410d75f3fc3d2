//go:build !windows

package command

import "os"

// Terminal is where the program speaks and complains.
func Terminal() (out, complaints *os.File) { return os.Stdout, os.Stderr }
