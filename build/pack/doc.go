// Package pack reads the Linux packages that `make package-linux` made, as
// Debian's and Fedora's tools and software centres do: what is in them, and
// whether they ask for the libraries that the program was linked with. How an
// installed program behaves is tried by package window.
//
// The tests are behind the build tag "packages" and need `make package-linux`
// before.
package pack
