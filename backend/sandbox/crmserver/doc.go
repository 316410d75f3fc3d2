// Package crmserver is a Pipedrive of our own on loopback: one company account
// with users, persons, organizations, deals, leads and notes, spoken to by the
// paths, names and answers of Pipedrive's API. Tests and the demo run the very
// same client against it.
//
// It is as awkward as the original may be: it cleans the HTML of notes, its
// times have seconds, its search lags behind, it counts tokens and bursts, and
// every failure that is documented can be switched on for a path. It knows
// nothing of Postvak, never listens on anything but loopback, and keeps nothing
// when it is closed.
package crmserver
