// Comparison: a goroutine each that receives from one channel, which is closed to release them.
package main

import (
	"sync"
	"sync/atomic"
	"time"

	"weft/benchmarks/measure"
)

func main() {
	arguments := measure.ReadArguments(measure.Arguments{Workers: 2, Size: 1000000, Repetitions: 1})
	measurement := measure.New("parked_go", arguments)
	release := make(chan struct{})
	var group sync.WaitGroup
	var waiting, released atomic.Int64
	before := measure.StatusKiB("VmRSS:")

	measurement.Start()
	group.Add(arguments.Size)
	for i := 0; i < arguments.Size; i++ {
		go func() {
			waiting.Add(1)
			<-release
			released.Add(1)
			group.Done()
		}()
	}
	for waiting.Load() < int64(arguments.Size) {
		time.Sleep(time.Millisecond)
	}
	time.Sleep(500 * time.Millisecond)
	grown := measure.StatusKiB("VmRSS:") - before

	close(release)
	group.Wait()
	measurement.Stop()
	measurement.Check(int(released.Load()), arguments.Size)
	measurement.Add("bytes_per_task", float64(grown)*1024/float64(arguments.Size))
	measurement.Report()
}
