// Command http-server answers every request with what a test of a cluster's network wants to know: which pod answered,
// whom it saw as the client, and what was asked. "/healthz" answers "ok".
package main

import (
	"context"
	"flag"
	"fmt"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"
)

const version = "1.0.0"

func main() {
	listen := flag.String("listen", ":8080", "address to listen on")
	showVersion := flag.Bool("version", false, "print the version")
	flag.Parse()
	if *showVersion {
		fmt.Println("http-server", version)
		return
	}
	hostname, err := os.Hostname()
	if err != nil {
		fail(err)
	}
	mux := http.NewServeMux()
	mux.HandleFunc("/healthz", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprintln(w, "ok") })
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintf(w, "pod: %s\nclient: %s\nrequest: %s %s\n", hostname, r.RemoteAddr, r.Method, r.URL.Path)
	})
	server := &http.Server{Addr: *listen, Handler: mux, ReadHeaderTimeout: 10 * time.Second}

	stop, cancel := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer cancel()
	drained := make(chan struct{})
	go func() {
		defer close(drained)
		<-stop.Done()
		patience, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		_ = server.Shutdown(patience)
	}()
	if err := server.ListenAndServe(); err != http.ErrServerClosed {
		fail(err)
	}
	<-drained
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, "Cannot serve:", err)
	os.Exit(1)
}
