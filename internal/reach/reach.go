// Package reach tells which addresses are on the public Internet, for requests that somebody else has a say in.
package reach

import (
	"net/netip"
	"slices"
)

// reserved are networks that are no part of the public Internet, beside those that [netip.Addr] knows: this host's own, that of
// carriers, of protocols, of measurements and of nobody, those of translators within a site, and those of sites.
//
//nolint:gochecknoglobals // it is a constant
var reserved = []netip.Prefix{
	netip.MustParsePrefix("0.0.0.0/8"), netip.MustParsePrefix("100.64.0.0/10"), netip.MustParsePrefix("192.0.0.0/24"),
	netip.MustParsePrefix("198.18.0.0/15"), netip.MustParsePrefix("240.0.0.0/4"),
	netip.MustParsePrefix("64:ff9b:1::/48"), netip.MustParsePrefix("fec0::/10"),
}

// Networks of version 6 whose addresses lead to one of version 4.
var (
	translated = netip.MustParsePrefix("64:ff9b::/96")
	tunnelled  = netip.MustParsePrefix("2002::/16")
)

// Public tells whether an address is on the public Internet, rather than this machine, a private network or nothing at all. An
// address that leads to another one is judged by that.
func Public(ip netip.Addr) bool {
	ip = destination(ip)
	if !ip.IsGlobalUnicast() || ip.IsPrivate() {
		return false
	}
	return !slices.ContainsFunc(reserved, func(network netip.Prefix) bool { return network.Contains(ip) })
}

// destination is the address of version 4 that one of version 6 leads to, or the address itself.
func destination(ip netip.Addr) netip.Addr {
	ip = ip.Unmap().WithZone("")
	if !ip.Is6() {
		return ip
	}
	bytes := ip.As16()
	switch {
	case translated.Contains(ip):
		return netip.AddrFrom4([4]byte(bytes[12:]))
	case tunnelled.Contains(ip):
		return netip.AddrFrom4([4]byte(bytes[2:6]))
	}
	return ip
}
