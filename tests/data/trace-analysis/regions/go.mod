module reg
go 1.22
