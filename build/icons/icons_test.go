package main

import (
	"bytes"
	"encoding/binary"
	"image/png"
	"path/filepath"
	"testing"
)

// Both files are read back here as their systems read them: by their tables.
func TestWindowsIconHasItsPictures(t *testing.T) {
	raw, err := ico("..")
	if err != nil {
		t.Fatal(err)
	}
	le := binary.LittleEndian
	n := int(le.Uint16(raw[4:]))
	end := 6 + 16*n
	for i := range n {
		entry := raw[6+16*i:]
		length, at := int(le.Uint32(entry[8:])), int(le.Uint32(entry[12:]))
		if at != end || at+length > len(raw) {
			t.Fatalf("picture %d is said to be at %d, %d long, of %d", i, at, length, len(raw))
		}
		end += length
		if entry[0] == 0 {
			if size, err := png.DecodeConfig(bytes.NewReader(raw[at : at+length])); err != nil || size.Width != 256 {
				t.Errorf("the largest: %+v, %v", size, err)
			}
		} else if size := int(le.Uint32(raw[at+4:])); size != int(entry[0]) || length < 40+4*size*size {
			t.Errorf("the picture of %d is %d wide, %d bytes", entry[0], size, length)
		}
	}
	if n != 6 || end != len(raw) {
		t.Errorf("%d pictures end at %d of %d", n, end, len(raw))
	}
}

func TestMacIconHasItsPictures(t *testing.T) {
	raw, err := icns("..")
	if err != nil {
		t.Fatal(err)
	}
	if string(raw[:4]) != "icns" || int(binary.BigEndian.Uint32(raw[4:])) != len(raw) {
		t.Fatalf("the head is %q", raw[:8])
	}
	seen := map[string]int{}
	for rest := raw[8:]; len(rest) > 0; {
		length := int(binary.BigEndian.Uint32(rest[4:]))
		size, err := png.DecodeConfig(bytes.NewReader(rest[8:length]))
		if err != nil {
			t.Fatal(err)
		}
		seen[string(rest[:4])] = size.Width
		rest = rest[length:]
	}
	if len(seen) != 10 || seen["ic10"] != 1024 || seen["ic11"] != 32 || seen["ic07"] != 128 {
		t.Errorf("it has %v", seen)
	}
}

func TestOtherFilesAreRefused(t *testing.T) {
	for _, out := range []string{"icon.png", "icon"} {
		if err := run("..", filepath.Join(t.TempDir(), out)); err == nil {
			t.Errorf("%s was written", out)
		}
	}
	if err := run(t.TempDir(), filepath.Join(t.TempDir(), "icon.ico")); err == nil {
		t.Error("an icon was made of nothing")
	}
}
