package desktop

import (
	"bytes"
	_ "embed"
	"image"
	"image/draw"
	"image/png"
	"sync"

	"github.com/godbus/dbus/v5"
)

// The names by which desktops know the program. desktopEntry is the name of
// build/linux/postvak.desktop, without its ending.
const (
	appName      = "Postvak"
	desktopEntry = "postvak"
)

// icon is build/appicon.png in the size that notices show it in.
//
//go:embed icon.png
var icon []byte

// pixels is a picture as the bus carries it, the protocol's (iiibiiay).
type pixels struct {
	Width, Height, Stride int32
	Alpha                 bool
	Bits, Channels        int32
	Data                  []byte
}

// iconHint gives the program's picture itself, so that it is seen also where the
// program is not installed.
var iconHint = sync.OnceValue(func() dbus.Variant {
	decoded, err := png.Decode(bytes.NewReader(icon))
	if err != nil {
		panic("the program's own icon is no picture: " + err.Error())
	}
	size := decoded.Bounds().Size()
	flat := image.NewNRGBA(image.Rect(0, 0, size.X, size.Y)) // colours not multiplied by alpha: the protocol's
	draw.Draw(flat, flat.Bounds(), decoded, decoded.Bounds().Min, draw.Src)
	return dbus.MakeVariant(pixels{
		Width: int32(size.X), Height: int32(size.Y), Stride: int32(flat.Stride),
		Alpha: true, Bits: 8, Channels: 4, Data: flat.Pix,
	})
})
