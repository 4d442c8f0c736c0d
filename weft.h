#pragma once
// weft: asyncio for C++ on a multithreaded work-stealing runtime. This header is everything; each line is one topic.

#include "weft/runtime/base/clock.h"            // TimePoint, Clock, VirtualClock
#include "weft/runtime/base/errors.h"           // CancelledError, TimeoutError, RuntimeError ...
#include "weft/runtime/base/exception_group.h"  // ExceptionGroup, BaseExceptionGroup
#include "weft/runtime/flow/event_loop.h"       // EventLoop, get_running_loop, Handle, TimerHandle
#include "weft/runtime/flow/fork_join.h"        // fork_join
#include "weft/runtime/flow/gather.h"           // gather, return_exceptions, Outcome<T>
#include "weft/runtime/flow/run.h"              // run, Runner, RunOptions, Order
#include "weft/runtime/flow/sleep.h"            // sleep
#include "weft/runtime/task/context.h"          // ContextVar<T>, Context, copy_context
#include "weft/runtime/task/coro.h"             // Coro<T>
#include "weft/runtime/task/future.h"           // Future<T>, AnyFuture
#include "weft/runtime/task/task.h"             // Task<T>, AnyTask, create_task, current_task, all_tasks
