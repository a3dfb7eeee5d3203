#include "CColumns.h"
#include "kernels.h"

extern const struct fovea_columns_kernels fovea_columns_kernels_portable;
#if defined(__x86_64__)
extern const struct fovea_columns_kernels fovea_columns_kernels_avx2, fovea_columns_kernels_avx512;
#endif

static _Thread_local int forced_level = -1;

static int detected_level(void) {
#if defined(__x86_64__)
    __builtin_cpu_init();
    if (!__builtin_cpu_supports("avx2") || !__builtin_cpu_supports("bmi2") || !__builtin_cpu_supports("popcnt"))
        return FOVEA_COLUMNS_PORTABLE;
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw")
        && __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl")
        && __builtin_cpu_supports("avx512vpopcntdq") && __builtin_cpu_supports("avx512bitalg")
        && __builtin_cpu_supports("avx512vbmi2"))
        return FOVEA_COLUMNS_AVX512;
    return FOVEA_COLUMNS_AVX2;
#else
    return FOVEA_COLUMNS_PORTABLE;
#endif
}

int fovea_columns_best_level(void) {
    static _Atomic int known = -1;
    int level = known;
    if (level < 0) known = level = detected_level();
    return level;
}

void fovea_columns_force_level(int level) {
    forced_level = level <= fovea_columns_best_level() ? level : -1;
}

static const struct fovea_columns_kernels *kernels(void) {
#if defined(__x86_64__)
    switch (forced_level >= 0 ? forced_level : fovea_columns_best_level()) {
    case FOVEA_COLUMNS_AVX512: return &fovea_columns_kernels_avx512;
    case FOVEA_COLUMNS_AVX2: return &fovea_columns_kernels_avx2;
    default: break;
    }
#endif
    return &fovea_columns_kernels_portable;
}

void fovea_columns_range(
    const void *values, int width, size_t words, uint64_t low, uint64_t span, uint64_t *out) {
    switch (width) {
    case 1: kernels()->range_u8(values, words, (uint8_t)low, (uint8_t)span, out); break;
    case 2: kernels()->range_u16(values, words, (uint16_t)low, (uint16_t)span, out); break;
    case 4: kernels()->range_u32(values, words, (uint32_t)low, (uint32_t)span, out); break;
    default: kernels()->range_u64(values, words, low, span, out); break;
    }
}

void fovea_columns_range_f32(const float *values, size_t words, float low, float high, uint64_t *out) {
    kernels()->range_f32(values, words, low, high, out);
}

void fovea_columns_range_f64(const double *values, size_t words, double low, double high, uint64_t *out) {
    kernels()->range_f64(values, words, low, high, out);
}

void fovea_columns_nan_f32(const float *values, size_t words, uint64_t *out) {
    kernels()->nan_f32(values, words, out);
}

void fovea_columns_nan_f64(const double *values, size_t words, uint64_t *out) {
    kernels()->nan_f64(values, words, out);
}

void fovea_columns_lookup(const void *values, int width, size_t words, const uint8_t *table, uint64_t *out) {
    kernels()->lookup(values, width, words, table, out);
}

size_t fovea_columns_mask(uint64_t *bits, const uint64_t *mask, size_t words) {
    return kernels()->mask(bits, mask, words);
}

size_t fovea_columns_count_both(const uint64_t *bits, const uint64_t *other, size_t words) {
    return kernels()->count_both(bits, other, words);
}

void fovea_columns_or(uint64_t *out, const uint64_t *bits, size_t words) { kernels()->unite(out, bits, words); }

void fovea_columns_count(
    const void *values, int width, const uint64_t *bits, size_t words, void *counts, int counter) {
    kernels()->count(values, width, bits, words, counts, counter);
}

static int is_better(uint32_t count, uint32_t index, uint32_t other_count, uint32_t other_index) {
    return count > other_count || (count == other_count && index < other_index);
}

size_t fovea_columns_top(
    const void *counts, int counter, size_t count, size_t limit, uint32_t *indexes, uint32_t *tops,
    size_t *distinct) {
    size_t kept = kernels()->top(counts, counter, count, limit, indexes, tops, distinct);
    // The kernel leaves a heap whose root is the worst: taking roots off fills the array from its end.
    for (size_t end = kept; end > 1; end--) {
        uint32_t last_count = tops[end - 1], last_index = indexes[end - 1];
        tops[end - 1] = tops[0];
        indexes[end - 1] = indexes[0];
        size_t place = 0;
        for (;;) {
            size_t child = place * 2 + 1;
            if (child >= end - 1) break;
            if (child + 1 < end - 1
                && is_better(tops[child], indexes[child], tops[child + 1], indexes[child + 1])) child++;
            if (!is_better(last_count, last_index, tops[child], indexes[child])) break;
            tops[place] = tops[child];
            indexes[place] = indexes[child];
            place = child;
        }
        tops[place] = last_count;
        indexes[place] = last_index;
    }
    return kept;
}

int fovea_columns_extremes_i64(
    const int64_t *values, const uint64_t *bits, size_t count, int64_t *least, int64_t *greatest) {
    return kernels()->extremes_i64(values, bits, count, least, greatest);
}

uint64_t fovea_columns_greatest(const void *values, int width, size_t count) {
    return width ? kernels()->greatest(values, width, count) : 0;
}

int fovea_columns_divides(
    const int64_t *values, const uint64_t *bits, size_t count, int64_t base, uint64_t step) {
    return kernels()->divides(values, bits, count, base, step);
}

void fovea_columns_pack(
    const int64_t *values, const uint64_t *bits, size_t count, int64_t base, uint64_t step, int width, void *out) {
    kernels()->pack(values, bits, count, base, step, width, out);
}

void fovea_columns_unpack(
    const void *values, int width, size_t count, int64_t base, uint64_t step, int64_t *out) {
    kernels()->unpack(values, width, count, base, step, out);
}

int fovea_columns_decimals(const double *values, const uint64_t *bits, size_t count, int first, int64_t *k) {
    return kernels()->decimals(values, bits, count, first, k);
}

int fovea_columns_fits_f32(const double *values, const uint64_t *bits, size_t count) {
    return kernels()->fits_f32(values, bits, count);
}

void fovea_columns_scatter(const void *ids, int width, const uint64_t *matches, size_t count, uint64_t *out) {
    kernels()->scatter(ids, width, matches, count, out);
}

size_t fovea_columns_hits(
    const void *ids, int width, const uint64_t *matches, size_t count, const uint64_t *set) {
    return kernels()->hits(ids, width, matches, count, set);
}

size_t fovea_columns_range_count(const void *values, int width, uint32_t low, uint32_t span, size_t count) {
    return kernels()->range_count(values, width, low, span, count);
}

size_t fovea_columns_range_hits(
    const void *ids, int id_width, const void *numbers, int width, uint32_t low, uint32_t span, size_t count,
    const uint64_t *set) {
    return kernels()->range_hits(ids, id_width, numbers, width, low, span, count, set);
}

void fovea_columns_deposit(const uint64_t *cell, const uint64_t *matches, size_t words, uint64_t *out) {
    kernels()->deposit(cell, matches, words, out);
}

size_t fovea_columns_deposit_hits(
    const uint64_t *cell, const uint64_t *matches, const uint64_t *set, size_t words) {
    return kernels()->deposit_hits(cell, matches, set, words);
}
