package crmserver

import "strings"

// endpoint is one method of one path: what it costs, which parameters it knows, and
// what it does with the account locked.
type endpoint struct {
	cost        int
	search      bool
	query, body string
	handle      func(*Server, *call) answer
}

const (
	page    = "limit cursor"
	sorting = " sort_by sort_direction"
	narrow  = " ids owner_id updated_since updated_until "
	finding = "term fields exact_match include_fields limit cursor "
)

// endpoints are all that the server knows, with the tokens that the API's own
// documents name. TestEndpointsAreInTheSpecification holds them to it.
var endpoints = map[string]endpoint{
	"GET /v1/users":            {cost: 20, handle: (*Server).users},
	"GET /v1/users/me":         {cost: 2, handle: (*Server).me},
	"GET /v1/leads":            {cost: 20, query: "limit start owner_id person_id organization_id updated_since sort", handle: (*Server).leads},
	"GET /v1/leads/{id}":       {cost: 2, handle: (*Server).lead},
	"POST /v1/leads":           {cost: 10, body: "title owner_id label_ids person_id organization_id value expected_close_date visible_to was_seen", handle: (*Server).createLead},
	"GET /v1/leadLabels":       {cost: 10, handle: (*Server).labels},
	"GET /v1/notes":            {cost: 20, query: "user_id lead_id deal_id person_id org_id start limit sort start_date end_date updated_since", handle: (*Server).notes},
	"GET /v1/notes/{id}":       {cost: 2, handle: (*Server).noteByID},
	"POST /v1/notes":           {cost: 10, body: "content lead_id deal_id person_id org_id user_id add_time", handle: (*Server).createNote},
	"PUT /v1/notes/{id}":       {cost: 10, body: "content lead_id deal_id person_id org_id", handle: (*Server).changeNote},
	"DELETE /v1/notes/{id}":    {cost: 6, handle: (*Server).deleteNote},
	"GET /api/v2/persons":      {cost: 10, query: page + sorting + narrow + "org_id deal_id", handle: (*Server).persons},
	"GET /api/v2/persons/{id}": {cost: 1, query: "include_fields", handle: (*Server).person},
	"POST /api/v2/persons":     {cost: 5, body: "name owner_id org_id emails phones label_ids visible_to", handle: (*Server).createPerson},
	"GET /api/v2/organizations": {
		cost: 10, query: page + sorting + narrow, handle: (*Server).organizations,
	},
	"GET /api/v2/organizations/{id}":   {cost: 1, handle: (*Server).organization},
	"POST /api/v2/organizations":       {cost: 5, body: "name owner_id label_ids visible_to", handle: (*Server).createOrganization},
	"GET /api/v2/deals":                {cost: 10, query: page + sorting + narrow + "person_id org_id pipeline_id stage_id status", handle: (*Server).deals},
	"GET /api/v2/deals/{id}":           {cost: 1, query: "include_fields", handle: (*Server).deal},
	"POST /api/v2/deals":               {cost: 5, body: "title owner_id person_id org_id pipeline_id stage_id value currency status label_ids visible_to expected_close_date", handle: (*Server).createDeal},
	"GET /api/v2/stages":               {cost: 5, query: page + sorting + " pipeline_id", handle: (*Server).stages},
	"GET /api/v2/pipelines":            {cost: 5, query: page + sorting, handle: (*Server).pipelines},
	"GET /api/v2/persons/search":       {cost: 20, search: true, query: finding + "organization_id", handle: search("person")},
	"GET /api/v2/organizations/search": {cost: 20, search: true, query: "term fields exact_match limit cursor", handle: search("organization")},
	"GET /api/v2/deals/search":         {cost: 20, search: true, query: finding + "person_id organization_id status", handle: search("deal")},
	"GET /api/v2/leads/search":         {cost: 20, search: true, query: finding + "person_id organization_id", handle: search("lead")},
	"GET /api/v2/itemSearch":           {cost: 20, search: true, query: finding + "item_types search_for_related_items", handle: (*Server).searchItems},
}

// Endpoint is one method of one path as tests look at it.
type Endpoint struct {
	Method, Path string
	Cost         int
	Query, Body  []string
}

// Endpoints are all that the server knows.
func Endpoints() []Endpoint {
	var all []Endpoint
	for pattern, w := range endpoints {
		method, path, _ := strings.Cut(pattern, " ")
		all = append(all, Endpoint{method, path, w.cost, strings.Fields(w.query), strings.Fields(w.body)})
	}
	return all
}
