package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"sync"
	"syscall"
	"time"
)

// Limits of fetching a mail's remote pictures.
const (
	maxPictures    = 60
	maxPictureSize = 4 << 20
	maxRedirects   = 3
	pictureTime    = 8 * time.Second
	allPictureTime = 20 * time.Second
	fetchAtOnce    = 6
)

// fetcher gets pictures that strangers name in mail: by http(s) alone, without
// cookies or referrer, and never from an address of this computer or its own
// network. The address is looked at when the connection is made, so neither a
// redirect nor a name that changes its mind gets around it.
type fetcher struct{ client *http.Client }

func newFetcher() *fetcher { return newFetcherTo(publicOnly) }

func newFetcherTo(allowed func(netip.AddrPort) error) *fetcher {
	dialer := &net.Dialer{Timeout: pictureTime, Control: func(_, address string, _ syscall.RawConn) error {
		to, err := netip.ParseAddrPort(address)
		if err != nil {
			return err
		}
		return allowed(to)
	}}
	return &fetcher{&http.Client{
		Timeout: pictureTime,
		Transport: &http.Transport{
			DialContext: dialer.DialContext, TLSHandshakeTimeout: pictureTime, Proxy: nil,
			MaxResponseHeaderBytes: 64 << 10, DisableKeepAlives: true,
		},
		CheckRedirect: func(r *http.Request, via []*http.Request) error {
			if len(via) > maxRedirects || !isRemote(r.URL.String()) {
				return errors.New("redirected too often or elsewhere")
			}
			r.Header.Del("Referer")
			return nil
		},
	}}
}

var errPrivate = errors.New("not a public address")

// carrierGrade and the like are no public addresses either (RFC 6890).
var reserved = []netip.Prefix{
	netip.MustParsePrefix("0.0.0.0/8"), netip.MustParsePrefix("100.64.0.0/10"), netip.MustParsePrefix("192.0.0.0/24"),
	netip.MustParsePrefix("192.0.2.0/24"), netip.MustParsePrefix("198.18.0.0/15"), netip.MustParsePrefix("198.51.100.0/24"),
	netip.MustParsePrefix("203.0.113.0/24"), netip.MustParsePrefix("240.0.0.0/4"), netip.MustParsePrefix("192.88.99.0/24"),
	netip.MustParsePrefix("2001::/23"), netip.MustParsePrefix("2001:db8::/32"), netip.MustParsePrefix("2002::/16"), netip.MustParsePrefix("3fff::/20"),
}

// public6 is what of IPv6 is given out as public; the rest leads to IPv4 in
// disguise, to this network, or nowhere.
var public6 = netip.MustParsePrefix("2000::/3")

// publicOnly lets connections go to public addresses on the web's own ports.
func publicOnly(to netip.AddrPort) error {
	ip := to.Addr().Unmap()
	if !ip.IsGlobalUnicast() || ip.IsPrivate() || ip.IsLoopback() || ip.IsLinkLocalUnicast() || ip.Zone() != "" || ip.Is6() && !public6.Contains(ip) {
		return errPrivate
	}
	for _, prefix := range reserved {
		if prefix.Contains(ip) {
			return errPrivate
		}
	}
	if port := to.Port(); port != 80 && port != 443 {
		return fmt.Errorf("port %d is not the web's", port)
	}
	return nil
}

// all fetches pictures side by side; what cannot be had, or is more than one
// mail may show, is left out.
func (f *fetcher) all(ctx context.Context, addresses []string) map[string][]byte {
	ctx, cancel := context.WithTimeout(ctx, allPictureTime)
	defer cancel()
	addresses = addresses[:min(len(addresses), maxPictures)]
	found, room := map[string][]byte{}, maxInlined
	var mu sync.Mutex
	var workers sync.WaitGroup
	slots := make(chan struct{}, fetchAtOnce)
	for _, address := range addresses {
		slots <- struct{}{}
		workers.Go(func() {
			defer func() { <-slots }()
			if raw, err := f.one(ctx, address); err == nil {
				mu.Lock()
				defer mu.Unlock()
				if room -= len(raw); room >= 0 {
					found[address] = raw
				}
			}
		})
	}
	workers.Wait()
	return found
}

// one fetches one picture. It must be a raster image that is more than a
// single pixel: those only report that the mail was read.
func (f *fetcher) one(ctx context.Context, address string) ([]byte, error) {
	u, err := url.Parse(address)
	if err != nil || !isRemote(address) || u.User != nil {
		return nil, errors.New("not a web address")
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
	if err != nil {
		return nil, err
	}
	request.Header.Set("User-Agent", "Mozilla/5.0 (compatible)")
	request.Header.Set("Accept", "image/png,image/jpeg,image/gif,image/webp")
	response, err := f.client.Do(request)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK || !strings.HasPrefix(response.Header.Get("Content-Type"), "image/") {
		return nil, errors.New("no picture")
	}
	raw, err := io.ReadAll(io.LimitReader(response.Body, maxPictureSize+1))
	if err != nil || len(raw) > maxPictureSize {
		return nil, errors.New("too large")
	}
	return raw, worthShowing(raw)
}

func worthShowing(raw []byte) error {
	if !drawable(raw) {
		return errors.New("not a raster image that can be shown")
	}
	if width, height := pictureSize(raw); width == 1 && height == 1 {
		return errors.New("a single pixel")
	}
	return nil
}
