package proof

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// hostile is mail as strangers write it; each is one message to be shown. Of
// mail without sender, date, subject, Message-ID and body there is but one: it
// is all the same to a message's key.
func hostile() [][]byte {
	head := func(n int, more string) string {
		return fmt.Sprintf("From: Mallory <m%d@evil.test>\r\nTo: %s\r\nSubject: hostile %d\r\nMessage-ID: <hostile%d@evil.test>\r\n%s", n, ann, n, n, more)
	}
	var nested strings.Builder
	nested.WriteString(head(1, "Content-Type: multipart/mixed; boundary=b0\r\n\r\n"))
	for i := range 300 {
		fmt.Fprintf(&nested, "--b%d\r\nContent-Type: multipart/mixed; boundary=b%d\r\n\r\n", i, i+1)
	}
	parts := head(2, "Content-Type: multipart/mixed; boundary=b\r\n\r\n") + strings.Repeat("--b\r\nContent-Disposition: attachment; filename=../../../etc/passwd\r\n\r\nx\r\n", 3000)
	long := head(3, "References: "+strings.Repeat("<a@b>\r\n ", 20_000)+"\r\n\r\nlong header\r\n")
	binary := make([]byte, 20_000)
	for i := range binary {
		binary[i] = byte(i*7 + i/256)
	}
	binary = bytes.ReplaceAll(binary, []byte("\n"), []byte("\r\n"))
	script := head(4, "Content-Type: text/html\r\n\r\n") + `<script>fetch("http://evil.test")</script><img src=x onerror=alert(1)><a href="javascript:alert(1)">x</a><iframe srcdoc="<script>1</script>">`
	return [][]byte{
		[]byte("no header, only text\r\n"),
		[]byte("From: <>\r\n\r\n"),
		[]byte(nested.String()), []byte(parts), []byte(long), []byte(script),
		append([]byte(head(5, "Content-Type: text/plain; charset=utf-16\r\n\r\n")), binary...),
		[]byte(head(6, "Content-Type: text/plain; charset=\"no such\"\r\nContent-Transfer-Encoding: base64\r\n\r\n****not base64****\r\n")),
		[]byte(head(7, "Date: Never\r\nDate: Thu, 1 Jan 9999 00:00:00 +9999\r\nContent-Type: ;;;=\r\n\r\nbad dates\r\n")),
		[]byte("From: Mallory <m@evil.test>\r\nSubject: =?utf-8?q?=E2=80=AEright=00left?=\r\nMessage-ID: <hostile1@evil.test>\r\n\r\nanother's Message-ID\r\n"),
		[]byte("From: =?utf-8?b?" + strings.Repeat("QUFB", 5000) + "?= <m@evil.test>\r\nReply-To: <" + ann + ">\r\nIn-Reply-To: <question@elsewhere.test>\r\nSubject: Re: Where is my lamp?\r\n\r\nnot of that thread\r\n"),
	}
}

// spoil makes the message with a word in it unreadable for the server.
func (o *office) spoil(t testing.TB, user, word string) {
	t.Helper()
	names, _ := filepath.Glob(filepath.Join(o.Dir, "mail", user, "Maildir", "*", "*"))
	for _, name := range names {
		text, err := os.ReadFile(name)
		if err == nil && bytes.Contains(text, []byte(word)) && !strings.HasPrefix(filepath.Base(name), "dovecot") {
			if err := os.Chmod(name, 0); err != nil {
				t.Fatal(err)
			}
			return
		}
	}
	t.Fatalf("no message with %q", word)
}
