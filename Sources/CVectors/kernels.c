#include "kernels.h"

#include <float.h>
#include <math.h>
#include <string.h>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

#define INLINE static inline __attribute__((always_inline))

#include "graph.h"

#define LEVEL 0
#define NAME(x) x##_portable
#include "floats.inc"
#include "codes.inc"
#include "codescan.inc"
#include "walk.inc"
#include "insert.inc"
#include "table.inc"
#include "end.inc"
#undef NAME
#undef LEVEL

#if defined(__x86_64__)

#pragma clang attribute push(__attribute__((target("avx2,bmi,bmi2,lzcnt,popcnt,fma"))), apply_to = function)
#define LEVEL 1
#define NAME(x) x##_avx2
#include "floats.inc"
#include "codes.inc"
#include "codescan.inc"
#include "walk.inc"
#include "insert.inc"
#include "table.inc"
#include "end.inc"
#undef NAME
#undef LEVEL
#pragma clang attribute pop

#pragma clang attribute push(                                                                               \
    __attribute__((target("avx2,bmi,bmi2,lzcnt,popcnt,fma,avx512f,avx512bw,avx512dq,avx512vl,avx512vnni"))), \
    apply_to = function)
#define LEVEL 2
#define NAME(x) x##_avx512
#include "floats.inc"
#include "codes.inc"
#include "codescan.inc"
#include "walk.inc"
#include "insert.inc"
#include "table.inc"
#include "end.inc"
#undef NAME
#undef LEVEL
#pragma clang attribute pop

#endif
