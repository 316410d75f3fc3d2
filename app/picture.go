package app

import (
	"bytes"
	"encoding/binary"
	"image"
	_ "image/gif"
	_ "image/jpeg"
	_ "image/png"
	"net/http"
)

// maxPixels is the largest picture that is shown in a mail. A few kilobytes can
// claim a size that takes the window's memory when it is drawn.
const maxPixels = 50_000_000

// pictureSize reads a raster image's width and height; 0, 0 when they are not
// to be read.
func pictureSize(raw []byte) (width, height int) {
	switch http.DetectContentType(raw) {
	case "image/webp":
		return webpSize(raw)
	case "image/bmp":
		if len(raw) < 26 {
			return 0, 0
		}
		return size32(raw[18:]), size32(raw[22:])
	}
	config, _, err := image.DecodeConfig(bytes.NewReader(raw))
	if err != nil {
		return 0, 0
	}
	return config.Width, config.Height
}

// size32 is a BMP's side; a negative height only says from where it is drawn.
func size32(raw []byte) int {
	return max(int(int32(binary.LittleEndian.Uint32(raw))), -int(int32(binary.LittleEndian.Uint32(raw))))
}

// webpSize knows the three kinds of WebP: extended, lossless and lossy.
func webpSize(raw []byte) (width, height int) {
	if len(raw) < 30 {
		return 0, 0
	}
	switch string(raw[12:16]) {
	case "VP8X":
		return 1 + int(binary.LittleEndian.Uint32(raw[24:])&0xffffff), 1 + int(binary.LittleEndian.Uint32(raw[26:])>>8)
	case "VP8L":
		bits := binary.LittleEndian.Uint32(raw[21:])
		return 1 + int(bits&0x3fff), 1 + int(bits>>14&0x3fff)
	case "VP8 ":
		return int(binary.LittleEndian.Uint16(raw[26:]) & 0x3fff), int(binary.LittleEndian.Uint16(raw[28:]) & 0x3fff)
	}
	return 0, 0
}

// drawable says whether bytes are a raster image of a size that can be shown.
func drawable(raw []byte) bool {
	width, height := pictureSize(raw)
	return rasters[http.DetectContentType(raw)] && (height == 0 || width <= maxPixels/height)
}
