//! Comparison: tokio::sync::Semaphore, 2 permits, and nothing while a permit is held.

fn main() {
    measure::contended::run_tasks("semaphore_tokio_bare", measure::contended::semaphore::<false>)
}
