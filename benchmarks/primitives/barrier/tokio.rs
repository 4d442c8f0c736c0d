//! Comparison: tokio::sync::Barrier, whose leader counts the round.

use measure::{run, Arguments};
use std::sync::Arc;
use tokio::sync::Barrier;

const PARTIES: usize = 8;

async fn play(size: i64) -> i64 {
    let barrier = Arc::new(Barrier::new(PARTIES));
    let mut tasks = Vec::new();
    for _ in 0..PARTIES {
        let barrier = barrier.clone();
        tasks.push(tokio::spawn(async move {
            let mut leads = 0;
            for _ in 0..size {
                if barrier.wait().await.is_leader() {
                    leads += 1;
                }
            }
            leads
        }));
    }
    let mut rounds = 0;
    for task in tasks {
        rounds += task.await.unwrap();
    }
    rounds
}

fn main() {
    run("barrier_tokio", Arguments::sized(50_000), play, |size| size)
}
