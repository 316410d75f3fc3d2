package tray

import (
	"encoding/binary"
	"image"
)

// icoSizes are what Windows asks for at its usual scales.
var icoSizes = []int{16, 20, 24, 32, 48}

// drawICO gives the icon as Windows reads it: a directory, and for each size a
// bitmap with four bytes a pixel.
func drawICO(unread int, quiet bool) []byte {
	out := binary.LittleEndian.AppendUint16(nil, 0)
	out = binary.LittleEndian.AppendUint16(out, 1) // icons
	out = binary.LittleEndian.AppendUint16(out, uint16(len(icoSizes)))
	at := len(out) + 16*len(icoSizes)
	var bitmaps []byte
	for _, size := range icoSizes {
		bitmap := icoBitmap(drawIcon(size, unread, quiet))
		out = append(out, byte(size), byte(size), 0, 0)
		out = binary.LittleEndian.AppendUint16(out, 1)
		out = binary.LittleEndian.AppendUint16(out, 32)
		out = binary.LittleEndian.AppendUint32(out, uint32(len(bitmap)))
		out = binary.LittleEndian.AppendUint32(out, uint32(at+len(bitmaps)))
		bitmaps = append(bitmaps, bitmap...)
	}
	return append(out, bitmaps...)
}

// icoBitmap writes rows from below. Its header counts the rows twice: a mask of
// a bit a pixel follows, which nobody reads where pixels have an alpha.
func icoBitmap(p *image.NRGBA) []byte {
	size := p.Bounds().Dx()
	mask := (size + 31) / 32 * 4 * size
	var out []byte
	for _, field := range []uint32{40, uint32(size), uint32(2 * size), 32<<16 | 1, 0, uint32(4*size*size + mask), 0, 0, 0, 0} {
		out = binary.LittleEndian.AppendUint32(out, field)
	}
	for y := size - 1; y >= 0; y-- {
		for x := range size {
			c := p.NRGBAAt(x, y)
			out = append(out, c.B, c.G, c.R, c.A)
		}
	}
	return append(out, make([]byte, mask)...)
}
