package sandbox

import (
	"bytes"
	"time"

	"github.com/emersion/go-imap/v2"
)

// damages are what careless programs and broken relays do to mail.
var damages = map[string]func([]byte) []byte{
	"": func(raw []byte) []byte { return raw },
	// these two have a body of their own
	"report":    func(raw []byte) []byte { return raw },
	"encrypted": func(raw []byte) []byte { return raw },
	// announces another boundary than it uses
	"boundary": func(raw []byte) []byte {
		return bytes.Replace(raw, []byte(`boundary="=_`), []byte(`boundary="=+`), 1)
	},
	// cut off in the middle: the last boundary never comes
	"cut": func(raw []byte) []byte {
		at := bytes.LastIndex(raw, []byte("\r\n--=_"))
		return raw[:max(at, len(raw)/2)]
	},
	// says that it is plain ASCII, and is not
	"charset": func(raw []byte) []byte {
		raw = bytes.ReplaceAll(raw, []byte("charset=windows-1252"), []byte("charset=us-ascii"))
		return bytes.ReplaceAll(raw, []byte("charset=utf-8"), []byte("charset=us-ascii"))
	},
	// has lines in its header that are no fields, and a date from nowhere
	"header": func(raw []byte) []byte {
		raw = bytes.Replace(raw, []byte("Date: "), []byte("this line is no field\r\nDate: tomorrow, or "), 1)
		return bytes.Replace(raw, []byte("MIME-Version"), []byte("\x00\x01 : \r\nMIME-Version"), 1)
	},
}

// arriveDamaged is arrive for a mail that something happened to on its way.
func (w *World) arriveDamaged(l *letter, at time.Time, damage string, flags ...imap.Flag) *posted {
	raw := damages[damage](l.render())
	w.account.deliver(inboxFolder, raw, at, flags...)
	return w.remember(l, raw, at, l.from.Email, true)
}

// sealedBody is a mail that only somebody with the right key could read.
func sealedBody(armoured string) string {
	return `Content-Type: multipart/encrypted; protocol="application/pgp-encrypted";
 boundary="=_sealed_1"

--=_sealed_1
Content-Type: application/pgp-encrypted

Version: 1

--=_sealed_1
Content-Type: application/octet-stream; name="encrypted.asc"

` + armoured + `

--=_sealed_1--
`
}
