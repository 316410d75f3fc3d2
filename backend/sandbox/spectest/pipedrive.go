package spectest

import (
	"context"
	"encoding/json"
	"errors"

	"github.com/getkin/kin-openapi/openapi3filter"

	"postvak/backend/sandbox/rest"
)

// Pipedrive is the two versions of its API: V1 and V2.
var Pipedrive = &Spec{
	Folder: "pipedrive",
	Files:  []File{{"v1_subset.json", "/v1"}, {"v2_subset.json", "/api/v2"}},
	// They are called never null, and are null in practice.
	Nullable: []string{"next_cursor", "last_update_user_id", "org_id", "organization", "icon_url"},
	// They take names with commas between them, and are described as one name.
	Lists:         []string{"fields", "item_types"},
	Authenticated: pipedriveToken,
	Refusal:       pipedriveRefusal,
}

var errNoToken = errors.New("no token in the header, or one in the address")

func pipedriveToken(_ context.Context, in *openapi3filter.AuthenticationInput) error {
	r := in.RequestValidationInput.Request
	if in.SecuritySchemeName != "api_key" || r.Header.Get("X-Api-Token") == "" || r.URL.Query().Has("api_token") {
		return errNoToken
	}
	return nil
}

// pipedriveRefusal checks an error: the API's documents describe one form for
// all.
func pipedriveRefusal(e rest.Exchange) bool {
	var said struct {
		Success *bool   `json:"success"`
		Error   *string `json:"error"`
	}
	err := json.Unmarshal(e.Answer, &said)
	return err == nil && said.Success != nil && !*said.Success && said.Error != nil
}
