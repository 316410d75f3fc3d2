// Package desktop shows notifications by the means of the system it runs on,
// and says what a person did with them (R17).
//
// There is one small interface, Notifier, and three of it: Linux talks to
// org.freedesktop.Notifications itself, Wails to Windows and macOS, Beeep shows
// text where neither is there. Choose picks one at the start of the program.
//
// The package decides nothing: whom to notify of what, and in which words, was
// settled before it is called. What stands in a notice was written by strangers,
// and no system finds anything but text in it. It never reads the database, and
// no error of the system's ends the program.
package desktop
