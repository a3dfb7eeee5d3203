#ifndef FOVEA_CCOLUMNS_H
#define FOVEA_CCOLUMNS_H

#include <stddef.h>
#include <stdint.h>

// Kernels of memory columns and postings. Numbers lie `width` bytes wide (1, 2, 4, 8; unsigned unless said), bits
// as words: bit `i % 64` of word `i / 64`. A kernel that takes `words` reads 64 numbers a word, so arrays are padded.

enum { FOVEA_COLUMNS_PORTABLE = 0, FOVEA_COLUMNS_AVX2 = 1, FOVEA_COLUMNS_AVX512 = 2 };

/// The best instruction set that this processor has.
int fovea_columns_best_level(void);
/// Makes this thread use `level`, or the best one where `level` is negative or beyond the processor: for tests.
void fovea_columns_force_level(int level);

/// Bit i: `values[i] - low <= span`, modulo the width.
void fovea_columns_range(
    const void *values, int width, size_t words, uint64_t low, uint64_t span, uint64_t *out);
/// How many of `count` numbers of 1, 2 or 4 bytes have `values[i] - low <= span`, modulo the width.
size_t fovea_columns_range_count(const void *values, int width, uint32_t low, uint32_t span, size_t count);
/// Bit i: `low <= values[i] && values[i] <= high`; NaN is in no range.
void fovea_columns_range_f32(const float *values, size_t words, float low, float high, uint64_t *out);
void fovea_columns_range_f64(const double *values, size_t words, double low, double high, uint64_t *out);
/// Bit i: `values[i]` is NaN.
void fovea_columns_nan_f32(const float *values, size_t words, uint64_t *out);
void fovea_columns_nan_f64(const double *values, size_t words, uint64_t *out);
/// Bit i: `table[values[i]] != 0`; the table must reach every value, and three bytes beyond the last.
void fovea_columns_lookup(const void *values, int width, size_t words, const uint8_t *table, uint64_t *out);
/// ANDs `mask` (where not null) into `bits`; returns how many bits are left.
size_t fovea_columns_mask(uint64_t *bits, const uint64_t *mask, size_t words);
/// How many bits are in both; `other` may be null for all.
size_t fovea_columns_count_both(const uint64_t *bits, const uint64_t *other, size_t words);
/// ORs `bits` into `out`.
void fovea_columns_or(uint64_t *out, const uint64_t *bits, size_t words);

/// `counts[values[i]] += 1` for each set bit i; the counters are `counter` bytes wide (1, 2, 4).
void fovea_columns_count(
    const void *values, int width, const uint64_t *bits, size_t words, void *counts, int counter);
/// The `limit` largest of `count` counters that are not 0, larger first, then lower index first. Returns how many
/// were written; `*distinct` is the number of counters that are not 0.
size_t fovea_columns_top(
    const void *counts, int counter, size_t count, size_t limit, uint32_t *indexes, uint32_t *tops,
    size_t *distinct);

/// The least and greatest of the values whose bit is set (`bits` may be null: all). False where there is none.
int fovea_columns_extremes_i64(
    const int64_t *values, const uint64_t *bits, size_t count, int64_t *least, int64_t *greatest);
/// The greatest of `count` numbers; 0 of none.
uint64_t fovea_columns_greatest(const void *values, int width, size_t count);
/// Whether `step` divides every `values[i] - base` (modulo 2^64) whose bit is set.
int fovea_columns_divides(
    const int64_t *values, const uint64_t *bits, size_t count, int64_t base, uint64_t step);
/// `out[i] = (values[i] - base) / step` in `width` bytes, 0 where the bit is not set.
void fovea_columns_pack(
    const int64_t *values, const uint64_t *bits, size_t count, int64_t base, uint64_t step, int width, void *out);
/// `out[i] = values[i] * step + base`, modulo 2^64.
void fovea_columns_unpack(
    const void *values, int width, size_t count, int64_t base, uint64_t step, int64_t *out);
/// Writes the integers `k[i]` with `k[i] / 10^e == values[i]` to the bit, for the smallest e >= `first` that serves
/// every value whose bit is set; returns e, or -1 where no e <= 9 does.
int fovea_columns_decimals(
    const double *values, const uint64_t *bits, size_t count, int first, int64_t *k);
/// Whether every value whose bit is set is a float to the bit.
int fovea_columns_fits_f32(const double *values, const uint64_t *bits, size_t count);

/// Sorts `keys` with their `rows`, keeping the order of equal keys; the scratch arrays are as long.
void fovea_columns_sort(
    uint64_t *keys, uint32_t *rows, uint64_t *key_scratch, uint32_t *row_scratch, size_t count);

/// Sets bit `ids[i]` for each set bit i of `matches` (null: all); every id must lie inside `out`.
void fovea_columns_scatter(const void *ids, int width, const uint64_t *matches, size_t count, uint64_t *out);
/// How many i have their bit in `matches` (null: all; no bit from `count` on) and bit `ids[i]` in `set`; every id must
/// lie inside `set`. With `matches` the ids are read in whole words.
size_t fovea_columns_hits(
    const void *ids, int width, const uint64_t *matches, size_t count, const uint64_t *set);
/// How many i have `numbers[i] - low <= span`, modulo the width, and bit `ids[i]` in `set`: range and hits in one.
/// `id_width` is 2 or 4, `width` 1, 2 or 4; ids and numbers are read in whole words of 64.
size_t fovea_columns_range_hits(
    const void *ids, int id_width, const void *numbers, int width, uint32_t low, uint32_t span, size_t count,
    const uint64_t *set);
/// Has the first bytes at `place` fetched, which will be read soon. Any address will do.
static inline void fovea_columns_prefetch(const void *place) {
    for (int line = 0; line < 4; line++) __builtin_prefetch((const char *)place + line * 64);
}
/// Has the cache line of `place` fetched. Any address will do.
static inline void fovea_columns_prefetch_line(const void *place) { __builtin_prefetch(place); }
/// Bit j of `out`, the i-th set bit of `cell`, becomes bit i of `matches`; the rest of `out` becomes 0.
void fovea_columns_deposit(const uint64_t *cell, const uint64_t *matches, size_t words, uint64_t *out);
/// How many ids of `cell` are in `set` and have their bit in `matches`, as in deposit.
size_t fovea_columns_deposit_hits(
    const uint64_t *cell, const uint64_t *matches, const uint64_t *set, size_t words);

/// A hash of `count` bytes.
uint64_t fovea_columns_hash(const void *bytes, size_t count, uint64_t seed);

#endif
