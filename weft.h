#pragma once
// weft: asyncio for C++ on a multithreaded work-stealing runtime. This header is everything; each line is one topic.

#include "weft/primitives/barrier.h"                     // Barrier, BrokenBarrierError
#include "weft/primitives/broadcast.h"                   // Broadcast<T>, Lagged
#include "weft/primitives/channel.h"                     // channel, ChannelSender<T>, ChannelReceiver<T>, ChannelClosed
#include "weft/primitives/condition.h"                   // Condition
#include "weft/primitives/event.h"                       // Event
#include "weft/primitives/latch.h"                       // Latch
#include "weft/primitives/lifo_queue.h"                  // LifoQueue<T>
#include "weft/primitives/lock.h"                        // Lock
#include "weft/primitives/notify.h"                      // Notify
#include "weft/primitives/once_cell.h"                   // OnceCell<T>
#include "weft/primitives/oneshot.h"                     // oneshot, OneshotSender<T>, OneshotReceiver<T>
#include "weft/primitives/priority_queue.h"              // PriorityQueue<T>
#include "weft/primitives/queue.h"                       // Queue<T>, QueueEmpty, QueueFull, QueueShutDown
#include "weft/primitives/rw_lock.h"                     // RwLock
#include "weft/primitives/semaphore.h"                   // Semaphore, BoundedSemaphore
#include "weft/primitives/watch.h"                       // Watch<T>
#include "weft/runtime/base/clock.h"                     // TimePoint, Clock, VirtualClock
#include "weft/runtime/base/errors.h"                    // CancelledError, GeneratorExit, RuntimeError ...
#include "weft/runtime/base/exception_group.h"           // ExceptionGroup, BaseExceptionGroup
#include "weft/runtime/flow/aclosing.h"                  // aclosing
#include "weft/runtime/flow/as_completed.h"              // as_completed
#include "weft/runtime/flow/ensure_future.h"             // ensure_future
#include "weft/runtime/flow/event_loop.h"                // EventLoop, get_running_loop, Handle, TimerHandle
#include "weft/runtime/flow/fork_join.h"                 // fork_join
#include "weft/runtime/flow/gather.h"                    // gather, return_exceptions, Outcome<T>
#include "weft/runtime/flow/interval.h"                  // Interval, MissedTick
#include "weft/runtime/flow/run.h"                       // run, Runner, RunOptions, Order
#include "weft/runtime/flow/run_coroutine_threadsafe.h"  // run_coroutine_threadsafe, ThreadFuture<T>
#include "weft/runtime/flow/select.h"                    // select, Selected<Ts...>
#include "weft/runtime/flow/shield.h"                    // shield
#include "weft/runtime/flow/sleep.h"                     // sleep
#include "weft/runtime/flow/task_group.h"                // TaskGroup, with_task_group
#include "weft/runtime/flow/timeout.h"                   // with_timeout, with_timeout_at, Timeout
#include "weft/runtime/flow/wait.h"                      // wait, FIRST_COMPLETED ...
#include "weft/runtime/flow/wait_for.h"                  // wait_for
#include "weft/runtime/flow/wrap_future.h"               // wrap_future
#include "weft/runtime/task/async_generator.h"           // AsyncGenerator<T>
#include "weft/runtime/task/call_graph.h"                // capture_call_graph, print_call_graph ...
#include "weft/runtime/task/context.h"                   // ContextVar<T>, Context, copy_context
#include "weft/runtime/task/coro.h"                      // Coro<T>
#include "weft/runtime/task/future.h"                    // Future<T>, AnyFuture
#include "weft/runtime/task/task.h"                      // Task<T>, AnyTask, create_task, current_task, all_tasks
#include "weft/runtime/task/task_factory.h"              // eager_task_factory, create_eager_task_factory, TaskMaker
