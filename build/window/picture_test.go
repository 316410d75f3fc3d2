package window

import (
	"image"
	"image/color"
	"testing"
)

func TestBlankAndChangedPicturesAreTold(t *testing.T) {
	blank := image.NewRGBA(image.Rect(0, 0, 20, 10))
	if got := colours(blank, 100); got != 1 {
		t.Errorf("a blank picture has %d colours", got)
	}
	drawn := image.NewRGBA(blank.Bounds())
	for x := range 10 {
		drawn.Set(x, 0, color.RGBA{R: uint8(x + 1), A: 255})
	}
	if got := colours(drawn, 100); got != 11 {
		t.Errorf("got %d colours, want 11", got)
	}
	if got := changed(blank, drawn); got != 0.05 {
		t.Errorf("changed: %v, want 0.05", got)
	}
	if got := changed(blank, image.NewRGBA(image.Rect(0, 0, 1, 1))); got != 1 {
		t.Errorf("another size: %v, want 1", got)
	}
}
