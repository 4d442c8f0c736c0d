# cmake -D PROGRAM=... -D EXPECTED=... -P CompareOutput.cmake
# Runs a program and fails unless it ends with 0 and prints exactly the expected file.
execute_process(COMMAND ${PROGRAM} OUTPUT_VARIABLE printed ERROR_VARIABLE complaints RESULT_VARIABLE status)
if(NOT status EQUAL 0)
  message(FATAL_ERROR "${PROGRAM} ended with ${status}; it printed:\n${printed}${complaints}")
endif()
file(READ ${EXPECTED} expected)
if(NOT printed STREQUAL expected)
  message(FATAL_ERROR "${PROGRAM} printed\n${printed}and ${EXPECTED} expects\n${expected}")
endif()
