package tray

import (
	"image"
	"image/color"
	"math"
	"strconv"
)

// Icons are drawn on a square of 48 units, whatever the number of pixels: a
// white tray on a dark tile, which stands out on light and dark panels alike,
// and over it the number in a bubble.
const units = 48.0

var (
	tileColour   = color.NRGBA{0x1b, 0x1b, 0x19, 0xff}
	rimColour    = color.NRGBA{0xff, 0xff, 0xff, 0x66} // where tile and panel are both dark
	white        = color.NRGBA{0xff, 0xff, 0xff, 0xff}
	bubbleColour = color.NRGBA{0xd0, 0x2b, 0x20, 0xff}
	quietColour  = color.NRGBA{0x5f, 0x5f, 0x5a, 0xff} // nobody is called while it is quiet
)

type point struct{ x, y float64 }

// shape is the distance of a place to a figure: negative inside of it.
type shape func(p point) float64

// drawIcon draws the icon with so many unread; 0 has no bubble.
func drawIcon(size, unread int, quiet bool) *image.NRGBA {
	c := canvas{image.NewNRGBA(image.Rect(0, 0, size, size)), units / float64(size)}
	c.fill(box(point{1, 1}, point{47, 47}, 11), rimColour)
	c.fill(box(point{2.5, 2.5}, point{45.5, 45.5}, 9.5), tileColour)
	c.fill(tray(unread > 0), white)
	if unread > 0 {
		c.bubble(unread, quiet)
	}
	return c.picture
}

// drawTemplate draws the bare tray in one colour, for menu bars that colour it.
func drawTemplate(size int) *image.NRGBA {
	c := canvas{image.NewNRGBA(image.Rect(0, 0, size, size)), units / float64(size)}
	c.fill(tray(false), color.NRGBA{A: 0xff})
	return c.picture
}

// tray is the program's mark; beside a bubble it moves out of the way.
func tray(aside bool) shape {
	left, top, right, bottom := 10.0, 12.0, 38.0, 36.0
	if aside {
		left, top, right, bottom = 7, 7, 31, 27
	}
	w, middle := right-left, top+(bottom-top)*0.52
	dip := middle + (bottom-top)*0.22
	outline := closed(point{left, top}, point{right, top}, point{right, bottom}, point{left, bottom})
	slot := []point{{left, middle}, {left + w*0.28, middle}, {left + w*0.38, dip}, {left + w*0.62, dip}, {left + w*0.72, middle}, {right, middle}}
	return stroke(3.4, outline, slot)
}

// most is the highest number that is written out.
const most = 99

func (c canvas) bubble(unread int, quiet bool) {
	text := strconv.Itoa(min(unread, most))
	if unread > most {
		text += "+"
	}
	height, width := 30.0, []float64{30, 41, 48}[len(text)-1]
	if len(text) > 2 {
		height = 26
	}
	from := point{units - width, units - height}
	colour := bubbleColour
	if quiet {
		colour = quietColour
	}
	c.clear(box(point{from.x - 2.5, from.y - 2.5}, point{units, units}, height/2))
	c.fill(box(from, point{units, units}, height/2), colour)
	c.write(text, from, width, height)
}

// write puts digits in the middle of a box.
func (c canvas) write(text string, from point, width, height float64) {
	unit := (height - 11.5) / 6 // a digit is six of them high and four wide
	step := 4*unit + 4.6
	x := from.x + (width-step*float64(len(text))+4.6)/2
	y := from.y + (height-6*unit)/2
	for _, digit := range text {
		var lines [][]point
		for _, line := range glyphs[digit] {
			placed := make([]point, len(line))
			for i, p := range line {
				placed[i] = point{x + p.x*unit, y + p.y*unit}
			}
			lines = append(lines, placed)
		}
		c.fill(stroke(3.6, lines...), white)
		x += step
	}
}

// canvas is a picture and how many units a pixel of it is wide.
type canvas struct {
	picture *image.NRGBA
	pixel   float64
}

// cover is how much of each pixel a figure covers.
func (c canvas) cover(s shape, paint func(x, y int, share float64)) {
	b := c.picture.Bounds()
	for y := range b.Dy() {
		for x := range b.Dx() {
			d := s(point{(float64(x) + 0.5) * c.pixel, (float64(y) + 0.5) * c.pixel})
			if share := min(max(0.5-d/c.pixel, 0), 1); share > 0 {
				paint(x, y, share)
			}
		}
	}
}

