// Package contended is the Go side of benchmarks/primitives/contended.h.
package contended

import (
	"sync"

	"weft/benchmarks/measure"
)

const (
	// TaskCount goroutines want the same.
	TaskCount = 64
	// Permits of a semaphore.
	Permits = 2
)

// Run starts takeTurns(times) on every goroutine; count gives the turns that were ever taken.
func Run(name string, takeTurns func(times int), count func() int) {
	play := func(times int) int {
		before := count()
		var group sync.WaitGroup
		group.Add(TaskCount)
		for i := 0; i < TaskCount; i++ {
			go func() {
				takeTurns(times)
				group.Done()
			}()
		}
		group.Wait()
		return count() - before
	}
	measure.Run(name, measure.Arguments{Workers: 2, Size: 20000, Repetitions: 1}, play,
		func(size int) int { return TaskCount * size })
}
