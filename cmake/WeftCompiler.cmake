# Compilers whose coroutines are known to be miscompiled are refused here, with the reason.
set(weft_compiler "${CMAKE_CXX_COMPILER_ID} ${CMAKE_CXX_COMPILER_VERSION}")
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 12)
  message(FATAL_ERROR "weft: ${weft_compiler} is too old for its coroutines; use g++ 12 or newer, or clang++ 19.")
elseif(CMAKE_CXX_COMPILER_ID STREQUAL "Clang" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 17)
  message(FATAL_ERROR "weft: ${weft_compiler} caches thread-local addresses over a suspension; use clang++ 19 or newer, or g++ 12.")
elseif(CMAKE_CXX_COMPILER_ID STREQUAL "Clang" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 19)
  message(WARNING "weft: ${weft_compiler} is not tested and may write to a coroutine frame that another thread "
                  "already runs; use clang++ 19 or newer, or g++ 12.")
endif()

# weft_own_warnings(target): warnings as errors for our own code, and only when weft is the project
# that is being built: a user's build never inherits them.
function(weft_own_warnings target)
  if(NOT PROJECT_IS_TOP_LEVEL)
    return()
  endif()
  target_compile_options(${target} PRIVATE -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Werror)
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
    # False positives of g++ 12 at -O2 and above (PR107852, PR88897): shown, never fatal.
    target_compile_options(${target} PRIVATE
      -Wno-error=array-bounds -Wno-error=stringop-overflow -Wno-error=maybe-uninitialized -Wno-error=restrict)
  endif()
endfunction()
