package mime

import (
	"path"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// cleanName makes a file name that is safe to show and to save on every system
// out of one a stranger chose: no path, no control characters, nothing that
// turns the direction of text, no reserved name, not too long. It may come out
// empty.
func cleanName(name string) string {
	name = norm.NFC.String(clip(validUTF8(name), maxValue))
	name = strings.TrimRight(name, `/\ .`)
	name = name[strings.LastIndexAny(name, `/\`)+1:]
	name = strings.Map(func(r rune) rune {
		switch {
		case strings.ContainsRune(`/\:*?"<>|`, r):
			return '_'
		case r == '\t' || r == '\n' || r == '\r' || unicode.Is(unicode.Zs, r):
			return ' '
		case unicode.IsControl(r) || isBidi(r) || isInvisible(r) || r == utf8.RuneError:
			return -1
		}
		return r
	}, name)
	name = strings.Trim(strings.Join(strings.Fields(name), " "), " .")
	if isReserved(name) {
		name = "_" + name
	}
	return shorten(name)
}

// isInvisible recognises characters that make two different names look alike.
func isInvisible(r rune) bool {
	return r == 0xad || (r >= 0x200b && r <= 0x200d) || (r >= 0x2060 && r <= 0x2064) ||
		r == 0xfeff || (r >= 0xfff9 && r <= 0xfffb) || (r >= 0xe0000 && r <= 0xe007f) ||
		r == 0x2028 || r == 0x2029
}

// isReserved recognises the names of devices on Windows, with any extension.
func isReserved(name string) bool {
	base, _, _ := strings.Cut(strings.ToUpper(name), ".")
	base = strings.TrimRight(base, " ")
	switch base {
	case "CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$":
		return true
	}
	return len(base) == 4 && (base[:3] == "COM" || base[:3] == "LPT") && base[3] >= '0' && base[3] <= '9'
}

// shorten keeps a long name's beginning and its extension.
func shorten(name string) string {
	if len(name) <= maxNameBytes {
		return name
	}
	ext := path.Ext(name)
	if len(ext) > 20 {
		ext = ""
	}
	base := clip(strings.TrimSuffix(name, ext), maxNameBytes-len(ext))
	return strings.TrimRight(base, " .") + ext
}

// defaultNames are what parts are called that came without a name: in full, or
// an extension for the kind's own word.
var defaultNames = map[string]string{
	"text/plain": ".txt", "text/html": ".html", "text/calendar": "invite.ics", "text/csv": ".csv",
	"text/vcard": "contact.vcf", "text/x-vcard": "contact.vcf", "text/directory": "contact.vcf", "text/xml": ".xml",
	"text/rfc822-headers": "message-headers.txt", "message/rfc822": ".eml", "message/global": ".eml",
	"message/delivery-status": "delivery-status.txt", "message/disposition-notification": "receipt.txt",
	"message/feedback-report": "feedback.txt", "message/partial": ".eml",
	"image/jpeg": ".jpg", "image/jpg": ".jpg", "image/png": ".png", "image/gif": ".gif",
	"image/webp": ".webp", "image/bmp": ".bmp", "image/tiff": ".tiff", "image/svg+xml": ".svg",
	"application/pdf": ".pdf", "application/zip": ".zip", "application/json": ".json",
	"application/xml": ".xml", "application/msword": ".doc", "application/rtf": ".rtf",
	"application/ms-tnef": "winmail.dat", "application/vnd.ms-tnef": "winmail.dat",
	"application/pgp-signature": "signature.asc", "application/pgp-encrypted": "encrypted.asc",
	"application/pkcs7-signature": "smime.p7s", "application/x-pkcs7-signature": "smime.p7s",
	"application/pkcs7-mime": "smime.p7m", "application/x-pkcs7-mime": "smime.p7m",
	"audio/mpeg": ".mp3", "audio/ogg": ".ogg", "audio/wav": ".wav", "video/mp4": ".mp4",
}

// attachmentName gives a part's name as it is shown and saved; it is never
// empty.
func attachmentName(p *part, data []byte) string {
	if name := cleanName(p.name()); name != "" {
		return name
	}
	if p.typ == "message/rfc822" || p.typ == "message/global" {
		subject := strings.NewReplacer("/", "_", `\`, "_").Replace(embeddedHeader(data).text("Subject"))
		if subject = cleanName(subject); subject != "" {
			return shorten(subject + ".eml")
		}
	}
	return nameFor(p.typ)
}

// FileName makes of a name that a stranger chose, or of none, one that is safe
// to show and to save; without a name it says of which media type the file is.
// It is never empty.
func FileName(name, mediaType string) string {
	if name = cleanName(name); name != "" {
		return name
	}
	return nameFor(mediaType)
}

// nameFor is the name of a file that has none.
func nameFor(mediaType string) string {
	kind, form, _ := strings.Cut(mediaType, "/")
	name, ok := defaultNames[mediaType]
	switch {
	case ok && name[0] != '.':
		return name
	case !ok && kind == "text":
		name = ".txt"
	case !ok && isExtension(form) && (kind == "image" || kind == "audio" || kind == "video"):
		name = "." + form
	case !ok:
		name = ".bin"
	}
	switch kind {
	case "image", "audio", "video", "message":
		return kind + name
	}
	return "attachment" + name
}

// isExtension says whether a subtype such as "heic" serves as one.
func isExtension(form string) bool {
	for i := range len(form) {
		if c := form[i]; (c < 'a' || c > 'z') && (c < '0' || c > '9') {
			return false
		}
	}
	return len(form) >= 2 && len(form) <= 5
}

// name gives the name that the sender gave the part, "" for none.
func (p *part) name() string {
	if raw := p.head.get("Content-Disposition"); raw != nil {
		if _, ps := parseValue(raw); len(ps) > 0 {
			if name := ps.text("filename"); name != "" {
				return name
			}
			if name := ps.text("name"); name != "" {
				return name
			}
		}
	}
	if len(p.params) == 0 {
		return ""
	}
	if name := p.params.text("name"); name != "" {
		return name
	}
	return p.params.text("filename")
}

// embeddedHeader reads the header of a message within a message.
func embeddedHeader(data []byte) header {
	r := headerReader{data: data, pos: skipBlankLines(data), room: maxValue}
	r.read()
	return r.fields
}
