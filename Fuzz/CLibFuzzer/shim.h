#pragma once

// LLVM's libFuzzer as a library: https://llvm.org/docs/LibFuzzer.html#using-libfuzzer-as-a-library

#include <stddef.h>
#include <stdint.h>

/// Calls `callback` with input after input as the arguments say, and returns the exit code.
int LLVMFuzzerRunDriver(int *argc, char ***argv, int (*callback)(const uint8_t *bytes, size_t count));
