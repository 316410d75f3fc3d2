package tray

import (
	"bytes"
	"encoding/binary"
	"image"
	"image/color"
	"math"
	"slices"
	"testing"
)

// on lays an icon on a panel of one colour.
func on(p *image.NRGBA, panel color.NRGBA) *image.NRGBA {
	out := canvas{image.NewNRGBA(p.Bounds()), 1}
	for y := range p.Bounds().Dy() {
		for x := range p.Bounds().Dx() {
			over, under := p.NRGBAAt(x, y), panel
			share := float64(over.A) / 255
			mix := func(a, b uint8) uint8 { return uint8(math.Round(float64(a)*share + float64(b)*(1-share))) }
			out.picture.SetNRGBA(x, y, color.NRGBA{mix(over.R, under.R), mix(over.G, under.G), mix(over.B, under.B), 255})
		}
	}
	return out.picture
}

// luminance and contrast are WCAG's.
func luminance(c color.NRGBA) float64 {
	part := func(v uint8) float64 {
		f := float64(v) / 255
		if f <= 0.04045 {
			return f / 12.92
		}
		return math.Pow((f+0.055)/1.055, 2.4)
	}
	return 0.2126*part(c.R) + 0.7152*part(c.G) + 0.0722*part(c.B)
}

func contrast(a, b color.NRGBA) float64 {
	x, y := luminance(a), luminance(b)
	return (max(x, y) + 0.05) / (min(x, y) + 0.05)
}

var panels = map[string]color.NRGBA{
	"white": {0xff, 0xff, 0xff, 255}, "light": {0xf4, 0xf4, 0xf2, 255},
	"dark": {0x20, 0x22, 0x26, 255}, "black": {0, 0, 0, 255},
}

// standOut is the share of an icon that differs clearly from the panel.
func standOut(p *image.NRGBA, panel color.NRGBA) float64 {
	n := 0
	for i := 0; i < len(p.Pix); i += 4 {
		if contrast(color.NRGBA{p.Pix[i], p.Pix[i+1], p.Pix[i+2], 255}, panel) >= 3 {
			n++
		}
	}
	return float64(n) / float64(len(p.Pix)/4)
}

func TestIconStandsOutOnLightAndDarkPanels(t *testing.T) {
	for name, panel := range panels {
		for _, unread := range []int{0, 1, 42, 1000} {
			for _, size := range []int{16, 22, 48} {
				if got := standOut(on(drawIcon(size, unread, false), panel), panel); got < 0.12 {
					t.Errorf("%d unread, %d pixels, on %s: only %.0f %% of it can be told from the panel", unread, size, name, got*100)
				}
			}
		}
	}
	if c := contrast(white, bubbleColour); c < 4.5 {
		t.Errorf("the number has a contrast of %.1f", c)
	}
	if c := contrast(white, quietColour); c < 4.5 {
		t.Errorf("the quiet number has a contrast of %.1f", c)
	}
}

// Each number up to 99 looks different at the size of a usual panel, and all
// above look alike.
func TestNumbersCanBeTold(t *testing.T) {
	seen := map[string]int{}
	for n := range 101 {
		key := string(drawIcon(22, n, false).Pix)
		if other, twice := seen[key]; twice {
			t.Errorf("%d looks like %d", n, other)
		}
		seen[key] = n
	}
	if !bytes.Equal(drawIcon(22, 100, false).Pix, drawIcon(22, 12_345, false).Pix) {
		t.Error("above 99 it should say 99+")
	}
	if bytes.Equal(drawIcon(22, 5, false).Pix, drawIcon(22, 5, true).Pix) {
		t.Error("quiet is not seen")
	}
}

func TestDigitsStayInsideTheBubble(t *testing.T) {
	for _, n := range []int{8, 88, 100} {
		p := drawIcon(48, n, false)
		for i := range 48 {
			for _, at := range []image.Point{{i, 47}, {47, i}} {
				if c := p.NRGBAAt(at.X, at.Y); c.A > 128 && luminance(c) > 0.6 {
					t.Errorf("%d: white at the edge, %v", n, at)
				}
			}
		}
	}
}

func TestTemplateHasOneColour(t *testing.T) {
	p := drawTemplate(36)
	inked := 0
	for i := 0; i < len(p.Pix); i += 4 {
		if p.Pix[i]|p.Pix[i+1]|p.Pix[i+2] != 0 {
			t.Fatal("a template has a colour")
		}
		if p.Pix[i+3] > 200 {
			inked++
		}
	}
	if inked < 100 {
		t.Errorf("only %d pixels are drawn", inked)
	}
}

// Windows reads a directory of bitmaps: this is read back by hand, since the
// standard library knows no such file.
func TestWindowsIconIsWellFormed(t *testing.T) {
	ico := drawICO(7, false)
	u16, u32 := binary.LittleEndian.Uint16, binary.LittleEndian.Uint32
	if u16(ico) != 0 || u16(ico[2:]) != 1 || int(u16(ico[4:])) != len(icoSizes) {
		t.Fatalf("header: % x", ico[:6])
	}
	end := 6 + 16*len(icoSizes)
	for i, size := range icoSizes {
		entry := ico[6+16*i:]
		length, at := int(u32(entry[8:])), int(u32(entry[12:]))
		if int(entry[0]) != size || at != end {
			t.Fatalf("entry %d: size %d at %d, want %d at %d", i, entry[0], at, size, end)
		}
		bitmap := ico[at : at+length]
		if u32(bitmap) != 40 || int(u32(bitmap[4:])) != size || int(u32(bitmap[8:])) != 2*size || u16(bitmap[14:]) != 32 {
			t.Errorf("bitmap %d: % x", i, bitmap[:16])
		}
		want := drawIcon(size, 7, false)
		last := bitmap[40+4*size*(size-1):][:4] // the first pixel of the top row
		c := want.NRGBAAt(0, 0)
		if !slices.Equal(last, []byte{c.B, c.G, c.R, c.A}) {
			t.Errorf("size %d: the rows do not stand on their heads", size)
		}
		end += length
	}
	if end != len(ico) {
		t.Errorf("%d bytes, want %d", len(ico), end)
	}
}
