package metaserver

import (
	"net/http"

	"postvak/backend/sandbox/rest"
)

// graphErrors are the errors of the Graph API that can be switched on.
var graphErrors = []struct {
	status, code, subcode int
	text                  string
}{
	{400, 190, 463, "Error validating access token: Session has expired."},
	{400, 190, 467, "Error validating access token: The session is invalid because the user logged out."},
	{401, 102, 0, "Session key invalid or no longer valid"},
	{403, 200, 0, "(#200) Requires pages_messaging permission to manage the object"},
	{403, 10, 0, "(#10) Application does not have permission for this action"},
	{403, 10, 2018278, "(#10) This message is sent outside of allowed window."},
	{403, 230, 0, "(#230) Requires pages_messaging permission to manage the object"},
	{400, 100, 2018001, "(#100) No matching user found"},
	{400, 100, 33, "Unsupported get request. Object does not exist or cannot be loaded due to missing permissions"},
	{400, 100, 0, "(#100) Invalid parameter"},
	{400, 551, 1545041, "(#551) This person isn't available right now."},
	{403, 200, 1545041, "(#200) This person isn't receiving messages from you right now."},
	{403, 10, 2018108, "(#10) This person isn't receiving messages from you right now."},
	{400, 368, 1390008, "(#368) The action attempted has been deemed abusive or is otherwise disallowed"},
	{400, 100, 2018047, "(#100) Upload attachment failure."},
	{400, 4, 0, "(#4) Application request limit reached"},
	{400, 17, 2446079, "(#17) User request limit reached"},
	{400, 32, 0, "(#32) Page request limit reached"},
	{400, 613, 0, "(#613) Calls to this api have exceeded the rate limit."},
	{400, 80001, 0, "(#80001) There have been too many calls to this Page account."},
	{400, 80006, 0, "(#80006) There have been too many calls to this Messenger account."},
	{400, 1200, 0, "(#1200) Temporary send message failure. Please try again later."},
	{500, 1, 99, "An unknown error occurred"},
	{500, 2, 0, "An unexpected error has occurred. Please retry your request later."},
}

// GraphError is the failure with this code and subcode; 0 where there is none.
func GraphError(code, subcode int) rest.Failure {
	for i, e := range graphErrors {
		if e.code == code && e.subcode == subcode {
			return rest.Own + rest.Failure(i)
		}
	}
	return 0
}

// The failures of this API alone that happen after the work.
const (
	UnknownAfter = rest.OwnAfter + iota // 500 with code 2, but it was done
	NoID                                // 200 that names no message, but it was done
)

// refusals are the failures that are an answer of their own.
func refusals() map[rest.Failure]func() answer {
	all := map[rest.Failure]func() answer{
		rest.Unauthorized: func() answer {
			return refuse(http.StatusUnauthorized, 190, 0, "Invalid OAuth access token.")
		},
		rest.TooMany:     func() answer { return tooMany().After("7") },
		rest.TooManyBare: tooMany,
		rest.Broken:      func() answer { return refuse(http.StatusInternalServerError, 2, 0, "Service temporarily unavailable") },
		UnknownAfter: func() answer {
			return refuse(http.StatusInternalServerError, 2, 0, "An unexpected error has occurred.")
		},
		NoID: func() answer { return ok(map[string]any{"recipient_id": "1"}) },
	}
	for i, e := range graphErrors {
		all[rest.Own+rest.Failure(i)] = func() answer { return refuse(e.status, e.code, e.subcode, e.text) }
	}
	return all
}

func tooMany() answer {
	return refuse(http.StatusTooManyRequests, 4, 0, "(#4) Application request limit reached")
}
