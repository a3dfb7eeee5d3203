#include "CPixels.h"
#include "resample.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

// MARK: Histogram
//
// Four counters per value, taken in turn: a run of equal samples would otherwise wait for its own last store.

enum { COPIES = 4 };

ALWAYS_INLINE void count_samples(const uint8_t *src, size_t pixels, uint32_t *counts, const int channels) {
    uint32_t copies[COPIES][4][256];
    memset(copies, 0, sizeof copies);
    size_t i = 0;
    for (; i + COPIES <= pixels; i += COPIES, src += COPIES * channels) {
        for (int copy = 0; copy < COPIES; copy++)
            for (int channel = 0; channel < channels; channel++)
                copies[copy][channel][src[copy * channels + channel]]++;
    }
    for (; i < pixels; i++, src += channels)
        for (int channel = 0; channel < channels; channel++) copies[0][channel][src[channel]]++;
    for (int channel = 0; channel < channels; channel++)
        for (int value = 0; value < 256; value++)
            for (int copy = 0; copy < COPIES; copy++)
                counts[channel * 256 + value] += copies[copy][channel][value];
}

void fovea_histogram(const uint8_t *src, size_t pixels, int channels, uint32_t *counts) {
    switch (channels) {
    case 1: count_samples(src, pixels, counts, 1); break;
    case 3: count_samples(src, pixels, counts, 3); break;
    default: count_samples(src, pixels, counts, 4); break;
    }
}

// MARK: One pass for everything

int fovea_reduce(const uint8_t *src, int width, int height, int channels, const fovea_reductions *out) {
    static const int sizes[3][2] = {{32, 32}, {9, 8}, {8, 8}};
    uint8_t *const targets[3] = {out->luma_32, out->luma_9x8, out->luma_8};
    const bool needs_luma = out->luma_32 || out->luma_9x8 || out->luma_8;
    struct resample resamples[3];
    int used = 0, status = 0;
    for (int i = 0; i < 3 && status == 0; i++) {
        if (!targets[i]) continue;
        fovea_resample_spec spec = {
            .channels = 1, .in_width = width, .in_height = height, .out_width = sizes[i][0],
            .out_height = sizes[i][1], .filter = FOVEA_FILTER_LANCZOS, .box = {0, 0, (float)width,
                (float)height},
        };
        if (!resample_init(&resamples[used++], &spec, targets[i])) status = ENOMEM;
    }
    // Rows are taken in strips that stay in the second-level cache while each consumer goes over them.
    const int strip = 4 * ROWS_AT_ONCE;
    uint8_t *luma = needs_luma && channels > 1 ? malloc((size_t)strip * (size_t)width) : NULL;
    if (needs_luma && channels > 1 && !luma) status = ENOMEM;
    const size_t stride = (size_t)width * (size_t)channels;
    for (int y = 0; y < height && status == 0; y += strip) {
        const int count = height - y < strip ? height - y : strip;
        const size_t pixels = (size_t)count * (size_t)width;
        const uint8_t *rows = src + (size_t)y * stride, *gray = rows;
        if (out->histogram) fovea_histogram(rows, pixels, channels, out->histogram);
        if (luma) {
            fovea_gray(rows, pixels, channels, luma);
            gray = luma;
        }
        for (int i = 0; i < used; i++) resample_push(&resamples[i], gray, (size_t)width, count);
    }
    free(luma);
    for (int i = 0; i < used; i++) resample_free(&resamples[i]);
    return status;
}
