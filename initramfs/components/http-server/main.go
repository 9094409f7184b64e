// Command http-server answers every request with what a test of a cluster's network wants to know: which pod answered,
// whom it saw as the client, and what was asked. "/healthz" answers "ok". With -data, what is put under "/data/" is kept
// in files of that directory. With -get it is the client instead: it prints what a URL answers.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"
)

const version = "1.0.0"

func main() {
	listen := flag.String("listen", ":8080", "address to listen on")
	data := flag.String("data", "", "directory to keep what is put under /data/ in")
	url := flag.String("get", "", "print what this URL answers, and end")
	showVersion := flag.Bool("version", false, "print the version")
	flag.Parse()
	if *showVersion {
		fmt.Println("http-server", version)
		return
	}
	if *url != "" {
		get(*url)
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
	if *data != "" {
		keep(mux, *data)
	}
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

// keep serves the files of a directory, and writes what is put there.
func keep(mux *http.ServeMux, directory string) {
	mux.Handle("GET /data/", http.StripPrefix("/data/", http.FileServer(http.Dir(directory))))
	mux.HandleFunc("PUT /data/{name}", func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, 1<<20))
		if err == nil {
			err = os.WriteFile(filepath.Join(directory, filepath.Base(r.PathValue("name"))), body, 0o644)
		}
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
		}
	})
}

// get prints the body of an answer; an answer that is not 200 is a failure.
func get(url string) {
	client := http.Client{Timeout: 10 * time.Second}
	answer, err := client.Get(url)
	if err != nil {
		fail(err)
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		fail(fmt.Errorf("%s answered %s", url, answer.Status))
	}
	if _, err := io.Copy(os.Stdout, answer.Body); err != nil {
		fail(err)
	}
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, "Cannot go on:", err)
	os.Exit(1)
}
