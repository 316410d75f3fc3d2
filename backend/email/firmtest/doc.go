// Package firmtest has mail servers that behave as Gmail's and as Exchange
// Online's do where a client can tell, for tests: which capabilities they say
// before and after signing in, which folders they have and what they call them,
// what they lack (CONDSTORE, keywords, SPECIAL-USE), how they refuse an access
// token, what becomes of a session whose token ends, how many connections they
// take, and their words when they are asked too much. Gmail files what it sends.
//
// Mail is kept in memory, servers listen on loopback and end with the test.
// Whose an access token is another server says (oauthserver). They know the
// commands that Postvak uses, and answer BAD to any other.
package firmtest
