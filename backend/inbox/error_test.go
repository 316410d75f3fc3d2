package inbox_test

import (
	"errors"
	"fmt"
	"testing"

	"postvak/backend/inbox"
)

func TestCodeOf(t *testing.T) {
	cause := errors.New("dial tcp: refused")
	err := fmt.Errorf("check: %w", inbox.Errorf(inbox.Unavailable, "The server does not answer.").Because(cause))
	if got := inbox.CodeOf(err); got != inbox.Unavailable {
		t.Errorf("code %q", got)
	}
	if !errors.Is(err, cause) {
		t.Error("the cause is lost")
	}
	if inbox.CodeOf(cause) != inbox.Internal || inbox.CodeOf(nil) != "" {
		t.Error("other errors are internal, no error has no code")
	}
}
