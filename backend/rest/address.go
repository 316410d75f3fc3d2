package rest

import (
	"net/netip"
	"net/url"
	"strings"
)

// Base reads the address of an API that stands in for the real one: https, or
// http on this computer. plain is true for one that is refused for want of
// encryption alone.
func Base(text string) (base string, plain, ok bool) {
	u, err := url.Parse(strings.TrimRight(text, "/"))
	bad := err != nil || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != ""
	switch {
	case !bad && u.Scheme == "https", !bad && u.Scheme == "http" && Loopback(u.Hostname()):
		return u.String(), false, true
	}
	return "", !bad && u.Scheme == "http", false
}

// Loopback says whether a host is this computer.
func Loopback(host string) bool {
	ip, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && ip.IsLoopback()
}
