package main

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"maps"
	"net/netip"
	"os"
	"strconv"
	"strings"
	"time"
)

// flanneld tells nobody; a look at a file on tmpfs costs nothing.
const leaseInterval = 50 * time.Millisecond

// lease is what flanneld leaves behind for this plugin once the node has its addresses.
type lease struct {
	// networks are those of all pods of the cluster, subnets the node's parts of them: IPv4 first.
	networks, subnets []string
	mtu               int
	// masquerades says that flanneld itself hides pods' addresses from the outside.
	masquerades bool
}

// awaitLease waits for a lease that is not there yet: a node is ready for pods the moment its network's config appears,
// and flanneld writes the lease a little later. A pod that failed now would be tried again after ten seconds only.
func awaitLease(path string, patience time.Duration) (*lease, error) {
	for deadline := time.Now().Add(patience); ; time.Sleep(leaseInterval) {
		found, err := readLease(path)
		if !errors.Is(err, os.ErrNotExist) || time.Now().After(deadline) {
			return found, err
		}
	}
}

// readLease reads lines of NAME=value.
func readLease(path string) (*lease, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("cannot read the node's lease, which flanneld writes: %w", err)
	}
	values := map[string]string{}
	lines := bufio.NewScanner(bytes.NewReader(text))
	for lines.Scan() {
		if name, value, found := strings.Cut(strings.TrimSpace(lines.Text()), "="); found {
			values[name] = value
		}
	}
	found := &lease{masquerades: values["FLANNEL_IPMASQ"] == "true"}
	for _, name := range []string{"FLANNEL_NETWORK", "FLANNEL_IPV6_NETWORK"} {
		// A network of several ranges stands in one line.
		for _, network := range strings.Split(values[name], ",") {
			if network != "" {
				found.networks = append(found.networks, network)
			}
		}
	}
	for _, name := range []string{"FLANNEL_SUBNET", "FLANNEL_IPV6_SUBNET"} {
		if values[name] == "" {
			continue
		}
		// flanneld writes the bridge's address in it; plugins of addresses want the subnet itself.
		subnet, err := netip.ParsePrefix(values[name])
		if err != nil {
			return nil, fmt.Errorf("cannot use the node's lease %s: %s: %w", path, name, err)
		}
		found.subnets = append(found.subnets, subnet.Masked().String())
	}
	if len(found.networks) == 0 || len(found.subnets) == 0 {
		return nil, fmt.Errorf("cannot use the node's lease %s: it names no network and subnet", path)
	}
	if found.mtu, err = strconv.Atoi(values["FLANNEL_MTU"]); err != nil {
		return nil, fmt.Errorf("cannot use the node's lease %s: FLANNEL_MTU is %q", path, values["FLANNEL_MTU"])
	}
	return found, nil
}

// delegateConfig is the config of the plugin that does the work; what the user said about it has precedence.
func delegateConfig(config *config, lease *lease) map[string]any {
	delegate := map[string]any{"mtu": lease.mtu}
	if config.Delegate["type"] == "bridge" {
		delegate["isGateway"] = true
		// Whoever of the two does it: once.
		delegate["ipMasq"] = !lease.masquerades
	}
	maps.Copy(delegate, config.Delegate)
	delegate["name"] = config.Name
	if config.CNIVersion != "" {
		delegate["cniVersion"] = config.CNIVersion
	}
	if config.RuntimeConfig != nil {
		delegate["runtimeConfig"] = config.RuntimeConfig
	}
	ipam := map[string]any{"type": "host-local"}
	maps.Copy(ipam, config.IPAM)
	routes, _ := ipam["routes"].([]any)
	for _, network := range lease.networks {
		routes = append(routes, map[string]any{"dst": network})
	}
	ranges := []any{}
	for _, subnet := range lease.subnets {
		ranges = append(ranges, []any{map[string]any{"subnet": subnet}})
	}
	ipam["routes"], ipam["ranges"] = routes, ranges
	delegate["ipam"] = ipam
	return delegate
}
