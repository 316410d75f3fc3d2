// Package rest is what the fakes of other firms' APIs have in common: a server on
// loopback that remembers what it was asked, lets a request wait at a point, and
// fails on purpose in every way in which such an API may fail, before or after
// the work was done. What is answered comes from the fake itself.
//
// It never listens on anything but loopback, remembers no secret of which its
// owner tells it, and keeps nothing when it is closed.
package rest
