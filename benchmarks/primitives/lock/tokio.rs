//! Comparison: tokio::sync::Mutex, and yield_now while it is held.

fn main() {
    measure::contended::run_tasks("lock_tokio", measure::contended::lock::<true>)
}
