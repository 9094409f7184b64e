module machined.dev/components/http-server

go 1.25.0
