#include "CPixels.h"
#include "kernels.h"

#include <string.h>

void fovea_crop(
    const uint8_t *src, int src_width, int channels, int x, int y, int width, int height, uint8_t *dst
) {
    const size_t stride = (size_t)src_width * (size_t)channels, bytes = (size_t)width * (size_t)channels;
    src += (size_t)y * stride + (size_t)x * (size_t)channels;
    for (int row = 0; row < height; row++, src += stride, dst += bytes) memcpy(dst, src, bytes);
}

void fovea_lay(
    const uint8_t *src, int width, int height, int channels, const uint8_t fill[4], int x, int y,
    uint8_t *dst, int out_width, int out_height
) {
    const size_t stride = (size_t)out_width * (size_t)channels, bytes = (size_t)width * (size_t)channels;
    for (size_t at = 0; at < stride; at += (size_t)channels) memcpy(dst + at, fill, (size_t)channels);
    for (int row = 1; row < out_height; row++) memcpy(dst + (size_t)row * stride, dst, stride);
    dst += (size_t)y * stride + (size_t)x * (size_t)channels;
    for (int row = 0; row < height; row++, src += bytes, dst += stride) memcpy(dst, src, bytes);
}

// MARK: Mirrors and quarter turns

ALWAYS_INLINE void mirror_row(const uint8_t *src, int width, uint8_t *dst, const int channels) {
    dst += (size_t)(width - 1) * (size_t)channels;
    for (int x = 0; x < width; x++, src += channels, dst -= channels)
        for (int channel = 0; channel < channels; channel++) dst[channel] = src[channel];
}

void fovea_flip(const uint8_t *src, int width, int height, int channels, int across, int down, uint8_t *dst) {
    const size_t stride = (size_t)width * (size_t)channels;
    for (int y = 0; y < height; y++) {
        const uint8_t *row = src + (size_t)y * stride;
        uint8_t *target = dst + (size_t)(down ? height - 1 - y : y) * stride;
        if (!across) memcpy(target, row, stride);
        else if (channels == 1) mirror_row(row, width, target, 1);
        else if (channels == 3) mirror_row(row, width, target, 3);
        else mirror_row(row, width, target, 4);
    }
}

/// In tiles, since one of both sides is walked across its rows.
ALWAYS_INLINE void turn_tiles(
    const uint8_t *src, int width, int height, int clockwise, uint8_t *dst, const int channels
) {
    enum { TILE = 32 };
    for (int top = 0; top < height; top += TILE) {
        const int bottom = top + TILE < height ? top + TILE : height;
        for (int left = 0; left < width; left += TILE) {
            const int right = left + TILE < width ? left + TILE : width;
            for (int x = left; x < right; x++) {
                const int row = clockwise ? x : width - 1 - x;
                for (int y = top; y < bottom; y++) {
                    const int column = clockwise ? height - 1 - y : y;
                    const uint8_t *from = src + ((size_t)y * (size_t)width + (size_t)x) * (size_t)channels;
                    uint8_t *to = dst + ((size_t)row * (size_t)height + (size_t)column) * (size_t)channels;
                    for (int channel = 0; channel < channels; channel++) to[channel] = from[channel];
                }
            }
        }
    }
}

void fovea_turn(const uint8_t *src, int width, int height, int channels, int clockwise, uint8_t *dst) {
    switch (channels) {
    case 1: turn_tiles(src, width, height, clockwise, dst, 1); break;
    case 3: turn_tiles(src, width, height, clockwise, dst, 3); break;
    default: turn_tiles(src, width, height, clockwise, dst, 4); break;
    }
}
