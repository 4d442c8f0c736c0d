//! Comparison: mpsc of capacity 1024 with 4 producers and one consumer: tokio has no channel that several tasks receive from.

use measure::{run, sum_below, Arguments};
use tokio::sync::mpsc;

const PRODUCERS: i64 = 4;
const CAPACITY: usize = 1024;

async fn play(size: i64) -> i64 {
    let (sender, mut receiver) = mpsc::channel::<i64>(CAPACITY);
    for i in 0..PRODUCERS {
        let sender = sender.clone();
        tokio::spawn(async move {
            for value in size * i / PRODUCERS..size * (i + 1) / PRODUCERS {
                sender.send(value).await.unwrap();
            }
        });
    }
    drop(sender);
    let mut sum = 0;
    while let Some(value) = receiver.recv().await {
        sum += value;
    }
    sum
}

fn main() {
    run("mpmc_tokio", Arguments::sized(10_000_000), play, sum_below)
}
