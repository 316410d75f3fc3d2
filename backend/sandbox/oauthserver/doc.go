// Package oauthserver stands in for the sign-in servers of Google and Microsoft:
// the page that a browser is sent to, the token endpoint with its codes, PKCE,
// refresh tokens that are replaced or not, and device codes. It knows no mail;
// mail servers ask it whose an access token is (User).
//
// It is spoken to over HTTP alone, holds a client to what the RFCs and the two
// firms want of it, listens on loopback only, and fails on purpose as every fake
// here does (package rest). Its tokens are worth nothing.
package oauthserver
