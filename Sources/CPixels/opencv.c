// INTER_LINEAR and INTER_AREA of 8-bit images as OpenCV computes them.

#include "CPixels.h"
#include "kernels.h"

#include <errno.h>
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static double scale_of(int in_size, int out_size) { return 1.0 / ((double)out_size / in_size); }

static int floored(double v) { return (int)floor(v); }

// MARK: Linear
//
// Weights have 11 bits: 2048 is one. A row is brought to the output's width in 19 bits, and two rows are
// blended with 4 + 16 bits dropped from each product.

static const float one = 2048.0f;

static int16_t to_weight(float value) { return (int16_t)lrintf(value * one); }

/// Where output `i` falls. `is_area` is OpenCV's rule for INTER_AREA where it cannot average, since a side
/// grows.
static struct linear_tap locate(int i, int in_size, int out_size, bool is_area, bool clamps) {
    const double scale = scale_of(in_size, out_size), inverse = (double)out_size / in_size;
    int first;
    float fraction;
    if (is_area) {
        first = floored(i * scale);
        fraction = (float)((i + 1) - (first + 1) * inverse);
        fraction = fraction <= 0 ? 0.0f : fraction - (float)floored(fraction);
    } else {
        fraction = (float)((i + 0.5) * scale - 0.5);
        first = floored(fraction);
        fraction -= (float)first;
    }
    if (clamps && first < 0) {
        first = 0;
        fraction = 0;
    }
    if (clamps && first >= in_size - 1) {
        first = in_size - 1;
        fraction = 0;
    }
    return (struct linear_tap){first, {to_weight(1.0f - fraction), to_weight(fraction)}};
}

static int resize_linear(const fovea_resample_spec *spec, const uint8_t *src, uint8_t *dst, bool is_area) {
    const struct kernels *kernels = fovea_kernels();
    const int channels = spec->channels;
    const size_t stride = (size_t)spec->in_width * (size_t)channels;
    const size_t samples = (size_t)spec->out_width * (size_t)channels;
    struct linear_tap *taps = malloc((size_t)spec->out_width * sizeof *taps);
    int32_t *rows[2] = {malloc(samples * sizeof(int32_t)), malloc(samples * sizeof(int32_t))};
    const bool has_memory = taps && rows[0] && rows[1];
    int held[2] = {-1, -1};
    if (has_memory)
        for (int x = 0; x < spec->out_width; x++)
            taps[x] = locate(x, spec->in_width, spec->out_width, is_area, true);
    for (int y = 0; has_memory && y < spec->out_height; y++) {
        // Down, the weights of an outer row stay and the row repeats.
        const struct linear_tap tap = locate(y, spec->in_height, spec->out_height, is_area, false);
        for (int i = 0; i < 2; i++) {
            int row = tap.first + i;
            row = row < 0 ? 0 : row < spec->in_height ? row : spec->in_height - 1;
            if (held[i] == row) continue;
            if (i == 0 && held[1] == row) {
                int32_t *swapped = rows[0];
                rows[0] = rows[1];
                rows[1] = swapped;
                held[1] = held[0];
                held[0] = row;
                continue;
            }
            kernels->linear_row(src + (size_t)row * stride, stride, channels, taps, spec->out_width, rows[i]);
            held[i] = row;
        }
        kernels->linear_blend(rows[0], rows[1], tap.weights, samples, dst + (size_t)y * samples);
    }
    free(taps);
    free(rows[0]);
    free(rows[1]);
    return has_memory ? 0 : ENOMEM;
}

// MARK: Area by whole numbers

ALWAYS_INLINE void add_across(
    const uint32_t *sums, int width, int across, bool is_two_by_two, float share, uint8_t *dst,
    const int channels
) {
    for (int x = 0; x < width; x++, sums += across * channels, dst += channels) {
        for (int c = 0; c < channels; c++) {
            uint32_t sum = 0;
            for (int i = 0; i < across; i++) sum += sums[i * channels + c];
            // OpenCV rounds half up in its quick case of 2 × 2, half to even in all others.
            dst[c] = is_two_by_two ? (uint8_t)((sum + 2) >> 2) : (uint8_t)lrintf((float)(int32_t)sum * share);
        }
    }
}

static int resize_area_whole(
    const fovea_resample_spec *spec, const uint8_t *src, uint8_t *dst, int across, int down
) {
    const struct kernels *kernels = fovea_kernels();
    const size_t stride = (size_t)spec->in_width * (size_t)spec->channels;
    const size_t samples = (size_t)spec->out_width * (size_t)spec->channels;
    const bool is_two_by_two = across == 2 && down == 2;
    const float share = 1.0f / (float)(across * down);
    uint32_t *sums = malloc(stride * sizeof(uint32_t));
    if (!sums) return ENOMEM;
    for (int y = 0; y < spec->out_height; y++, src += (size_t)down * stride, dst += samples) {
        kernels->add_rows(src, stride, down, stride, sums);
        switch (spec->channels) {
        case 1: add_across(sums, spec->out_width, across, is_two_by_two, share, dst, 1); break;
        case 3: add_across(sums, spec->out_width, across, is_two_by_two, share, dst, 3); break;
        default: add_across(sums, spec->out_width, across, is_two_by_two, share, dst, 4); break;
        }
    }
    free(sums);
    return 0;
}

