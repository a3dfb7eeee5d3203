// A weight of 24 bits is three balanced signed bytes, w = d0 + 256 d1 + 65536 d2, so that a convolution is
// three of VNNI's dot products of unsigned with signed bytes (four taps each), shifted and added at the end.
// All of it is modulo 2^32, and the true sum fits, so no overflow on the way matters. (The largest weight
// that the filters give is below 1.4: only at an image's edge is the window cut, and never to less than half
// of its main lobe.)

#if defined(__x86_64__)

#include "kernels.h"

#include <immintrin.h>
#include <math.h>
#include <string.h>

#pragma clang attribute push( \
    __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx512vbmi,avx512vnni,avx2,fma"))), \
    apply_to = function)

#define LEVEL 2

/// Sixteen pixels at a time: bytes to pairs of words (R, G) and (G, B), whose dot products with half of G's
/// weight each are added.
static size_t gray_quick(const uint8_t *src, size_t pixels, int channels, uint8_t *dst) {
    uint8_t first[64], second[64];
    for (int i = 0; i < 16; i++) {
        uint8_t at = (uint8_t)(i * channels);
        uint8_t pairs[2][4] = {{at, 0, (uint8_t)(at + 1), 0}, {(uint8_t)(at + 1), 0, (uint8_t)(at + 2), 0}};
        memcpy(first + 4 * i, pairs[0], 4);
        memcpy(second + 4 * i, pairs[1], 4);
    }
    const __mmask64 samples = 0x5555555555555555u;
    const __m512i red_green = _mm512_loadu_si512(first), green_blue = _mm512_loadu_si512(second);
    const __m512i first_weights = _mm512_set1_epi32(19595 | 19235 << 16);
    const __m512i second_weights = _mm512_set1_epi32(19235 | 7471 << 16);
    const __m512i half = _mm512_set1_epi32(32768);
    const __mmask64 loaded = channels == 3 ? (1ull << 48) - 1 : ~0ull;
    size_t i = 0;
    for (; i + 16 <= pixels; i += 16) {
        __m512i bytes = _mm512_maskz_loadu_epi8(loaded, src + i * (size_t)channels);
        __m512i a = _mm512_maskz_permutexvar_epi8(samples, red_green, bytes);
        __m512i b = _mm512_maskz_permutexvar_epi8(samples, green_blue, bytes);
        __m512i sum = _mm512_dpwssd_epi32(_mm512_dpwssd_epi32(half, a, first_weights), b, second_weights);
        _mm_storeu_si128((__m128i *)(dst + i), _mm512_cvtepi32_epi8(_mm512_srli_epi32(sum, 16)));
    }
    return i;
}

#include "kernels.inc"

ALWAYS_INLINE void split(int32_t weight, int8_t *low, int8_t *middle, int8_t *high) {
    int32_t rest = (weight - (int8_t)weight) >> 8;
    *low = (int8_t)weight;
    *middle = (int8_t)rest;
    *high = (int8_t)((rest - (int8_t)rest) >> 8);
}

ALWAYS_INLINE __m512i join(__m512i low, __m512i middle, __m512i high) {
    return _mm512_add_epi32(low, _mm512_add_epi32(_mm512_slli_epi32(middle, 8), _mm512_slli_epi32(high, 16)));
}

ALWAYS_INLINE __m128i to_bytes(__m512i sums) {
    __m512i values = _mm512_max_epi32(_mm512_srai_epi32(sums, WEIGHT_BITS), _mm512_setzero_si512());
    return _mm512_cvtusepi32_epi8(values);
}

ALWAYS_INLINE __mmask64 first_bytes(int64_t count) {
    return count >= 64 ? ~0ull : count <= 0 ? 0 : (1ull << count) - 1;
}

#include "rows_avx512.inc"

// MARK: Columns

static void columns(
    const uint8_t *const *rows, const int32_t *weights, int count, size_t bytes, uint8_t *scratch,
    uint8_t *dst
) {
    const int steps = (count + 3) / 4;
    memset(scratch, 0, (size_t)steps * 12);
    for (int tap = 0; tap < count; tap++) {
        int8_t *cell = (int8_t *)scratch + tap / 4 * 12 + tap % 4;
        split(weights[tap], cell, cell + 4, cell + 8);
    }
    const __m512i round = _mm512_set1_epi32(1 << (WEIGHT_BITS - 1));
    for (size_t x = 0; x < bytes; x += 64) {
        const __mmask64 loaded = first_bytes((int64_t)(bytes - x));
        __m512i low[4], middle[4], high[4];
        for (int i = 0; i < 4; i++) {
            low[i] = round;
            middle[i] = high[i] = _mm512_setzero_si512();
        }
        for (int step = 0; step < steps; step++) {
            int32_t digits[3];
            memcpy(digits, scratch + step * 12, 12);
            const __m512i w0 = _mm512_set1_epi32(digits[0]), w1 = _mm512_set1_epi32(digits[1]);
            const __m512i w2 = _mm512_set1_epi32(digits[2]);
            const uint8_t *const *taps = rows + 4 * step;
            __m512i a = _mm512_maskz_loadu_epi8(loaded, taps[0] + x);
            __m512i b = _mm512_maskz_loadu_epi8(loaded, taps[1] + x);
            __m512i c = _mm512_maskz_loadu_epi8(loaded, taps[2] + x);
            __m512i d = _mm512_maskz_loadu_epi8(loaded, taps[3] + x);
            __m512i ab[2] = {_mm512_unpacklo_epi8(a, b), _mm512_unpackhi_epi8(a, b)};
            __m512i cd[2] = {_mm512_unpacklo_epi8(c, d), _mm512_unpackhi_epi8(c, d)};
            for (int i = 0; i < 4; i++) {
                __m512i four = i % 2 == 0 ? _mm512_unpacklo_epi16(ab[i / 2], cd[i / 2])
                                          : _mm512_unpackhi_epi16(ab[i / 2], cd[i / 2]);
                low[i] = _mm512_dpbusd_epi32(low[i], four, w0);
                middle[i] = _mm512_dpbusd_epi32(middle[i], four, w1);
                high[i] = _mm512_dpbusd_epi32(high[i], four, w2);
            }
        }
        __m512i values[4];
        for (int i = 0; i < 4; i++)
            values[i] = _mm512_srai_epi32(join(low[i], middle[i], high[i]), WEIGHT_BITS);
        // Packing undoes the order that unpacking made, and clamps.
        __m512i packed = _mm512_packus_epi16(
            _mm512_packs_epi32(values[0], values[1]), _mm512_packs_epi32(values[2], values[3]));
        _mm512_mask_storeu_epi8(dst + x, loaded, packed);
    }
}

const struct kernels fovea_kernels_avx512 = KERNELS;

#pragma clang attribute pop

#endif
