package sandbox

import (
	"bytes"
	"fmt"
	"hash/fnv"
	"image"
	"image/color"
	"image/png"
	"path"
	"strings"
	"unicode/utf16"
)

// makeFiles makes a step's attachments: "bon.pdf,foto.png". "@" before a name
// makes it part of the HTML, as cid:NAME@mail. What stands in them is said by
// the story's field of the file's kind; " / " ends a line.
func makeFiles(list string, s *story) (files []File, err error) {
	if list == "" {
		return nil, nil
	}
	for name := range strings.SplitSeq(list, ",") {
		name, inline := strings.CutPrefix(name, "@")
		kind := strings.TrimPrefix(path.Ext(name), ".")
		lines := strings.Split(s.fields[kind], " / ")
		f, err := makeFile(kind, name, lines)
		if err != nil {
			return nil, err
		}
		f.Name = strings.ReplaceAll(name, "_", " ")
		if inline {
			f.ContentID = name + "@mail"
		}
		files = append(files, f)
	}
	return files, nil
}

func makeFile(kind, name string, lines []string) (File, error) {
	text := []byte(crlf(strings.Join(lines, "\n")))
	switch kind {
	case "png":
		data, err := drawLamp(name)
		return File{Type: "image/png", Data: data}, err
	case "pdf":
		return File{Type: "application/pdf", Data: writePDF(lines)}, nil
	case "csv":
		return File{Type: "text/csv; charset=utf-8", Data: append([]byte("\ufeff"), text...)}, nil
	case "ics":
		return File{Type: "text/calendar; charset=utf-8; method=REQUEST", Data: text}, nil
	case "vcf":
		return File{Type: "text/vcard; charset=utf-8", Data: text}, nil
	case "txt":
		return File{Type: "text/plain; charset=utf-8", Data: text}, nil
	}
	return File{}, fmt.Errorf("nobody knows how to make %q", name)
}

// drawLamp draws a lamp in the dark; each name has a lamp of its own.
func drawLamp(name string) ([]byte, error) {
	const width, height = 320, 240
	hash := fnv.New32a()
	_, _ = hash.Write([]byte(name))
	seed := hash.Sum32()
	hue := [3]float64{0.55 + float64(seed&63)/140, 0.45 + float64(seed>>6&63)/140, 0.25 + float64(seed>>12&63)/140}
	x0, y0 := float64(100+seed%120), float64(70+seed>>8%50)
	picture := image.NewRGBA(image.Rect(0, 0, width, height))
	for y := range height {
		for x := range width {
			picture.SetRGBA(x, y, lampAt(float64(x)-x0, float64(y)-y0, hue))
		}
	}
	var out bytes.Buffer
	err := (&png.Encoder{CompressionLevel: png.BestSpeed}).Encode(&out, picture)
	return out.Bytes(), err
}

// lampAt colours a point by where it lies from the lamp: cord above, shade,
// cone of light below.
func lampAt(dx, dy float64, hue [3]float64) color.RGBA {
	distance := (dx*dx + dy*dy) / 6000
	light := 0.12
	switch {
	case dy < -30 && dx*dx < 4:
		return color.RGBA{20, 20, 24, 255}
	case dy >= -30 && dy < 20 && dx*dx < (40+dy)*(40+dy):
		light = 0.85
	case dy >= 20:
		light += 0.8 / (1 + distance + dx*dx/(400+dy*dy))
	}
	channel := func(part float64) uint8 { return uint8(min(255, 255*light*(0.4+part))) }
	return color.RGBA{channel(hue[0]), channel(hue[1]), channel(hue[2]), 255}
}

// writePDF writes lines onto one page of a PDF, which takes surprisingly
// little: five objects and a table of where they are.
func writePDF(lines []string) []byte {
	var page bytes.Buffer
	page.WriteString("BT /F1 12 Tf 56 780 Td 18 TL\n")
	for i, line := range lines {
		if i == 1 {
			page.WriteString("T*\n") // room below the title
		}
		fmt.Fprintf(&page, "(%s) Tj T*\n", pdfString(line))
	}
	page.WriteString("ET\n")
	objects := []string{
		"<< /Type /Catalog /Pages 2 0 R >>",
		"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
		"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 5 0 R /Resources << /Font << /F1 4 0 R >> >> >>",
		"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
		fmt.Sprintf("<< /Length %d >>\nstream\n%sendstream", page.Len(), page.String()),
	}
	var out bytes.Buffer
	out.WriteString("%PDF-1.4\n")
	var at []int
	for i, object := range objects {
		at = append(at, out.Len())
		fmt.Fprintf(&out, "%d 0 obj\n%s\nendobj\n", i+1, object)
	}
	table := out.Len()
	fmt.Fprintf(&out, "xref\n0 %d\n0000000000 65535 f \n", len(objects)+1)
	for _, place := range at {
		fmt.Fprintf(&out, "%010d 00000 n \n", place)
	}
	fmt.Fprintf(&out, "trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n", len(objects)+1, table)
	return out.Bytes()
}

// pdfString escapes a line in the page's one-byte encoding.
func pdfString(line string) string {
	var out strings.Builder
	for _, unit := range utf16.Encode([]rune(line)) {
		switch {
		case unit == '(' || unit == ')' || unit == '\\':
			fmt.Fprintf(&out, "\\%c", unit)
		case unit == '€':
			out.WriteString("\\200")
		case unit >= 0x20 && unit < 0x7f:
			out.WriteByte(byte(unit))
		case unit >= 0xa0 && unit <= 0xff:
			fmt.Fprintf(&out, "\\%03o", unit)
		default:
			out.WriteByte('?')
		}
	}
	return out.String()
}
