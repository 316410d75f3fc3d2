// Package desktoptest has what tests of notifications need: a private session
// bus, and on it a notification server that remembers what it was asked to show
// and that clicks, replies, closes, goes away and refuses when it is told to.
//
// It speaks the true protocol over a true bus, so that the program, also a whole
// one in a process of its own, cannot tell it from a desktop's.
package desktoptest
