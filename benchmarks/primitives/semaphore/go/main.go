// Comparison: a channel of capacity 2 as a semaphore, and Gosched while a permit is held.
package main

import (
	"runtime"
	"sync/atomic"

	"weft/benchmarks/primitives/contended"
)

func main() {
	permits := make(chan struct{}, contended.Permits)
	var turns atomic.Int64
	takeTurns := func(times int) {
		for i := 0; i < times; i++ {
			permits <- struct{}{}
			runtime.Gosched()
			<-permits
		}
		turns.Add(int64(times))
	}
	contended.Run("semaphore_go", takeTurns, func() int { return int(turns.Load()) })
}
