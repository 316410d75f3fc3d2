package words

import (
	"context"
	"os/exec"
	"strings"
	"time"
)

// desktop asks macOS for the first language of its list, ("nl-NL", "en-GB"):
// a program started from the dock has no LANG.
func desktop() string {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	list, err := exec.CommandContext(ctx, "defaults", "read", "-g", "AppleLanguages").Output()
	if err != nil {
		return ""
	}
	return spoken(strings.Trim(strings.TrimSpace(strings.Split(string(list), ",")[0]), "(\") \n\t"))
}
