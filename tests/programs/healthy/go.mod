module healthy

go 1.22
