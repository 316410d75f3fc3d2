package crmserver

import (
	"net/http"

	"postvak/backend/sandbox/rest"
)

// Failure is one of the ways in which the API fails. Those from CutAfter on
// happen after the work was done, so that the caller does not know it.
type Failure = rest.Failure

// The failures. Those of every API are described in package rest.
const (
	Unauthorized = rest.Unauthorized
	Refused      = rest.Refused
	Missing      = rest.Missing
	Gone         = rest.Gone
	TooMany      = rest.TooMany
	TooManyBare  = rest.TooManyBare
	BadRequest   = rest.BadRequest
	Broken       = rest.Broken
	BadGateway   = rest.BadGateway
	Maintenance  = rest.Maintenance
	Slow         = rest.Slow
	CutBefore    = rest.CutBefore
	CutAfter     = rest.CutAfter
	SlowAfter    = rest.SlowAfter
	GatewayAfter = rest.GatewayAfter
	CutJSON      = rest.CutJSON
	NotJSON      = rest.NotJSON
	Nulls        = rest.Nulls
	WrongTypes   = rest.WrongTypes
	Endless      = rest.Endless
	Elsewhere    = rest.Elsewhere
)

// The failures of this API alone, before the work and after it.
const (
	Unpaid       = rest.Own + iota // 402: the company's account is not open
	LimitReached                   // 403 with a code: the plan has no more of these
	Capped                         // 403, a page of the network in front

	NoSuccess = rest.OwnAfter // 200 that says success: false
)

// Held is a point at which one request waits, and Request one that was asked.
type (
	Held     = rest.Held
	Request  = rest.Request
	Exchange = rest.Exchange
)

// kept are the members that an answer is of no use without.
var kept = []string{"id", "data", "items", "item", "success", "additional_data", "type"}

// refusals are the failures that are an answer of their own.
var refusals = map[Failure]func() answer{
	Unauthorized: unauthorized,
	Unpaid:       func() answer { return refuse(http.StatusPaymentRequired, "Company account is not open") },
	Refused:      func() answer { return refuse(http.StatusForbidden, "You do not have permission to do this") },
	LimitReached: limitReached,
	Capped:       capped,
	Missing:      func() answer { return refuse(http.StatusNotFound, "Requested item was not found") },
	Gone:         func() answer { return refuse(http.StatusGone, "Note not found") },
	TooMany:      func() answer { return tooMany().After("7") },
	TooManyBare:  tooMany,
	BadRequest: func() answer {
		return refuse(http.StatusBadRequest, "Validation failed: title: should be at most 255 characters long")
	},
	Broken: func() answer {
		return answer{Status: http.StatusInternalServerError, Body: map[string]any{"success": false, "error": "Internal Server Error", "code": "ERR_UNKNOWN"}}
	},
	Maintenance: func() answer { return refuse(http.StatusServiceUnavailable, "Scheduled maintenance").After("120") },
	NoSuccess: func() answer {
		return answer{Status: http.StatusOK, Body: map[string]any{"success": false, "error": "Requested service is not available", "data": nil}}
	},
}

func limitReached() answer {
	a := refuse(http.StatusForbidden, "Couldn't add the deal. Open deals limit reached.")
	a.Body.(map[string]any)["code"] = "feature_capping_deals_limit"
	return a
}
