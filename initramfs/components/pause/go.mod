module machined.dev/components/pause

go 1.25.0
