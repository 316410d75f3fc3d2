//go:build darwin && !cgo

package tray

import "context"

// none stands where the program was built without what a tray takes.
type none struct{}

func newScreen(func(Item)) screen { return none{} }

func (none) watch(_ context.Context, tell func(bool)) { tell(false) }
func (none) show(context.Context, State)              {}
func (none) close()                                   {}
