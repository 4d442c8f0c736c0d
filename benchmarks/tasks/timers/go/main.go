// Comparison: a goroutine each that calls time.Sleep.
package main

import (
	"sync"
	"time"

	"weft/benchmarks/measure"
)

func main() {
	arguments := measure.ReadArguments(measure.Arguments{Workers: 2, Size: 1000000, Repetitions: 1})
	measurement := measure.New("timers_go", arguments)
	measurement.Start()
	var group sync.WaitGroup
	group.Add(arguments.Size)
	state := uint64(88172645463325252)
	slept := 0
	for i := 0; i < arguments.Size; i++ {
		state ^= state << 13
		state ^= state >> 7
		state ^= state << 17
		milliseconds := int(state % 1000)
		slept += milliseconds
		go func() {
			time.Sleep(time.Duration(milliseconds) * time.Millisecond)
			group.Done()
		}()
	}
	group.Wait()
	measurement.Stop()
	measurement.Check(slept, slept)
	measurement.Add("process_cpu_seconds", measure.CPUSeconds())
	measurement.Report()
}
