// Comparison: two channels of capacity 1.
package main

import "weft/benchmarks/measure"

func play(size int) int {
	there := make(chan int, 1)
	back := make(chan int, 1)
	go func() {
		for i := 0; i < size; i++ {
			back <- <-there
		}
	}()
	sum := 0
	for i := 0; i < size; i++ {
		there <- i
		sum += <-back
	}
	return sum
}

func main() {
	measure.Run("ping_pong_go", measure.Arguments{Workers: 2, Size: 500000, Repetitions: 1}, play,
		func(size int) int { return size * (size - 1) / 2 })
}