// fill lays a colour over what is there.
func (c canvas) fill(s shape, colour color.NRGBA) {
	c.cover(s, func(x, y int, share float64) {
		under := c.picture.NRGBAAt(x, y)
		over, below := share*float64(colour.A)/255, float64(under.A)/255
		all := over + below*(1-over)
		mix := func(top, bottom uint8) uint8 {
			return uint8(math.Round((float64(top)*over + float64(bottom)*below*(1-over)) / all))
		}
		c.picture.SetNRGBA(x, y, color.NRGBA{
			mix(colour.R, under.R), mix(colour.G, under.G), mix(colour.B, under.B), uint8(math.Round(all * 255)),
		})
	})
}

// clear cuts a figure out, so that the panel is seen around the bubble.
func (c canvas) clear(s shape) {
	c.cover(s, func(x, y int, share float64) {
		under := c.picture.NRGBAAt(x, y)
		under.A = uint8(math.Round(float64(under.A) * (1 - share)))
		c.picture.SetNRGBA(x, y, under)
	})
}

// box is a rectangle with round corners.
func box(from, to point, radius float64) shape {
	middle := point{(from.x + to.x) / 2, (from.y + to.y) / 2}
	half := point{(to.x-from.x)/2 - radius, (to.y-from.y)/2 - radius}
	return func(p point) float64 {
		x, y := math.Abs(p.x-middle.x)-half.x, math.Abs(p.y-middle.y)-half.y
		return math.Hypot(max(x, 0), max(y, 0)) + min(max(x, y), 0) - radius
	}
}

// stroke is lines of a width with round ends.
func stroke(width float64, lines ...[]point) shape {
	return func(p point) float64 {
		nearest := math.Inf(1)
		for _, line := range lines {
			for i := 1; i < len(line); i++ {
				nearest = min(nearest, distance(p, line[i-1], line[i]))
			}
		}
		return nearest - width/2
	}
}

// distance is that of a place to a line between two others.
func distance(p, a, b point) float64 {
	dx, dy := b.x-a.x, b.y-a.y
	along := 0.0
	if length := dx*dx + dy*dy; length > 0 {
		along = min(max(((p.x-a.x)*dx+(p.y-a.y)*dy)/length, 0), 1)
	}
	return math.Hypot(p.x-a.x-along*dx, p.y-a.y-along*dy)
}

func closed(points ...point) []point { return append(points, points[0]) }

// glyphs are lines in a box of four by six.
var glyphs = map[rune][][]point{
	'0': {closed(point{1.3, 0}, point{2.7, 0}, point{4, 1.5}, point{4, 4.5}, point{2.7, 6}, point{1.3, 6}, point{0, 4.5}, point{0, 1.5})},
	'1': {{{0.8, 1.3}, {2.4, 0}, {2.4, 6}}},
	'2': {{{0, 1.3}, {1.2, 0}, {2.8, 0}, {4, 1.2}, {4, 2.1}, {0, 6}, {4, 6}}},
	'3': {{{0, 0.9}, {1.2, 0}, {2.8, 0}, {3.8, 1}, {3.8, 1.9}, {2.8, 2.8}, {1.7, 2.8}}, {{2.8, 2.8}, {4, 3.8}, {4, 4.8}, {2.8, 6}, {1.2, 6}, {0, 5.1}}},
	'4': {{{3.1, 6}, {3.1, 0}, {0, 4.3}, {4.2, 4.3}}},
	'5': {{{3.8, 0}, {0.4, 0}, {0.2, 2.8}, {1.2, 2.3}, {2.8, 2.3}, {4, 3.5}, {4, 4.7}, {2.8, 6}, {1.2, 6}, {0, 5.1}}},
	'6': {{{3.6, 0.5}, {2.6, 0}, {1.4, 0}, {0, 1.6}, {0, 4.7}, {1.3, 6}, {2.7, 6}, {4, 4.8}, {4, 3.7}, {2.7, 2.5}, {1.3, 2.5}, {0, 3.7}}},
	'7': {{{0, 0}, {4, 0}, {1.5, 6}}},
	'8': {
		closed(point{1.2, 0}, point{2.8, 0}, point{3.8, 1}, point{3.8, 1.8}, point{2.8, 2.8}, point{1.2, 2.8}, point{0.2, 1.8}, point{0.2, 1}),
		closed(point{1.2, 2.8}, point{2.8, 2.8}, point{4, 3.8}, point{4, 5}, point{2.8, 6}, point{1.2, 6}, point{0, 5}, point{0, 3.8}),
	},
	'9': {{{0.4, 5.5}, {1.4, 6}, {2.6, 6}, {4, 4.4}, {4, 1.3}, {2.7, 0}, {1.3, 0}, {0, 1.2}, {0, 2.3}, {1.3, 3.5}, {2.7, 3.5}, {4, 2.3}}},
	'+': {{{0.2, 3.2}, {3.8, 3.2}}, {{2, 1.4}, {2, 5}}},
}
