#ifndef FOVEA_COLUMNS_KERNELS_H
#define FOVEA_COLUMNS_KERNELS_H

#include <stddef.h>
#include <stdint.h>

/// What differs between instruction sets. `kernels.inc` defines one of these for each.
struct fovea_columns_kernels {
    void (*range_u8)(const uint8_t *, size_t, uint8_t, uint8_t, uint64_t *);
    void (*range_u16)(const uint16_t *, size_t, uint16_t, uint16_t, uint64_t *);
    void (*range_u32)(const uint32_t *, size_t, uint32_t, uint32_t, uint64_t *);
    void (*range_u64)(const uint64_t *, size_t, uint64_t, uint64_t, uint64_t *);
    size_t (*range_count)(const void *, int, uint32_t, uint32_t, size_t);
    void (*range_f32)(const float *, size_t, float, float, uint64_t *);
    void (*range_f64)(const double *, size_t, double, double, uint64_t *);
    void (*nan_f32)(const float *, size_t, uint64_t *);
    void (*nan_f64)(const double *, size_t, uint64_t *);
    void (*lookup)(const void *, int, size_t, const uint8_t *, uint64_t *);
    size_t (*mask)(uint64_t *, const uint64_t *, size_t);
    size_t (*count_both)(const uint64_t *, const uint64_t *, size_t);
    void (*unite)(uint64_t *, const uint64_t *, size_t);
    void (*count)(const void *, int, const uint64_t *, size_t, void *, int);
    size_t (*top)(const void *, int, size_t, size_t, uint32_t *, uint32_t *, size_t *);
    int (*extremes_i64)(const int64_t *, const uint64_t *, size_t, int64_t *, int64_t *);
    uint64_t (*greatest)(const void *, int, size_t);
    int (*divides)(const int64_t *, const uint64_t *, size_t, int64_t, uint64_t);
    void (*pack)(const int64_t *, const uint64_t *, size_t, int64_t, uint64_t, int, void *);
    void (*unpack)(const void *, int, size_t, int64_t, uint64_t, int64_t *);
    int (*decimals)(const double *, const uint64_t *, size_t, int, int64_t *);
    int (*fits_f32)(const double *, const uint64_t *, size_t);
    void (*scatter)(const void *, int, const uint64_t *, size_t, uint64_t *);
    size_t (*hits)(const void *, int, const uint64_t *, size_t, const uint64_t *);
    size_t (*range_hits)(const void *, int, const void *, int, uint32_t, uint32_t, size_t, const uint64_t *);
    void (*deposit)(const uint64_t *, const uint64_t *, size_t, uint64_t *);
    size_t (*deposit_hits)(const uint64_t *, const uint64_t *, const uint64_t *, size_t);
};

#endif
