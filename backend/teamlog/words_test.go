package teamlog_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"postvak/backend/inbox"
	"postvak/backend/teamlog"
)

func TestWordsNameLogKeyAndRecipient(t *testing.T) {
	words := func(log string, n byte, recipient string) string {
		w, err := teamlog.Words(log, key(n), recipient)
		if err != nil {
			t.Fatal(err)
		}
		for _, word := range w {
			if len(word) < 3 {
				t.Errorf("%q is no word", word)
			}
		}
		return strings.Join(w[:], " ")
	}
	all := map[string]bool{
		words("kaas", 1, "age1a"): true, words("brood", 1, "age1a"): true, words("kaas", 2, "age1a"): true, words("kaas", 1, "age1b"): true,
	}
	if len(all) != 4 {
		t.Errorf("two have the same words: %v", all)
	}
	// Two people on two versions of the program must see the same.
	if got := words("kaas", 1, "age1a"); got != goldenWords {
		t.Errorf("the words are %q, and were %q", got, goldenWords)
	}
}

func TestInvitationIsCopiedAsText(t *testing.T) {
	want := teamlog.Invitation{
		Log: "kaas", Secret: key(5), Expires: noon, Team: "De Kaasboer", Host: "mail.example.com", Port: 993, Security: "tls",
		Folder: "Postvak", Username: "info@example.com",
	}
	text := want.String()
	if strings.ContainsAny(text, " \n") || !strings.HasPrefix(text, "postvak1:") {
		t.Errorf("%q is not one word", text)
	}
	got, err := teamlog.ParseInvitation("  " + text[:30] + "\r\n " + text[30:] + "\n")
	if err != nil || got.Team != want.Team || got.Port != 993 || !got.Expires.Equal(noon) || !got.Key().Equal(want.Key()) {
		t.Errorf("came back as %+v, %v", got, err)
	}
	var refused *inbox.Error
	for _, broken := range []string{"", "hello", text[:40], "postvak1:AAAA", "postvak1:" + strings.Repeat("A", 10_000), text + "é"} {
		if _, err := teamlog.ParseInvitation(broken); !errors.As(err, &refused) || refused.Code != inbox.Invalid {
			t.Errorf("%.20q: %v", broken, err)
		}
	}
	other := teamlog.Invitation{Secret: key(6), Expires: noon.Add(time.Hour)}
	if other.Key().Equal(want.Key()) {
		t.Error("another secret has the same key")
	}
}

const goldenWords = "dizzy manual bottom liberty"
