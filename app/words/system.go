package words

import (
	"os"
	"strings"
)

// System is the language of the person's computer, "" when the program does
// not speak it.
func System() string {
	for _, name := range []string{"LC_ALL", "LC_MESSAGES", "LANG"} {
		if value := os.Getenv(name); value != "" {
			return spoken(value)
		}
	}
	return spoken(desktop())
}

// Accepted is the first language of an Accept-Language header that the program
// speaks, "" for none. Browsers name them in the person's order.
func Accepted(header string) string {
	for language := range strings.SplitSeq(header, ",") {
		language, _, _ = strings.Cut(language, ";")
		if known := spoken(strings.TrimSpace(language)); known != "" {
			return known
		}
	}
	return ""
}

// spoken takes a locale such as nl_NL.UTF-8 or nl-BE.
func spoken(locale string) string {
	end := strings.IndexAny(locale, "_-.@")
	if end < 0 {
		end = len(locale)
	}
	if language := strings.ToLower(locale[:end]); language == English || language == Dutch {
		return language
	}
	return ""
}
