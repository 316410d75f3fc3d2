// Package rest is the plumbing of adapters that speak to other firms' JSON APIs:
// one attempt at a request, read no further than a limit and believed to be
// nothing in particular; the firm's clock; and how sure it is, when an answer is
// lost, that nothing was asked.
//
// It knows no firm, never tries again, follows no redirect but to a file in a
// firm's own stores (and takes no header of the call's there), keeps no cookies,
// and says no address, header or body in an error: those may hold secrets or a
// customer's words.
package rest
