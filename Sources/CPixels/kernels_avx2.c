// A weight is two signed words, w = 2048 high + low, so that a convolution is two multiply-adds of pairs of
// words (two taps each), shifted and added at the end, all modulo 2^32.

#if defined(__x86_64__)

#include "kernels.h"

#include <immintrin.h>
#include <math.h>
#include <string.h>

#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)

#define LEVEL 1

/// Eight pixels at a time: bytes to pairs of words (R, G) and (G, B), whose dot products with half of G's
/// weight each are added.
static size_t gray_quick(const uint8_t *src, size_t pixels, int channels, uint8_t *dst) {
    int8_t first[16], second[16];
    for (int i = 0; i < 4; i++) {
        int8_t at = (int8_t)(i * channels);
        int8_t pairs[2][4] = {{at, -1, (int8_t)(at + 1), -1}, {(int8_t)(at + 1), -1, (int8_t)(at + 2), -1}};
        memcpy(first + 4 * i, pairs[0], 4);
        memcpy(second + 4 * i, pairs[1], 4);
    }
    const __m256i red_green = _mm256_broadcastsi128_si256(_mm_loadu_si128((const __m128i *)first));
    const __m256i green_blue = _mm256_broadcastsi128_si256(_mm_loadu_si128((const __m128i *)second));
    const __m256i first_weights = _mm256_set1_epi32(19595 | 19235 << 16);
    const __m256i second_weights = _mm256_set1_epi32(19235 | 7471 << 16);
    const __m256i half = _mm256_set1_epi32(32768);
    const size_t step = (size_t)channels * 4, needed = step + 16;
    size_t i = 0;
    for (; (pixels - i) * (size_t)channels >= needed && i + 8 <= pixels; i += 8) {
        const uint8_t *p = src + i * (size_t)channels;
        __m256i bytes = _mm256_inserti128_si256(
            _mm256_castsi128_si256(_mm_loadu_si128((const __m128i *)p)),
            _mm_loadu_si128((const __m128i *)(p + step)), 1);
        __m256i a = _mm256_madd_epi16(_mm256_shuffle_epi8(bytes, red_green), first_weights);
        __m256i b = _mm256_madd_epi16(_mm256_shuffle_epi8(bytes, green_blue), second_weights);
        __m256i sum = _mm256_srli_epi32(_mm256_add_epi32(_mm256_add_epi32(a, b), half), 16);
        __m128i words = _mm_packs_epi32(_mm256_castsi256_si128(sum), _mm256_extracti128_si256(sum, 1));
        _mm_storel_epi64((__m128i *)(dst + i), _mm_packus_epi16(words, words));
    }
    return i;
}

#include "kernels.inc"

enum { LOW_BITS = 11 };

ALWAYS_INLINE void split(int32_t weight, int16_t *low, int16_t *high) {
    int32_t upper = (weight + (1 << (LOW_BITS - 1))) >> LOW_BITS;
    *high = (int16_t)upper;
    *low = (int16_t)(weight - upper * (1 << LOW_BITS));
}

ALWAYS_INLINE __m256i join(__m256i low, __m256i high) {
    return _mm256_add_epi32(low, _mm256_slli_epi32(high, LOW_BITS));
}

// MARK: Rows
//
// A step is 16 taps of one channel, or 4 pixels, whose first two stand in the lower half of the register and
// the others in the upper. Its weights are 32 bytes of low and 32 of high words in the same order.

ALWAYS_INLINE int taps_per_step(int channels) { return channels == 1 ? 16 : 4; }

static void measure_rows(struct row_program *program, size_t *table_bytes, size_t *base_count) {
    const int taps = taps_per_step(program->channels);
    program->steps = (program->axis->widest + taps - 1) / taps;
    *table_bytes = (size_t)program->axis->out_size * (size_t)program->steps * 64;
    *base_count = 0;
}

static void fill_rows(struct row_program *program) {
    const struct axis *axis = program->axis;
    const int taps = taps_per_step(program->channels);
    for (int x = 0; x < axis->out_size; x++) {
        const int32_t *weights = axis->weights + (size_t)x * (size_t)axis->widest;
        uint8_t *table = program->table + (size_t)x * (size_t)program->steps * 64;
        for (int tap = 0; tap < axis->count[x]; tap++) {
            int16_t *step = (int16_t *)(void *)(table + tap / taps * 64), low, high;
            split(weights[tap], &low, &high);
            if (taps == 16) {
                step[tap % 16] = low;
                step[16 + tap % 16] = high;
                continue;
            }
            for (int channel = 0; channel < 4; channel++) {
                int at = tap % 4 / 2 * 8 + channel * 2 + tap % 2;
                step[at] = low;
                step[16 + at] = high;
            }
        }
    }
}

/// 16 bytes from `p`, of which `left` exist.
ALWAYS_INLINE __m128i load_some(const uint8_t *p, int64_t left) {
    if (left >= 16) return _mm_loadu_si128((const __m128i *)p);
    uint8_t bytes[16] = {0};
    if (left > 0) memcpy(bytes, p, (size_t)left);
    return _mm_loadu_si128((const __m128i *)bytes);
}

