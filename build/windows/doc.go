// Package windows has what the program's installer for Windows is made of (the
// program itself is compiled from the repository's root) and tries both under
// wine, with tag packages: the program's command line and headless mode, and an
// installation with its upgrade and its end. No window is opened: wine has no
// WebView2.
package windows
