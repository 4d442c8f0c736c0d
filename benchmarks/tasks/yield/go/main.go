// Comparison: 100 goroutines that call Gosched.
package main

import (
	"runtime"
	"sync"
	"sync/atomic"

	"weft/benchmarks/measure"
)

const taskCount = 100

func yieldAll(times int) int {
	var group sync.WaitGroup
	var yields atomic.Int64
	group.Add(taskCount)
	for i := 0; i < taskCount; i++ {
		go func() {
			for j := 0; j < times; j++ {
				runtime.Gosched()
			}
			yields.Add(int64(times))
			group.Done()
		}()
	}
	group.Wait()
	return int(yields.Load())
}

func main() {
	arguments := measure.ReadArguments(measure.Arguments{Workers: 2, Size: 100000, Repetitions: 1})
	measurement := measure.New("yield_go", arguments)
	yieldAll(arguments.Size / 10)
	for i := 0; i < arguments.Repetitions; i++ {
		measurement.Start()
		yields := yieldAll(arguments.Size)
		measurement.Stop()
		measurement.Check(yields, taskCount*arguments.Size)
	}
	measurement.Report()
}
