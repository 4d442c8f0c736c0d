// Comparison: sync.Cond and two goroutines.
package main

import (
	"sync"

	"weft/benchmarks/measure"
)

func play(size int) int {
	var lock sync.Mutex
	condition := sync.NewCond(&lock)
	turn, moves := 0, 0
	var group sync.WaitGroup
	group.Add(2)
	for me := 0; me < 2; me++ {
		me := me
		go func() {
			lock.Lock()
			for i := 0; i < size; i++ {
				for turn != me {
					condition.Wait()
				}
				moves++
				turn = 1 - me
				condition.Signal()
			}
			lock.Unlock()
			group.Done()
		}()
	}
	group.Wait()
	return moves
}

func main() {
	measure.Run("condition_go", measure.Arguments{Workers: 2, Size: 200000, Repetitions: 1}, play,
		func(size int) int { return 2 * size })
}
