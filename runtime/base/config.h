#pragma once
// config: what the compiler in use can and cannot do. The only header that defines macros.

#if defined(__has_feature)
#define WEFT_HAS_FEATURE(x) __has_feature(x)
#else
#define WEFT_HAS_FEATURE(x) 0
#endif

#if defined(__SANITIZE_ADDRESS__) || WEFT_HAS_FEATURE(address_sanitizer)
#define WEFT_ASAN 1
#else
#define WEFT_ASAN 0
#endif

#if defined(__SANITIZE_THREAD__) || WEFT_HAS_FEATURE(thread_sanitizer)
#define WEFT_TSAN 1
#else
#define WEFT_TSAN 0
#endif

// GCC turns symmetric transfer into a tail call only when it optimises and no sanitizer is on (PR100897, PR94794).
// Elsewhere a transfer goes through the worker's loop, so that the stack stays flat.
#if defined(__GNUC__) && !defined(__clang__) && (!defined(__OPTIMIZE__) || WEFT_ASAN || WEFT_TSAN)
#define WEFT_TRAMPOLINE 1
#else
#define WEFT_TRAMPOLINE 0
#endif

// A class of one pointer that is passed in a register: its parameters need no room in the frame of a coroutine that calls.
#if defined(__clang__)
#define WEFT_TRIVIAL_ABI [[clang::trivial_abi]]
#else
#define WEFT_TRIVIAL_ABI
#endif

#if !defined(__linux__)
#error "weft needs Linux: its threads sleep on futexes and its timers on CLOCK_MONOTONIC"
#endif

#if defined(__clang__) && __clang_major__ < 17
#error "weft needs clang 17 or newer (older ones cache thread-local addresses over a suspension), or g++ 12 or newer"
#endif

namespace weft {

inline constexpr bool kAsan = WEFT_ASAN != 0;
inline constexpr bool kTsan = WEFT_TSAN != 0;
inline constexpr bool kTrampoline = WEFT_TRAMPOLINE != 0;
// g++ 12 copies or moves an awaiter that await_transform returns as a reference.
#if defined(__clang__)
inline constexpr bool kReferenceAwaiters = true;
#else
inline constexpr bool kReferenceAwaiters = false;
#endif
// Temporaries in a co_await expression (PR100611).
#if defined(__GNUC__) && !defined(__clang__) && (__GNUC__ < 12 || (__GNUC__ == 12 && __GNUC_MINOR__ < 3))
inline constexpr bool kTemporariesDieTwice = true;
#else
inline constexpr bool kTemporariesDieTwice = false;
#endif

// Two cache lines that are fetched together would be 128; 64 is what false sharing between writers costs.
inline constexpr unsigned kCacheLine = 64;

}  // namespace weft
