// Comparison: one channel of capacity 1024, 4 goroutines on each side.
package main

import "weft/benchmarks/measure"

const (
	producers = 4
	consumers = 4
	capacity  = 1024
)

func play(size int) int {
	queue := make(chan int, capacity)
	sums := make(chan int, consumers)
	for i := 0; i < consumers; i++ {
		count := size*(i+1)/consumers - size*i/consumers
		go func() {
			sum := 0
			for ; count != 0; count-- {
				sum += <-queue
			}
			sums <- sum
		}()
	}
	for i := 0; i < producers; i++ {
		begin, end := size*i/producers, size*(i+1)/producers
		go func() {
			for value := begin; value < end; value++ {
				queue <- value
			}
		}()
	}
	sum := 0
	for i := 0; i < consumers; i++ {
		sum += <-sums
	}
	return sum
}

func main() {
	measure.Run("mpmc_go", measure.Arguments{Workers: 2, Size: 10000000, Repetitions: 1}, play,
		func(size int) int { return size * (size - 1) / 2 })
}
