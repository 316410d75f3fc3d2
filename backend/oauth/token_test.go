package oauth

import (
	"bytes"
	"fmt"
	"log/slog"
	"strings"
	"testing"
)

func TestATokenStandsInTheKeyring(t *testing.T) {
	full := Token{Refresh: "r", Access: "a", Expires: noon, ClientSecret: "s"}
	if got, ok := Decode(full.Encode()); !ok || got != full {
		t.Errorf("it comes back as %t %q %q", ok, got.Refresh, got.Access)
	}
	long := full
	long.Refresh, long.Access = strings.Repeat("r", 1200), strings.Repeat("a", 1500)
	text := long.Encode()
	if got, ok := Decode(text); !ok || got.Refresh != long.Refresh || got.Access != "" || got.ClientSecret != "s" || len(text) > mostEncoded {
		t.Errorf("a long one takes %d bytes", len(text))
	}
	for _, password := range []string{"", "hunter2", "{}", `{"refresh":"r"}`, mark, mark + "{}", mark + "null", "x" + full.Encode()} {
		if _, ok := Decode(password); ok {
			t.Errorf("the password %q was taken for a token", password)
		}
	}
}

func TestATokenPrintsNothing(t *testing.T) {
	token := Token{Refresh: "hidden", Access: "hidden", ClientSecret: "hidden"}
	var log bytes.Buffer
	slog.New(slog.NewTextHandler(&log, nil)).Info("signed in", "token", token, "pointer", &token)
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x"} {
		fmt.Fprintf(&log, verb+verb, token, &token)
	}
	fmt.Fprint(&log, struct{ T Token }{token})
	if strings.Contains(log.String(), "hidden") || strings.Contains(log.String(), "68696464") {
		t.Errorf("it prints %s", log.String())
	}
}
