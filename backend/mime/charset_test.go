package mime

import (
	"testing"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/korean"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/traditionalchinese"
	"golang.org/x/text/encoding/unicode"
)

func TestDecodeTextInADeclaredCharset(t *testing.T) {
	for _, c := range []struct{ charset, in, want string }{
		{"utf-8", "\ufeffä", "ä"},
		{"UTF-8", "caf\xc3", "caf\ufffd"},
		{"utf-8", "\xc3\xa4\xc3\xb6\xc3", "äö\ufffd"},
		{"utf-8", "Gr\xfc\xdfe", "Grüße"},
		{"us-ascii", "ä", "ä"},
		{"us-ascii", "Gr\xfc\xdfe", "Grüße"},
		{"iso-8859-1", "\x80 5", "€ 5"},
		{"iso-8859-1", "ä", "ä"},
		{`"ISO-8859-15"`, "\xa4", "€"},
		{"iso8859_2", "\xb1", "ą"},
		{"latin1", "\xe4", "ä"},
		{"windows1251", "\xcf", "П"},
		{"win-1251", "\xcf", "П"},
		{"x-cp1250", "\xb9", "ą"},
		{"cp850", "\x84", "ä"},
		{"cp932", "\x82\xb1", "こ"},
		{"hz-gb-2312", "~{VPND~}", "中文"},
		{"iso-2022-kr", "\x1b$)C\x0e!!\x0f", "\u3000"},
		{"utf-7", "a +AOQ-b +- +2D3eAA- c", "a äb + 😀 c"},
		{"utf-16le", "a\x00", "a"},
		{"x-none-such", "Gr\xfc\xdfe", "Grüße"},
		{"x-none-such", "plain", "plain"},
		{"charset=utf-8; x", "ä", "ä"},
		{"", "\x1b$B$3\x1b(B", "こ"},
		{"", "\u044e\u043d\u0438\u043a\u043e\u0434\xff", "юникод\ufffd"},
		{"", "", ""},
	} {
		if got := decodeText([]byte(c.in), c.charset); got != c.want {
			t.Errorf("%s %q: got %q, want %q", c.charset, c.in, got, c.want)
		}
	}
}

func TestGuessingUndeclaredText(t *testing.T) {
	for _, c := range []struct {
		enc  encoding.Encoding
		text string
	}{
		{charmap.Windows1252, "Sehr geehrte Damen und Herren, ich möchte drei Brötchen für morgen früh. Grüße, Jörg"},
		{charmap.Windows1252, "Beste Ann, de reünie in het café was één financiële ramp. € 12,50"},
		{charmap.Windows1252, "Bonjour, j'ai bien reçu votre déclaration à propos de la forêt."},
		{charmap.Windows1252, "Müller"},
		{charmap.Windows1252, "Þetta er íslenskur texti með ýmsum stöfum, sæll og blessaður"},
		{charmap.Windows1251, "Здравствуйте, я хотел бы заказать хлеб на завтра. Спасибо"},
		{charmap.KOI8R, "Здравствуйте, я хотел бы заказать хлеб на завтра. Спасибо"},
		{charmap.ISO8859_7, "Καλημέρα, θα ήθελα να παραγγείλω ψωμί για αύριο."},
		{charmap.Windows1254, "Merhaba, yarın sabah için üç ekmek sipariş etmek istiyorum. Teşekkürler"},
		{japanese.ShiftJIS, "こんにちは、明日の朝パンを三つ注文したいのですが。よろしくお願いします。"},
		{japanese.EUCJP, "こんにちは、明日の朝パンを三つ注文したいのですが。よろしくお願いします。"},
		{japanese.ISO2022JP, "こんにちは、明日の朝パンを三つ注文したい。"},
		{simplifiedchinese.GBK, "您好，我想订购明天早上的三个面包。谢谢您的帮助。"},
		{traditionalchinese.Big5, "您好，我想訂購明天早上的三個麵包。謝謝您的幫助。"},
		{korean.EUCKR, "안녕하세요, 내일 아침에 빵 세 개를 주문하고 싶습니다. 감사합니다."},
		{unicode.UTF8, "Grüße und こんにちは"},
	} {
		raw, err := c.enc.NewEncoder().String(c.text)
		if err != nil {
			t.Fatal(err)
		}
		for range 3 { // detectors are used again
			if got := decodeText([]byte(raw), ""); got != c.text {
				t.Errorf("%v: got %q, want %q", c.enc, got, c.text)
			}
		}
	}
}

func TestTransferEncodings(t *testing.T) {
	for _, c := range []struct{ encoding, in, want string }{
		{"base64", "aGVs\r\nbG8=\r\n", "hello"},
		{"base64", "aGVsbG8", "hello"},
		{"base64", "aG*Vs!bG8=", "hello"},
		{"base64", "aGVsbG8=\r\nIHdvcmxk", "hello world"},
		{"base64", "aGVsbG8= trailing words", "hello"},
		{"base64", "aGVsbG8=\r\n--\r\nfooter, surely", "hello"},
		{"base64", "aGVsbG8====", "hello"},
		{"base64", "====", ""},
		{"base64", "a", ""},
		{"base64", "_-8=", "\xff\xef"},
		{"quoted-printable", "a=3Db=\r\nc=e4", "a=bc\xe4"},
		{"quoted-printable", "a= \t\r\nb", "ab"},
		{"quoted-printable", "a=XXb=", "a=XXb"},
		{"quoted-printable", "a=4", "a=4"},
		{"quoted-printable", "a=\nb", "ab"},
		{"x-uuencode", "begin 644 x\r\n%:&5L;&\\\r\n`\r\nend\r\n", "hello"},
		{"x-uuencode", "begin 644 x\r\nnot such a line at all\r\n", "begin 644 x\r\nnot such a line at all\r\n"},
		{"8bit", "a=3D", "a=3D"},
		{"", "a", "a"},
	} {
		if got := string(decodeTransfer([]byte(c.in), c.encoding)); got != c.want {
			t.Errorf("%s %q: got %q, want %q", c.encoding, c.in, got, c.want)
		}
	}
}
