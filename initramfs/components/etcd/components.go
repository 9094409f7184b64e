// Package components pins the etcd server that the build compiles.
package components

import _ "go.etcd.io/etcd/server/v3/etcdmain"
