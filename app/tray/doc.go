// Package tray shows Postvak beside the system's clock: an icon that carries
// the number of unread conversations, a tooltip with the counts, and a menu.
//
// It shows what it is told (State) and says what was pressed (Item); it decides
// nothing, asks nobody, and knows no words. Where the desktop has no place for
// it, There says so: the window must then stay findable in another way.
//
// On Linux that place is a StatusNotifier host (KDE, Xfce, MATE, Cinnamon,
// GNOME with an extension), which may come and go while the program runs. What
// stands here for Windows and macOS is compiled for them, not tried on them.
package tray
