//! Comparison: Notify::notify_waiters.

use measure::{run_root, Arguments, Measurement};
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::sync::Notify;

struct Stage {
    event: Notify,
    waiting: AtomicI64,
    left: AtomicI64,
    measurement: Arc<Mutex<Measurement>>,
}

async fn wait_for_event(stage: Arc<Stage>) -> i64 {
    // From here on it is woken, awaited or not.
    let notified = stage.event.notified();
    stage.waiting.fetch_add(1, Ordering::Relaxed);
    notified.await;
    if stage.left.fetch_sub(1, Ordering::AcqRel) == 1 {
        stage.measurement.lock().unwrap().stop();
    }
    1
}

async fn broadcast(size: i64, measurement: Arc<Mutex<Measurement>>) {
    let stage = Arc::new(Stage {
        event: Notify::new(),
        waiting: AtomicI64::new(0),
        left: AtomicI64::new(size),
        measurement: measurement.clone(),
    });
    let tasks: Vec<_> = (0..size).map(|_| tokio::spawn(wait_for_event(stage.clone()))).collect();
    while stage.waiting.load(Ordering::Relaxed) < size {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    tokio::time::sleep(Duration::from_millis(5)).await;
    measurement.lock().unwrap().start();
    stage.event.notify_waiters();
    let mut woken = 0;
    for task in tasks {
        woken += task.await.unwrap();
    }
    measurement.lock().unwrap().check(woken, size);
}

fn main() {
    let arguments = Arguments { workers: 2, size: 10_000, repetitions: 101 }.read();
    let measurement = Arc::new(Mutex::new(Measurement::new("event_tokio", arguments)));
    let measured = measurement.clone();
    run_root(arguments.workers, async move {
        for _ in 0..arguments.repetitions {
            broadcast(arguments.size, measured.clone()).await;
        }
    });
    let finished = measurement.lock().unwrap();
    finished.report()
}