ALWAYS_INLINE void rows_of(
    const struct row_program *program, const uint8_t *src, size_t stride, int count, uint8_t *dst,
    size_t dst_stride, const int channels
) {
    const struct axis *axis = program->axis;
    const int taps = taps_per_step(channels);
    int8_t order[32];
    for (int i = 0; i < 32; i++) {
        int pixel = i / 16 * 2 + i / 2 % 2, channel = i % 16 / 4;
        order[i] = (int8_t)(i % 2 == 0 && channel < channels ? pixel * channels + channel : -1);
    }
    const __m256i by_channel = _mm256_loadu_si256((const __m256i *)order);
    const uint8_t *table = program->table;
    for (int x = 0; x < axis->out_size; x++, table += program->steps * 64) {
        const int64_t begin = (int64_t)axis->first[x] * channels;
        const int steps = (axis->count[x] + taps - 1) / taps;
        for (int y = 0; y < count; y++) {
            __m256i low = _mm256_setzero_si256(), high = low;
            for (int step = 0; step < steps; step++) {
                const int64_t at = begin + (int64_t)step * taps * channels;
                __m128i bytes = load_some(src + (size_t)y * stride + at, (int64_t)program->in_bytes - at);
                __m256i words = channels == 1
                    ? _mm256_cvtepu8_epi16(bytes)
                    : _mm256_shuffle_epi8(_mm256_broadcastsi128_si256(bytes), by_channel);
                const __m256i *w = (const __m256i *)(const void *)(table + step * 64);
                low = _mm256_add_epi32(low, _mm256_madd_epi16(words, _mm256_load_si256(w)));
                high = _mm256_add_epi32(high, _mm256_madd_epi16(words, _mm256_load_si256(w + 1)));
            }
            __m256i joined = join(low, high);
            __m128i sum = _mm_add_epi32(_mm256_castsi256_si128(joined), _mm256_extracti128_si256(joined, 1));
            if (channels == 1) {
                sum = _mm_add_epi32(sum, _mm_shuffle_epi32(sum, 0x4E));
                sum = _mm_add_epi32(sum, _mm_shuffle_epi32(sum, 0xB1));
            }
            sum = _mm_srai_epi32(_mm_add_epi32(sum, _mm_set1_epi32(1 << (WEIGHT_BITS - 1))), WEIGHT_BITS);
            __m128i packed = _mm_packs_epi32(sum, sum);
            uint32_t value = (uint32_t)_mm_cvtsi128_si32(_mm_packus_epi16(packed, packed));
            memcpy(dst + (size_t)y * dst_stride + (size_t)x * (size_t)channels, &value, (size_t)channels);
        }
    }
}

static void rows(
    const struct row_program *program, const uint8_t *src, size_t stride, int count, uint8_t *dst,
    size_t dst_stride
) {
    switch (program->channels) {
    case 1: rows_of(program, src, stride, count, dst, dst_stride, 1); break;
    case 3: rows_of(program, src, stride, count, dst, dst_stride, 3); break;
    default: rows_of(program, src, stride, count, dst, dst_stride, 4); break;
    }
}

// MARK: Columns

ALWAYS_INLINE void columns_block(
    const uint8_t *const *rows, const uint8_t *digits, int steps, size_t x, uint8_t *dst
) {
    const __m256i zero = _mm256_setzero_si256(), round = _mm256_set1_epi32(1 << (WEIGHT_BITS - 1));
    __m256i low[4], high[4];
    for (int i = 0; i < 4; i++) {
        low[i] = round;
        high[i] = zero;
    }
    for (int step = 0; step < steps; step++) {
        int32_t pairs[2];
        memcpy(pairs, digits + step * 8, 8);
        const __m256i w0 = _mm256_set1_epi32(pairs[0]), w1 = _mm256_set1_epi32(pairs[1]);
        __m256i a = _mm256_loadu_si256((const __m256i *)(const void *)(rows[2 * step] + x));
        __m256i b = _mm256_loadu_si256((const __m256i *)(const void *)(rows[2 * step + 1] + x));
        __m256i ab[2] = {_mm256_unpacklo_epi8(a, b), _mm256_unpackhi_epi8(a, b)};
        for (int i = 0; i < 4; i++) {
            __m256i bytes = ab[i / 2];
            __m256i two = i % 2 == 0 ? _mm256_unpacklo_epi8(bytes, zero) : _mm256_unpackhi_epi8(bytes, zero);
            low[i] = _mm256_add_epi32(low[i], _mm256_madd_epi16(two, w0));
            high[i] = _mm256_add_epi32(high[i], _mm256_madd_epi16(two, w1));
        }
    }
    __m256i values[4];
    for (int i = 0; i < 4; i++) values[i] = _mm256_srai_epi32(join(low[i], high[i]), WEIGHT_BITS);
    // Packing undoes the order that unpacking made, and clamps.
    __m256i packed = _mm256_packus_epi16(
        _mm256_packs_epi32(values[0], values[1]), _mm256_packs_epi32(values[2], values[3]));
    _mm256_storeu_si256((__m256i *)(void *)dst, packed);
}

static void columns(
    const uint8_t *const *rows, const int32_t *weights, int count, size_t bytes, uint8_t *scratch,
    uint8_t *dst
) {
    const int steps = (count + 1) / 2;
    memset(scratch, 0, (size_t)steps * 8);
    for (int tap = 0; tap < count; tap++) {
        int16_t *cell = (int16_t *)(void *)scratch + tap / 2 * 4 + tap % 2;
        split(weights[tap], cell, cell + 2);
    }
    size_t x = 0;
    for (; x + 32 <= bytes; x += 32) columns_block(rows, scratch, steps, x, dst + x);
    for (; x < bytes; x++) {
        int32_t sum = 1 << (WEIGHT_BITS - 1);
        for (int tap = 0; tap < count; tap++) sum += rows[tap][x] * weights[tap];
        int value = sum >> WEIGHT_BITS;
        dst[x] = (uint8_t)(value < 0 ? 0 : value > 255 ? 255 : value);
    }
}

const struct kernels fovea_kernels_avx2 = KERNELS;

#pragma clang attribute pop

#endif
