module waits

go 1.22
