//! contended is the Rust side of contended.h.

use crate::{run, Arguments};
use std::future::Future;

pub const TASK_COUNT: i64 = 64;
pub const PERMITS: usize = 2;

/// Measures `play(times)`, which gives the turns that all tasks took.
pub fn run_tasks<Play, Played>(name: &'static str, play: Play) -> !
where
    Play: Fn(i64) -> Played + Send + Sync + 'static,
    Played: Future<Output = i64> + Send,
{
    run(name, Arguments::sized(20_000), play, |size| TASK_COUNT * size)
}

/// Starts `task()` so many times and waits for all.
pub async fn join_all<Task, Started>(mut task: Task)
where
    Task: FnMut() -> Started,
    Started: Future<Output = ()> + Send + 'static,
{
    let tasks: Vec<_> = (0..TASK_COUNT).map(|_| tokio::spawn(task())).collect();
    for task in tasks {
        task.await.unwrap();
    }
}

/// tokio's mutex, which counts the turns.
pub async fn lock<const YIELDS: bool>(times: i64) -> i64 {
    let lock = std::sync::Arc::new(tokio::sync::Mutex::new(0));
    join_all(|| {
        let lock = lock.clone();
        async move {
            for _ in 0..times {
                let mut turns = lock.lock().await;
                if YIELDS {
                    tokio::task::yield_now().await;
                }
                *turns += 1;
            }
        }
    })
    .await;
    let turns = *lock.lock().await;
    turns
}

/// tokio's semaphore; the turns are counted at the end of each task.
pub async fn semaphore<const YIELDS: bool>(times: i64) -> i64 {
    let semaphore = std::sync::Arc::new(tokio::sync::Semaphore::new(PERMITS));
    let turns = std::sync::Arc::new(std::sync::atomic::AtomicI64::new(0));
    join_all(|| {
        let (semaphore, turns) = (semaphore.clone(), turns.clone());
        async move {
            for _ in 0..times {
                let _permit = semaphore.acquire().await.unwrap();
                if YIELDS {
                    tokio::task::yield_now().await;
                }
            }
            turns.fetch_add(times, std::sync::atomic::Ordering::Relaxed);
        }
    })
    .await;
    if semaphore.available_permits() != PERMITS {
        return -1;
    }
    turns.load(std::sync::atomic::Ordering::Relaxed)
}
