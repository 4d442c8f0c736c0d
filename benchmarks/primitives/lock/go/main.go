// Comparison: sync.Mutex, and Gosched while it is held.
package main

import (
	"runtime"
	"sync"

	"weft/benchmarks/primitives/contended"
)

func main() {
	var lock sync.Mutex
	turns := 0
	takeTurns := func(times int) {
		for i := 0; i < times; i++ {
			lock.Lock()
			runtime.Gosched()
			turns++
			lock.Unlock()
		}
	}
	contended.Run("lock_go", takeTurns, func() int { return turns })
}
