module weft/benchmarks/tasks

go 1.19
