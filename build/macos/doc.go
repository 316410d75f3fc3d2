// Package macos has what Postvak.app is made of beside its program, and checks
// what can be checked of it without a Mac. That the program fits macOS is
// checked by build/typecheck; it is compiled on a Mac alone.
package macos
