// Package messenger is the channel of one Facebook page: it reads what people
// write to the page by Messenger, and sends what the team answers, by Meta's
// Graph API with the page's token.
//
// It stores nothing, threads nothing, decides nothing about reply windows and
// makes one attempt at everything: its callers do the rest. The token stands in
// the header of requests to the API and nowhere else: never in an address, an
// error or a log, and never at the network that delivers files. It follows no
// address that the API gives but those of files, on Meta's own hosts.
package messenger
