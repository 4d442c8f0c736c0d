// Package measure is the Go side of benchmarks/measure.h: the same arguments, clocks and line of output.
package measure

import (
	"fmt"
	"os"
	"runtime"
	"sort"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// Arguments of every program: workers [size [repetitions]].
type Arguments struct {
	Workers, Size, Repetitions int
}

// ReadArguments also gives the runtime that many processors to run goroutines on.
func ReadArguments(defaults Arguments) Arguments {
	fields := []*int{&defaults.Workers, &defaults.Size, &defaults.Repetitions}
	given := os.Args[1:]
	if len(given) < 1 || len(given) > len(fields) {
		fmt.Fprintf(os.Stderr, "usage: %s workers [size, default %d [repetitions, default %d]]\n", os.Args[0], defaults.Size, defaults.Repetitions)
		os.Exit(2)
	}
	for i, text := range given {
		value, err := strconv.Atoi(text)
		if err != nil || value < 1 {
			fmt.Fprintf(os.Stderr, "argument %d is %q; give a whole number from 1\n", i+1, text)
			os.Exit(2)
		}
		*fields[i] = value
	}
	runtime.GOMAXPROCS(defaults.Workers)
	return defaults
}

// CPUSeconds is the user and system time of the process.
func CPUSeconds() float64 {
	var usage syscall.Rusage
	syscall.Getrusage(syscall.RUSAGE_SELF, &usage)
	return float64(usage.Utime.Nano()+usage.Stime.Nano()) * 1e-9
}

// StatusKiB reads a line such as "VmHWM:  1234 kB" of /proc/self/status.
func StatusKiB(field string) int {
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0
	}
	for _, line := range strings.Split(string(status), "\n") {
		if words := strings.Fields(line); len(words) > 1 && words[0] == field {
			value, _ := strconv.Atoi(words[1])
			return value
		}
	}
	return 0
}

// Measurement collects the repetitions of one program.
type Measurement struct {
	name             string
	arguments        Arguments
	wall, cpu        []float64
	begin            time.Time
	cpuBegin         float64
	answer, expected int
	wrong            bool
	extras           string
}

func New(name string, arguments Arguments) *Measurement {
	return &Measurement{name: name, arguments: arguments}
}

func (m *Measurement) Start() {
	m.cpuBegin = CPUSeconds()
	m.begin = time.Now()
}

func (m *Measurement) Stop() {
	m.wall = append(m.wall, time.Since(m.begin).Seconds())
	m.cpu = append(m.cpu, CPUSeconds()-m.cpuBegin)
}

// Check keeps the first wrong answer.
func (m *Measurement) Check(answer, expected int) {
	if !m.wrong {
		m.answer, m.expected, m.wrong = answer, expected, answer != expected
	}
}

func (m *Measurement) Add(key string, value float64) {
	m.extras += fmt.Sprintf(" %s=%.6g", key, value)
}

// Report prints the line and ends the process.
func (m *Measurement) Report() {
	verdict := "ok"
	if m.wrong {
		verdict = "wrong"
	}
	fmt.Printf("%s %d %.6f %d %d %s cpu_seconds=%.6f%s\n", m.name, m.arguments.Workers, median(m.wall), StatusKiB("VmHWM:"), m.answer, verdict, median(m.cpu), m.extras)
	if m.wrong {
		fmt.Fprintf(os.Stderr, "%s: the answer for size %d with %d workers is %d, expected %d\n", m.name, m.arguments.Size, m.arguments.Workers, m.answer, m.expected)
		os.Exit(1)
	}
}

// Run measures play, which does the work of one size and gives its answer: a tenth of the size first, then the repetitions.
func Run(name string, defaults Arguments, play func(size int) int, expected func(size int) int) {
	arguments := ReadArguments(defaults)
	measurement := New(name, arguments)
	small := arguments.Size / 10
	if small == 0 {
		small = 1
	}
	measurement.Check(play(small), expected(small))
	for i := 0; i < arguments.Repetitions; i++ {
		measurement.Start()
		answer := play(arguments.Size)
		measurement.Stop()
		measurement.Check(answer, expected(arguments.Size))
	}
	measurement.Report()
}

func median(values []float64) float64 {
	sorted := append([]float64(nil), values...)
	sort.Float64s(sorted)
	return sorted[len(sorted)/2]
}
