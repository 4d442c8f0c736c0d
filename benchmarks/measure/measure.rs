//! measure is the Rust side of benchmarks/measure.h: the same arguments, clocks and line of output; and it runs what tokio plays.

use std::future::Future;
use std::process::exit;
use std::time::Instant;

#[path = "../primitives/contended.rs"]
pub mod contended;

/// Of every program: workers [size [repetitions]].
#[derive(Clone, Copy)]
pub struct Arguments {
    pub workers: usize,
    pub size: i64,
    pub repetitions: i64,
}

impl Arguments {
    pub fn sized(size: i64) -> Self {
        Arguments { workers: 2, size, repetitions: 1 }
    }

    pub fn read(mut self) -> Self {
        let given: Vec<String> = std::env::args().collect();
        if given.len() < 2 || given.len() > 4 {
            eprintln!(
                "usage: {} workers [size, default {} [repetitions, default {}]]",
                given[0], self.size, self.repetitions
            );
            exit(2);
        }
        let mut numbers = Vec::new();
        for text in &given[1..] {
            match text.parse::<i64>() {
                Ok(number) if number > 0 => numbers.push(number),
                _ => {
                    eprintln!("an argument is \"{}\"; give a whole number from 1", text);
                    exit(2);
                }
            }
        }
        self.workers = numbers[0] as usize;
        self.size = *numbers.get(1).unwrap_or(&self.size);
        self.repetitions = *numbers.get(2).unwrap_or(&self.repetitions);
        self
    }
}

/// User and system time of all threads of the process.
fn cpu_seconds() -> f64 {
    let mut now = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    unsafe { libc::clock_gettime(libc::CLOCK_PROCESS_CPUTIME_ID, &mut now) };
    now.tv_sec as f64 + now.tv_nsec as f64 * 1e-9
}

/// A line "VmHWM:  1234 kB" of /proc/self/status.
fn status_kib(field: &str) -> i64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with(field)).unwrap_or("");
    line.split_whitespace().nth(1).and_then(|kib| kib.parse().ok()).unwrap_or(0)
}

fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(|a, b| a.total_cmp(b));
    sorted[sorted.len() / 2]
}

/// The repetitions of one program.
pub struct Measurement {
    name: &'static str,
    arguments: Arguments,
    wall: Vec<f64>,
    cpu: Vec<f64>,
    begin: Instant,
    cpu_begin: f64,
    answer: i64,
    expected: i64,
}

impl Measurement {
    pub fn new(name: &'static str, arguments: Arguments) -> Self {
        let (wall, cpu) = (Vec::new(), Vec::new());
        Measurement { name, arguments, wall, cpu, begin: Instant::now(), cpu_begin: 0.0, answer: 0, expected: 0 }
    }

    pub fn start(&mut self) {
        self.cpu_begin = cpu_seconds();
        self.begin = Instant::now();
    }

    pub fn stop(&mut self) {
        self.wall.push(self.begin.elapsed().as_secs_f64());
        self.cpu.push(cpu_seconds() - self.cpu_begin);
    }

    /// Keeps the first wrong answer.
    pub fn check(&mut self, answer: i64, expected: i64) {
        if self.answer == self.expected {
            self.answer = answer;
            self.expected = expected;
        }
    }

    /// Prints the line and ends the process.
    pub fn report(&self) -> ! {
        let right = self.answer == self.expected;
        println!(
            "{} {} {:.6} {} {} {} cpu_seconds={:.6}",
            self.name,
            self.arguments.workers,
            median(&self.wall),
            status_kib("VmHWM:"),
            self.answer,
            if right { "ok" } else { "wrong" },
            median(&self.cpu)
        );
        if right {
            exit(0);
        }
        eprintln!(
            "{}: the answer for size {} with {} workers is {}, expected {}",
            self.name, self.arguments.size, self.arguments.workers, self.answer, self.expected
        );
        exit(1);
    }
}

/// Runs `root` as a task, on a worker like all others.
pub fn run_root<Root: Future + Send + 'static>(workers: usize, root: Root) -> Root::Output
where
    Root::Output: Send,
{
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(workers).enable_time().build().unwrap();
    runtime.block_on(async { tokio::spawn(root).await.unwrap() })
}

/// Measures `play`, which does the work of one size and gives its answer: a tenth of the size first, then the repetitions.
pub fn run<Play, Played>(name: &'static str, defaults: Arguments, play: Play, expected: fn(i64) -> i64) -> !
where
    Play: Fn(i64) -> Played + Send + Sync + 'static,
    Played: Future<Output = i64> + Send,
{
    let arguments = defaults.read();
    let measurement = run_root(arguments.workers, async move {
        let mut measurement = Measurement::new(name, arguments);
        let small = std::cmp::max(1, arguments.size / 10);
        measurement.check(play(small).await, expected(small));
        for _ in 0..arguments.repetitions {
            measurement.start();
            let answer = play(arguments.size).await;
            measurement.stop();
            measurement.check(answer, expected(arguments.size));
        }
        measurement
    });
    measurement.report()
}

pub fn sum_below(size: i64) -> i64 {
    size * (size - 1) / 2
}
