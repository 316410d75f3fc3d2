package app

import "postvak/backend/inbox"

// whatsAppTypes are the media types that Twilio takes for WhatsApp, by its table
// of accepted content types; true are those beside which a text surely reaches the
// customer. Of most others the table says that it does not, and of documents
// Twilio's guidance on media does.
var whatsAppTypes = map[string]bool{
	"image/jpeg": true, "image/png": true, "video/mp4": true,

	"image/jpg": false, "image/gif": false, "image/heic": false, "image/heif": false, "image/tiff": false, "image/bmp": false, "image/webp": false,
	"video/mpeg4": false, "video/mpeg": false, "video/webm": false, "video/quicktime": false, "video/3gpp": false, "video/3gpp2": false,
	"video/3gpp-tt": false, "video/h261": false, "video/h263": false, "video/h263-1998": false, "video/h263-2000": false, "video/h264": false, "video/h265": false,
	"audio/ogg": false, "audio/mpeg": false, "audio/mp4": false, "audio/mp3": false, "audio/aac": false, "audio/3gpp": false, "audio/3gpp2": false,
	"audio/basic": false, "audio/l24": false, "audio/vnd.rn-realaudio": false, "audio/vnd.wave": false, "audio/ac3": false, "audio/webm": false,
	"audio/amr-nb": false, "audio/amr": false,
	"text/vcard": false, "text/x-vcard": false, "text/directory": false, "text/csv": false, "text/richtext": false, "text/rtf": false, "text/calendar": false,
	"application/pdf": false, "application/vcard": false, "application/msword": false, "application/vnd.ms-excel": false, "application/vnd.ms-powerpoint": false,
	"application/vnd.openxmlformats-officedocument.presentationml.presentation": false,
	"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet":         false,
	"application/vnd.openxmlformats-officedocument.wordprocessingml.document":   false,
}

// takesType says whether a kind of channel takes files of a media type, as far as
// that is known before one is sent.
func takesType(kind inbox.ChannelKind, mediaType string) bool {
	_, takes := whatsAppTypes[mediaType]
	return takes || kind != inbox.WhatsApp
}

// textBeside says whether a text can go in one message with a file. The window
// counts messages by the same rule (composerNow.ts).
func textBeside(kind inbox.ChannelKind, mediaType string) bool {
	return kind == inbox.WhatsApp && whatsAppTypes[mediaType]
}
