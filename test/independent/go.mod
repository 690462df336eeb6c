module kubectl-perf.test/independent

go 1.24.0
