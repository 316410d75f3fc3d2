// Command icons puts the program's picture, in the sizes that are drawn
// (build/appicon.sh), into one file as Windows or macOS reads it:
//
//	icons FILE.ico
//	icons FILE.icns
//
// It draws nothing itself.
package main

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"image"
	"image/draw"
	"image/png"
	"os"
	"path/filepath"
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: icons FILE.ico|FILE.icns, in the repository's folder")
		os.Exit(2)
	}
	if err := run("build", os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(folder, out string) error {
	make, known := map[string]func(string) ([]byte, error){".ico": ico, ".icns": icns}[filepath.Ext(out)]
	if !known {
		return fmt.Errorf("%s is neither .ico nor .icns", out)
	}
	text, err := make(folder)
	if err != nil {
		return err
	}
	return os.WriteFile(out, text, 0o644)
}

// picture reads the PNG of a size.
func picture(folder string, size int) ([]byte, error) {
	path := filepath.Join(folder, "linux", "icons", fmt.Sprintf("postvak-%d.png", size))
	if size == 1024 {
		path = filepath.Join(folder, "appicon.png")
	}
	raw, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	config, err := png.DecodeConfig(bytes.NewReader(raw))
	if err == nil && (config.Width != size || config.Height != size) {
		err = fmt.Errorf("it is %d × %d", config.Width, config.Height)
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return raw, nil
}

// ico is a directory and the pictures: as bitmaps, which old parts of Windows
// want, the largest as PNG.
func ico(folder string) ([]byte, error) {
	sizes := []int{16, 24, 32, 48, 64, 256}
	out := binary.LittleEndian.AppendUint16([]byte{0, 0, 1, 0}, uint16(len(sizes)))
	at := len(out) + 16*len(sizes)
	var pictures []byte
	for _, size := range sizes {
		raw, err := picture(folder, size)
		if err == nil && size < 256 {
			raw, err = bitmap(raw)
		}
		if err != nil {
			return nil, err
		}
		out = append(out, byte(size), byte(size), 0, 0, 1, 0, 32, 0) // a size of 256 is written as 0
		out = binary.LittleEndian.AppendUint32(out, uint32(len(raw)))
		out = binary.LittleEndian.AppendUint32(out, uint32(at+len(pictures)))
		pictures = append(pictures, raw...)
	}
	return append(out, pictures...), nil
}

// bitmap writes rows from below, four bytes a pixel. Its header counts the rows
// twice: a mask of a bit a pixel follows, which says nothing beside the alpha.
func bitmap(raw []byte) ([]byte, error) {
	decoded, err := png.Decode(bytes.NewReader(raw))
	if err != nil {
		return nil, err
	}
	size := decoded.Bounds().Dx()
	pixels := image.NewNRGBA(image.Rect(0, 0, size, size))
	draw.Draw(pixels, pixels.Bounds(), decoded, decoded.Bounds().Min, draw.Src)
	mask := (size + 31) / 32 * 4 * size
	var out []byte
	for _, field := range []uint32{40, uint32(size), uint32(2 * size), 32<<16 | 1, 0, uint32(4*size*size + mask), 0, 0, 0, 0} {
		out = binary.LittleEndian.AppendUint32(out, field)
	}
	for y := size - 1; y >= 0; y-- {
		for x := range size {
			c := pixels.NRGBAAt(x, y)
			out = append(out, c.B, c.G, c.R, c.A)
		}
	}
	return append(out, make([]byte, mask)...), nil
}

// icns is a list of PNGs with a name for each size; those on screens with twice
// the dots have names of their own.
func icns(folder string) ([]byte, error) {
	var pictures []byte
	for _, kind := range []struct {
		name string
		size int
	}{{"icp4", 16}, {"icp5", 32}, {"ic07", 128}, {"ic08", 256}, {"ic09", 512}, {"ic11", 32}, {"ic12", 64}, {"ic13", 256}, {"ic14", 512}, {"ic10", 1024}} {
		raw, err := picture(folder, kind.size)
		if err != nil {
			return nil, err
		}
		pictures = append(pictures, kind.name...)
		pictures = binary.BigEndian.AppendUint32(pictures, uint32(8+len(raw)))
		pictures = append(pictures, raw...)
	}
	out := binary.BigEndian.AppendUint32([]byte("icns"), uint32(8+len(pictures)))
	return append(out, pictures...), nil
}