// MARK: Area in general

/// Which input counts how much in which output. At most `2 × in_size` shares.
static int make_shares(int in_size, int out_size, struct share *shares) {
    const double scale = scale_of(in_size, out_size);
    int count = 0;
    for (int i = 0; i < out_size; i++) {
        const double begin = i * scale, end = begin + scale;
        const double width = scale < in_size - begin ? scale : in_size - begin;
        int first = (int)ceil(begin), last = floored(end);
        if (last > in_size - 1) last = in_size - 1;
        if (first > last) first = last;
        if (first - begin > 1e-3)
            shares[count++] = (struct share){first - 1, i, (float)((first - begin) / width)};
        for (int in = first; in < last; in++) shares[count++] = (struct share){in, i, (float)(1.0 / width)};
        if (end - last > 1e-3) {
            double part = end - last < 1.0 ? end - last : 1.0;
            shares[count++] = (struct share){last, i, (float)((part < width ? part : width) / width)};
        }
    }
    return count;
}

static int resize_area(const fovea_resample_spec *spec, const uint8_t *src, uint8_t *dst) {
    const struct kernels *kernels = fovea_kernels();
    const size_t bytes = (size_t)spec->in_width * (size_t)spec->channels;
    const size_t samples = (size_t)spec->out_width * (size_t)spec->channels;
    struct share *across = malloc(((size_t)spec->in_width * 2 + 2) * sizeof *across);
    struct share *down = malloc(((size_t)spec->in_height * 2 + 2) * sizeof *down);
    float *rows = malloc((ROWS_AT_ONCE + 1) * samples * sizeof(float));
    const bool has_memory = across && down && rows;
    if (has_memory) {
        const int across_count = make_shares(spec->in_width, spec->out_width, across);
        const int down_count = make_shares(spec->in_height, spec->out_height, down);
        float *sums = rows + ROWS_AT_ONCE * samples;
        int first = 0, end = 0;
        for (int k = 0; k < down_count; k++) {
            const int row = down[k].in, out = down[k].out;
            if (row >= end) {
                first = row;
                end = spec->in_height - row < ROWS_AT_ONCE ? spec->in_height : row + ROWS_AT_ONCE;
                kernels->shared_rows(
                    src + (size_t)row * bytes, bytes, spec->channels, across, across_count, end - first, rows,
                    samples);
            }
            const bool begins = k == 0 || down[k - 1].out != out;
            const float *brought = rows + (size_t)(row - first) * samples;
            kernels->accumulate(sums, brought, down[k].weight, samples, begins);
            if (k + 1 == down_count || down[k + 1].out != out)
                kernels->round_floats(sums, samples, dst + (size_t)out * samples);
        }
    }
    free(across);
    free(down);
    free(rows);
    return has_memory ? 0 : ENOMEM;
}

// MARK: Choice

/// Whether both scales are whole numbers, and which.
static bool whole_scales(const fovea_resample_spec *spec, int scales[2]) {
    const double across = scale_of(spec->in_width, spec->out_width);
    const double down = scale_of(spec->in_height, spec->out_height);
    scales[0] = (int)lrint(across);
    scales[1] = (int)lrint(down);
    return fabs(across - scales[0]) < DBL_EPSILON && fabs(down - scales[1]) < DBL_EPSILON;
}

static bool keeps_size(const fovea_resample_spec *spec) {
    return spec->in_width == spec->out_width && spec->in_height == spec->out_height;
}

static void copy(const fovea_resample_spec *spec, const uint8_t *src, uint8_t *dst) {
    memcpy(dst, src, (size_t)spec->in_width * (size_t)spec->in_height * (size_t)spec->channels);
}

int fovea_resize_linear(const fovea_resample_spec *spec, const uint8_t *src, uint8_t *dst) {
    int scales[2];
    if (keeps_size(spec)) {
        copy(spec, src, dst);
        return 0;
    }
    if (whole_scales(spec, scales) && scales[0] == 2 && scales[1] == 2)
        return resize_area_whole(spec, src, dst, 2, 2);
    return resize_linear(spec, src, dst, false);
}

int fovea_resize_area(const fovea_resample_spec *spec, const uint8_t *src, uint8_t *dst) {
    int scales[2];
    if (keeps_size(spec)) {
        copy(spec, src, dst);
        return 0;
    }
    if (spec->in_width < spec->out_width || spec->in_height < spec->out_height)
        return resize_linear(spec, src, dst, true);
    if (whole_scales(spec, scales)) return resize_area_whole(spec, src, dst, scales[0], scales[1]);
    return resize_area(spec, src, dst);
}
