// Package window tests the production program in a real window: on a display
// of its own (Xvfb) with a window manager, a session bus and a notification
// daemon, as a person's desktop has them. It looks at pixels and uses mouse
// and keyboard; what the window's parts do is tested in the browser.
//
// The tests are behind the build tag "window" and need `make build` before.
// Those that install the program's packages take the tag "packages" too, and
// `make package-linux`: they run aside of the system (aside_test.go).
package window
