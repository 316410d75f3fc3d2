// Package oauth signs in at Google and Microsoft with OAuth 2 (RFC 6749), by a
// browser on this computer (RFC 8252, with PKCE, RFC 7636) or by a code that is
// typed on another one (RFC 8628), and keeps the access token that mail servers
// take (XOAUTH2) fresh.
//
// The client id is the company's own: none is built in. The package knows
// nothing of mail servers and stores nothing: what outlives the program is the
// Store's. It never lets a token, a code, a client secret or an answer of a
// token server into an error or a log: of those answers errors name at most the
// number by which Microsoft's help explains a refusal. Token servers are
// strangers: their answers are read within limits, and no redirect is followed.
package oauth
