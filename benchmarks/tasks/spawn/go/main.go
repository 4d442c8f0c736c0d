// Comparison: a goroutine each and a WaitGroup; unlike weft's tasks they hand back no result.
package main

import (
	"sync"

	"weft/benchmarks/measure"
)

func spawnAndJoin(size int) {
	var group sync.WaitGroup
	group.Add(size)
	for i := 0; i < size; i++ {
		go func() { group.Done() }()
	}
	group.Wait()
}

func main() {
	arguments := measure.ReadArguments(measure.Arguments{Workers: 2, Size: 1000000, Repetitions: 5})
	measurement := measure.New("spawn_go", arguments)
	spawnAndJoin(arguments.Size)
	for i := 0; i < arguments.Repetitions; i++ {
		measurement.Start()
		spawnAndJoin(arguments.Size)
		measurement.Stop()
	}
	measurement.Check(arguments.Size, arguments.Size)
	measurement.Report()
}
