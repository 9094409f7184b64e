// Command flannel is the network plugin of flannel's pods: it reads which addresses flanneld has leased for this node,
// and has another plugin, bridge if nothing else is asked for, connect the pod with them.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/containernetworking/cni/pkg/invoke"
	"github.com/containernetworking/cni/pkg/skel"
	"github.com/containernetworking/cni/pkg/types"
	"github.com/containernetworking/cni/pkg/version"
)

const (
	defaultLeaseFile = "/run/flannel/subnet.env"
	defaultDataDir   = "/var/lib/cni/flannel"
	// Within the two minutes that a kubelet gives its runtime.
	defaultPatienceSeconds = 60
)

// config is what stands in the network's config, /etc/cni/net.d/10-flannel.conflist.
type config struct {
	types.NetConf
	SubnetFile string `json:"subnetFile"`
	// PatienceSeconds is how long a pod waits for the file; no field of other plugins of this name.
	PatienceSeconds int            `json:"patienceSeconds"`
	DataDir         string         `json:"dataDir"`
	Delegate        map[string]any `json:"delegate"`
	IPAM            map[string]any `json:"ipam"`
	// RuntimeConfig goes to the plugin that does the work.
	RuntimeConfig map[string]any `json:"runtimeConfig"`
}

func main() {
	about := "flannel plugin of machined 1.0.0"
	skel.PluginMainFuncs(skel.CNIFuncs{Add: add, Check: check, Del: del}, version.All, about)
}

func add(args *skel.CmdArgs) error {
	config, err := readConfig(args.StdinData)
	if err != nil {
		return err
	}
	lease, err := awaitLease(config.SubnetFile, time.Duration(config.PatienceSeconds)*time.Second)
	if err != nil {
		return err
	}
	delegate, err := json.Marshal(delegateConfig(config, lease))
	if err != nil {
		return fmt.Errorf("cannot write the delegate's config: %w", err)
	}
	// Saved before anything is made: when the node's lease has changed, DEL still undoes what ADD did.
	if err := save(config.DataDir, args.ContainerID, delegate); err != nil {
		return err
	}
	plugin, _ := config.Delegate["type"].(string)
	result, err := invoke.DelegateAdd(context.Background(), plugin, delegate, nil)
	if err != nil {
		return err
	}
	return types.PrintResult(result, config.CNIVersion)
}

func check(args *skel.CmdArgs) error {
	config, err := readConfig(args.StdinData)
	if err != nil {
		return err
	}
	delegate, err := os.ReadFile(filepath.Join(config.DataDir, args.ContainerID))
	if err != nil {
		return fmt.Errorf("cannot check the pod's network: %w", err)
	}
	merged, err := withPreviousResult(delegate, args.StdinData)
	if err != nil {
		return err
	}
	plugin, _ := config.Delegate["type"].(string)
	return invoke.DelegateCheck(context.Background(), plugin, merged, nil)
}

// del succeeds where there is nothing to undo: a runtime calls it until it does.
func del(args *skel.CmdArgs) error {
	config, err := readConfig(args.StdinData)
	if err != nil {
		return err
	}
	path := filepath.Join(config.DataDir, args.ContainerID)
	delegate, err := os.ReadFile(path)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("cannot undo the pod's network: %w", err)
	}
	var saved struct {
		Type string `json:"type"`
	}
	if err := json.Unmarshal(delegate, &saved); err != nil {
		return fmt.Errorf("cannot read %s: %w", path, err)
	}
	if err := invoke.DelegateDel(context.Background(), saved.Type, delegate, nil); err != nil {
		return err
	}
	return os.Remove(path)
}

func readConfig(text []byte) (*config, error) {
	config := &config{SubnetFile: defaultLeaseFile, PatienceSeconds: defaultPatienceSeconds, DataDir: defaultDataDir}
	if err := json.Unmarshal(text, config); err != nil {
		return nil, fmt.Errorf("cannot read the network's config: %w", err)
	}
	if config.Delegate == nil {
		config.Delegate = map[string]any{}
	}
	for _, key := range []string{"name", "ipam"} {
		if _, present := config.Delegate[key]; present {
			return nil, fmt.Errorf("cannot use the network's config: %q of its delegate is decided by the plugin", key)
		}
	}
	if _, present := config.Delegate["type"]; !present {
		config.Delegate["type"] = "bridge"
	} else if _, text := config.Delegate["type"].(string); !text {
		return nil, errors.New("cannot use the network's config: the type of its delegate must be a text")
	}
	return config, nil
}

func save(directory, container string, delegate []byte) error {
	if err := os.MkdirAll(directory, 0o700); err != nil {
		return fmt.Errorf("cannot keep the delegate's config: %w", err)
	}
	path := filepath.Join(directory, container)
	if err := os.WriteFile(path+".new", delegate, 0o600); err != nil {
		return fmt.Errorf("cannot keep the delegate's config: %w", err)
	}
	return os.Rename(path+".new", path)
}

// withPreviousResult gives the delegate what the runtime says of the last ADD.
func withPreviousResult(delegate, given []byte) ([]byte, error) {
	var merged, from map[string]any
	if err := json.Unmarshal(delegate, &merged); err != nil {
		return nil, fmt.Errorf("cannot read the delegate's config: %w", err)
	}
	if err := json.Unmarshal(given, &from); err != nil {
		return nil, fmt.Errorf("cannot read the network's config: %w", err)
	}
	if result, present := from["prevResult"]; present {
		merged["prevResult"] = result
	}
	return json.Marshal(merged)
}
