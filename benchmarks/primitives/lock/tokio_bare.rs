//! Comparison: tokio::sync::Mutex, and nothing but a count while it is held.

fn main() {
    measure::contended::run_tasks("lock_tokio_bare", measure::contended::lock::<false>)
}
