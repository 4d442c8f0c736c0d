// Comparison: sync.Mutex, and nothing but a count while it is held.
package main

import (
	"sync"

	"weft/benchmarks/primitives/contended"
)

func main() {
	var lock sync.Mutex
	turns := 0
	takeTurns := func(times int) {
		for i := 0; i < times; i++ {
			lock.Lock()
			turns++
			lock.Unlock()
		}
	}
	contended.Run("lock_go_bare", takeTurns, func() int { return turns })
}
