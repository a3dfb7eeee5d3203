// Affine warps with the arithmetic of Pillow's Geometry.c; an order of additions that looks odd is Pillow's.

#include "CPixels.h"
#include "kernels.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

ALWAYS_INLINE void put(uint8_t *dst, const uint8_t *pixel, const int channels) {
    for (int channel = 0; channel < channels; channel++) dst[channel] = pixel[channel];
}

ALWAYS_INLINE int truncated(double v) { return v < 0.0 ? -1 : (int)v; }

static int32_t to_fixed(double v) { return (int32_t)floor(v * 65536.0 + 0.5); }

static bool fits_fixed(const double m[6], int x, int y) {
    return fabs(x * m[0] + y * m[1] + m[2]) < 32768.0 && fabs(x * m[3] + y * m[4] + m[5]) < 32768.0;
}

ALWAYS_INLINE void nearest_fixed(
    struct picture src, const double m[6], const uint8_t *fill, uint8_t *dst, int width, int height,
    const int channels
) {
    // Unsigned, since the last step past the end may wrap.
    const uint32_t across[2] = {(uint32_t)to_fixed(m[0]), (uint32_t)to_fixed(m[3])};
    const uint32_t down[2] = {(uint32_t)to_fixed(m[1]), (uint32_t)to_fixed(m[4])};
    uint32_t start[2] = {
        (uint32_t)to_fixed(m[2] + m[0] * 0.5 + m[1] * 0.5),
            (uint32_t)to_fixed(m[5] + m[3] * 0.5 + m[4] * 0.5),
    };
    for (int y = 0; y < height; y++) {
        uint32_t at[2] = {start[0], start[1]};
        for (int x = 0; x < width; x++, dst += channels) {
            const int column = (int32_t)at[0] >> 16, row = (int32_t)at[1] >> 16;
            const bool inside = column >= 0 && column < src.width && row >= 0 && row < src.height;
            const size_t place = inside ? (size_t)row * (size_t)src.width + (size_t)column : 0;
            put(dst, inside ? src.pixels + place * (size_t)channels : fill, channels);
            at[0] += across[0];
            at[1] += across[1];
        }
        start[0] += down[0];
        start[1] += down[1];
    }
}

/// What Pillow does for a matrix without rotation, and for coordinates that do not fit 16.16: both
/// accumulate, the former from the middle of the first pixel along each side alone.
ALWAYS_INLINE void nearest_float(
    struct picture src, const double m[6], const uint8_t *fill, uint8_t *dst, int width, int height,
    const int channels
) {
    const bool scales_only = m[1] == 0 && m[3] == 0;
    double start[2] = {m[2] + m[1] * 0.5 + m[0] * 0.5, m[5] + m[4] * 0.5 + m[3] * 0.5};
    if (scales_only) {
        start[0] = m[2] + m[0] * 0.5;
        start[1] = m[5] + m[4] * 0.5;
    }
    for (int y = 0; y < height; y++) {
        double at[2] = {start[0], start[1]};
        for (int x = 0; x < width; x++, dst += channels) {
            const int column = truncated(at[0]), row = truncated(at[1]);
            const bool inside = column >= 0 && column < src.width && row >= 0 && row < src.height;
            const size_t place = inside ? (size_t)row * (size_t)src.width + (size_t)column : 0;
            put(dst, inside ? src.pixels + place * (size_t)channels : fill, channels);
            at[0] += m[0];
            if (!scales_only) at[1] += m[3];
        }
        if (!scales_only) start[0] += m[1];
        start[1] += m[4];
    }
}

ALWAYS_INLINE void nearest(
    struct picture src, const double m[6], const uint8_t *fill, uint8_t *dst, int width, int height,
    const int channels
) {
    const bool fits = fits_fixed(m, 0, 0) && fits_fixed(m, width, height) && fits_fixed(m, 0, height)
        && fits_fixed(m, width, 0);
    if ((m[1] != 0 || m[3] != 0) && fits) nearest_fixed(src, m, fill, dst, width, height, channels);
    else nearest_float(src, m, fill, dst, width, height, channels);
}

int fovea_warp(
    const uint8_t *src, int width, int height, int channels, const double m[6], int filter,
    const uint8_t fill[4], uint8_t *dst, int out_width, int out_height
) {
    struct picture picture = {src, width, height};
    if (filter == FOVEA_WARP_NEAREST) {
        switch (channels) {
        case 1: nearest(picture, m, fill, dst, out_width, out_height, 1); break;
        case 3: nearest(picture, m, fill, dst, out_width, out_height, 3); break;
        default: nearest(picture, m, fill, dst, out_width, out_height, 4); break;
        }
        return 0;
    }
    uint8_t *premultiplied = NULL;
    if (channels == 4) {
        const size_t pixels = (size_t)width * (size_t)height;
        premultiplied = malloc(pixels * 4);
        if (!premultiplied) return ENOMEM;
        fovea_premultiply(src, pixels, premultiplied);
        picture.pixels = premultiplied;
    }
    fovea_kernels()->warp(
        &picture, m, filter == FOVEA_WARP_BICUBIC, channels, fill, dst, out_width, out_height);
    free(premultiplied);
    return 0;
}
