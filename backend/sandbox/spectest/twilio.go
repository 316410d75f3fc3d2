package spectest

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"

	"github.com/getkin/kin-openapi/openapi3filter"

	"postvak/backend/sandbox/rest"
)

// Twilio is its API of messages and media, and its Content API.
var Twilio = &Spec{
	Folder:        "twilio",
	Files:         []File{{"api_v2010_messages.json", ""}, {"content_v1.json", ""}},
	Authenticated: twilioKey,
	Refusal:       twilioRefusal,
}

var errNoKey = errors.New("no key in the header, or one in the address")

func twilioKey(_ context.Context, in *openapi3filter.AuthenticationInput) error {
	r := in.RequestValidationInput.Request
	if _, _, ok := r.BasicAuth(); !ok || r.URL.User != nil {
		return errNoKey
	}
	return nil
}

// twilioRefusal checks an error: Twilio's documents describe one form for all.
func twilioRefusal(e rest.Exchange) bool {
	var said struct {
		Code     *int    `json:"code"`
		Message  *string `json:"message"`
		MoreInfo *string `json:"more_info"`
		Status   int     `json:"status"`
	}
	err := json.Unmarshal(e.Answer, &said)
	return err == nil && said.Code != nil && said.Message != nil && said.MoreInfo != nil &&
		said.Status == e.Status && e.Status >= http.StatusBadRequest
}
