package app

import (
	"fmt"
	"strings"
	"testing"

	"postvak/backend/inbox"
	"postvak/backend/teamlog"
)

func TestWhoIsMentioned(t *testing.T) {
	team := []teamlog.Member{
		{ID: "ann", Name: "Ann Bakker"}, {ID: "ann2", Name: "Ann de Wit"}, {ID: "ben", Name: "Ben"},
		{ID: "zoe", Name: "Zoë Çelik"}, {ID: "nameless", Name: ""},
	}
	for text, want := range map[string]string{
		"":                                      "",
		"@":                                     "",
		"no name here":                          "",
		"@Ben, kijk jij?":                       "ben",
		"@ben":                                  "ben",
		"(@BEN)":                                "ben",
		"@Benjamin":                             "",
		"ann@ben.example":                       "", // an address is no call
		"@Ann":                                  "", // two of them
		"@Ann Bakker en @zoë":                   "ann zoe",
		"@ann de wit.":                          "ann2",
		"@Ann Bakkerij":                         "",
		"@Zoë Çelik\n@Ben @Ben @ben":            "ben zoe",
		"@\xff\xfe@Ben":                         "ben",
		strings.Repeat("@", 1000) + "Ben later": "ben",
	} {
		if got := fmt.Sprint(mentioned(text, team)); got != "["+want+"]" {
			t.Errorf("%q mentions %s, want %s", text, got, want)
		}
	}
}

func FuzzMentioned(f *testing.F) {
	f.Add("@Ben @Ann", "Ann Bakker")
	f.Fuzz(func(t *testing.T, text, name string) {
		for _, id := range mentioned(text, []teamlog.Member{{ID: "a", Name: name}, {ID: "b", Name: "Ben"}}) {
			if id != inbox.MemberID("a") && id != "b" {
				t.Errorf("%q mentions %q", text, id)
			}
		}
	})
}
