// Package components pins the etcd server and its tool for data directories.
package components

import (
	_ "go.etcd.io/etcd/etcdutl/v3/etcdutl"
	_ "go.etcd.io/etcd/server/v3/etcdmain"
)
