//! Comparison: two mpsc channels of capacity 1.

use measure::{run, sum_below, Arguments};
use tokio::sync::mpsc;

async fn play(size: i64) -> i64 {
    let (there, mut arrived) = mpsc::channel::<i64>(1);
    let (back, mut echoed) = mpsc::channel::<i64>(1);
    let echo = tokio::spawn(async move {
        while let Some(value) = arrived.recv().await {
            back.send(value).await.unwrap();
        }
    });
    let mut sum = 0;
    for i in 0..size {
        there.send(i).await.unwrap();
        sum += echoed.recv().await.unwrap();
    }
    drop(there);
    echo.await.unwrap();
    sum
}

fn main() {
    run("ping_pong_tokio", Arguments::sized(500_000), play, sum_below)
}
