module example.test/pages

go 1.22
