#include "kernels.h"

#include <string.h>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

static int is_before(uint32_t count, uint32_t index, uint32_t other_count, uint32_t other_index) {
    return count < other_count || (count == other_count && index > other_index);
}

/// Puts a counter into the heap of the `limit` best, whose root is the worst of them.
static size_t keep(uint32_t *indexes, uint32_t *tops, size_t kept, size_t limit, uint32_t index, uint32_t count) {
    size_t place;
    if (kept < limit) {
        place = kept++;
        while (place > 0) {
            size_t parent = (place - 1) / 2;
            if (!is_before(count, index, tops[parent], indexes[parent])) break;
            tops[place] = tops[parent];
            indexes[place] = indexes[parent];
            place = parent;
        }
    } else {
        place = 0;
        for (;;) {
            size_t child = place * 2 + 1;
            if (child >= kept) break;
            if (child + 1 < kept
                && is_before(tops[child + 1], indexes[child + 1], tops[child], indexes[child])) child++;
            if (!is_before(tops[child], indexes[child], count, index)) break;
            tops[place] = tops[child];
            indexes[place] = indexes[child];
            place = child;
        }
    }
    tops[place] = count;
    indexes[place] = index;
    return kept;
}

#define LEVEL 0
#define NAME(x) x##_portable
#include "kernels.inc"
#undef NAME
#undef LEVEL

#if defined(__x86_64__)

#pragma clang attribute push(__attribute__((target("avx2,bmi,bmi2,lzcnt,popcnt,fma"))), apply_to = function)
#define LEVEL 1
#define NAME(x) x##_avx2
#include "kernels.inc"
#undef NAME
#undef LEVEL
#pragma clang attribute pop

#pragma clang attribute push(                                                                               \
    __attribute__((target("avx2,bmi,bmi2,lzcnt,popcnt,fma,avx512f,avx512bw,avx512dq,avx512vl,"          \
                          "avx512vpopcntdq,avx512bitalg,avx512vbmi2"))), apply_to = function)
#define LEVEL 2
#define NAME(x) x##_avx512
#include "kernels.inc"
#undef NAME
#undef LEVEL
#pragma clang attribute pop

#endif
