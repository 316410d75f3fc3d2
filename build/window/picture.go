package window

import (
	"image"
	"image/color"
)

// colours counts the different colours in a picture, up to most.
func colours(p image.Image, most int) int {
	seen := map[color.RGBA]bool{}
	b := p.Bounds()
	for y := b.Min.Y; y < b.Max.Y; y++ {
		for x := b.Min.X; x < b.Max.X; x++ {
			seen[rgba(p, x, y)] = true
			if len(seen) >= most {
				return most
			}
		}
	}
	return len(seen)
}

// changed is the share of pixels that differ between two pictures of the same
// size; pictures of different sizes differ altogether.
func changed(a, b image.Image) float64 {
	if a.Bounds() != b.Bounds() || a.Bounds().Empty() {
		return 1
	}
	box, n := a.Bounds(), 0
	for y := box.Min.Y; y < box.Max.Y; y++ {
		for x := box.Min.X; x < box.Max.X; x++ {
			if rgba(a, x, y) != rgba(b, x, y) {
				n++
			}
		}
	}
	return float64(n) / float64(box.Dx()*box.Dy())
}

func rgba(p image.Image, x, y int) color.RGBA {
	return color.RGBAModel.Convert(p.At(x, y)).(color.RGBA)
}
