// Package pipedrive is somebody's account at Pipedrive as a CRM: it finds,
// reads and makes persons, leads and deals, and writes notes, with the API
// token of one member. It implements crm.Provider by its methods.
//
// It makes one attempt at everything and leaves trying again to its caller; but
// once Pipedrive asked to wait, nothing more is asked until then, whoever calls.
// It never follows a redirect with the token, never says the token in an error,
// never deletes anything, and believes no answer to be what it should: not in
// size, not in kind, not in its members' types.
package pipedrive
