package reach_test

import (
	"net/netip"
	"testing"

	"github.com/airfielddev/airfield/internal/reach"
)

func TestPublic(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]bool{
		"8.8.8.8": true, "2606:4700::1111": true, "64:ff9b::8.8.8.8": true, "2002:808:808::1": true, "::ffff:8.8.8.8": true, "100.128.0.1": true,
		"127.0.0.1": false, "::1": false, "10.1.2.3": false, "172.16.0.1": false, "192.168.0.1": false, "::ffff:192.168.0.1": false,
		"169.254.169.254": false, "fe80::1%eth0": false, "fd00::1": false, "fd00::1%eth0": false, "fec0::1": false, "100.64.0.1": false,
		"0.0.0.0": false, "0.1.2.3": false, "::": false, "192.0.0.8": false, "198.18.0.1": false, "240.0.0.1": false, "255.255.255.255": false, "224.0.0.1": false,
		"64:ff9b::127.0.0.1": false, "64:ff9b::a9fe:a9fe": false, "64:ff9b:1::8.8.8.8": false, "2002:7f00:1::1": false, "2002:a00:1::": false,
	} {
		if got := reach.Public(netip.MustParseAddr(address)); got != want {
			t.Errorf("%s: got %t, want %t", address, got, want)
		}
	}
}
