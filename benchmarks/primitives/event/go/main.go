// Comparison: goroutines that receive from one channel, which is closed.
package main

import (
	"sync"
	"sync/atomic"
	"time"

	"weft/benchmarks/measure"
)

func broadcast(size int, measurement *measure.Measurement) {
	event := make(chan struct{})
	var waiting, left, woken atomic.Int64
	var group sync.WaitGroup
	left.Store(int64(size))
	group.Add(size)
	for i := 0; i < size; i++ {
		go func() {
			waiting.Add(1)
			<-event
			if left.Add(-1) == 0 {
				measurement.Stop()
			}
			woken.Add(1)
			group.Done()
		}()
	}
	for waiting.Load() < int64(size) {
		time.Sleep(time.Millisecond)
	}
	time.Sleep(5 * time.Millisecond)
	measurement.Start()
	close(event)
	group.Wait()
	measurement.Check(int(woken.Load()), size)
}

func main() {
	arguments := measure.ReadArguments(measure.Arguments{Workers: 2, Size: 10000, Repetitions: 101})
	measurement := measure.New("event_go", arguments)
	for i := 0; i < arguments.Repetitions; i++ {
		broadcast(arguments.Size, measurement)
	}
	measurement.Report()
}
