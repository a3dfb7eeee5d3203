#include "kernels.h"

#include <math.h>
#include <string.h>

#define LEVEL 0
#include "kernels.inc"

static void measure_rows(struct row_program *program, size_t *table_bytes, size_t *base_count) {
    (void)program;
    *table_bytes = 0;
    *base_count = 0;
}

static void fill_rows(struct row_program *program) { (void)program; }

ALWAYS_INLINE uint8_t clamp(int32_t sum) {
    int value = sum >> WEIGHT_BITS;
    return (uint8_t)(value < 0 ? 0 : value > 255 ? 255 : value);
}

ALWAYS_INLINE void row(const struct axis *axis, const uint8_t *src, uint8_t *dst, const int channels) {
    for (int x = 0; x < axis->out_size; x++) {
        const uint8_t *p = src + (size_t)axis->first[x] * (size_t)channels;
        const int32_t *weights = axis->weights + (size_t)x * (size_t)axis->widest;
        int32_t sums[4] = {
            1 << (WEIGHT_BITS - 1), 1 << (WEIGHT_BITS - 1), 1 << (WEIGHT_BITS - 1), 1 << (WEIGHT_BITS - 1),
        };
        for (int i = 0; i < axis->count[x]; i++, p += channels)
            for (int channel = 0; channel < channels; channel++) sums[channel] += p[channel] * weights[i];
        for (int channel = 0; channel < channels; channel++) *dst++ = clamp(sums[channel]);
    }
}

static void rows(
    const struct row_program *program, const uint8_t *src, size_t stride, int count, uint8_t *dst,
    size_t dst_stride
) {
    for (int y = 0; y < count; y++, src += stride, dst += dst_stride) {
        switch (program->channels) {
        case 1: row(program->axis, src, dst, 1); break;
        case 3: row(program->axis, src, dst, 3); break;
        default: row(program->axis, src, dst, 4); break;
        }
    }
}

static void columns(
    const uint8_t *const *rows, const int32_t *weights, int count, size_t bytes, uint8_t *scratch,
    uint8_t *dst
) {
    (void)scratch;
    enum { BLOCK = 128 };
    for (size_t x = 0; x < bytes; x += BLOCK) {
        size_t width = bytes - x < BLOCK ? bytes - x : BLOCK;
        int32_t sums[BLOCK];
        for (size_t i = 0; i < BLOCK; i++) sums[i] = 1 << (WEIGHT_BITS - 1);
        for (int k = 0; k < count; k++) {
            const uint8_t *p = rows[k] + x;
            int32_t weight = weights[k];
            for (size_t i = 0; i < width; i++) sums[i] += p[i] * weight;
        }
        for (size_t i = 0; i < width; i++) dst[x + i] = clamp(sums[i]);
    }
}

const struct kernels fovea_kernels_portable = KERNELS;
