// Package components pins the programs of Kubernetes that the build compiles.
//
// Kubernetes' own go.mod refers to its parts by paths within its repository, so it cannot be built as a dependency
// as it is: the replace directives of our go.mod name the published versions of those parts.
package components

import (
	_ "k8s.io/kubernetes/cmd/kube-apiserver/app"
	_ "k8s.io/kubernetes/cmd/kube-controller-manager/app"
	_ "k8s.io/kubernetes/cmd/kube-proxy/app"
	_ "k8s.io/kubernetes/cmd/kube-scheduler/app"
	_ "k8s.io/kubernetes/cmd/kubelet/app"
)
