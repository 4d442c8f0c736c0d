//! Comparison: tokio::sync::Semaphore, 2 permits, and yield_now while a permit is held.

fn main() {
    measure::contended::run_tasks("semaphore_tokio", measure::contended::semaphore::<true>)
}
