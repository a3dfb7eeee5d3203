// Pillow's `precompute_coeffs` and `normalize_coeffs_8bpc`, restated: where its result hangs on the order of
// floating-point operations, the same order is kept.

#include "axis.h"
#include "CPixels.h"

#include <math.h>
#include <stdlib.h>

static double radius(int filter) {
    switch (filter) {
    case FOVEA_FILTER_BOX: return 0.5;
    case FOVEA_FILTER_BICUBIC: return 2.0;
    case FOVEA_FILTER_LANCZOS: return 3.0;
    default: return 1.0;
    }
}

static double sinc(double x) {
    if (x == 0.0) return 1.0;
    x *= M_PI;
    return sin(x) / x;
}

static double hamming(double x) {
    x = fabs(x);
    if (x == 0.0) return 1.0;
    if (x >= 1.0) return 0.0;
    x *= M_PI;
    // Pillow's constants are floats, and differ from the doubles 0.54 and 0.46.
    return sin(x) / x * (0.54f + 0.46f * cos(x));
}

static double bicubic(double x) {
    const double a = -0.5;
    x = fabs(x);
    if (x < 1.0) return ((a + 2.0) * x - (a + 3.0)) * x * x + 1;
    if (x < 2.0) return (((x - 5) * x + 8) * x - 4) * a;
    return 0.0;
}

static double bilinear(double x) {
    x = fabs(x);
    return x < 1.0 ? 1.0 - x : 0.0;
}

static void window(int filter, int first, double centre, double step, int count, double *values) {
    switch (filter) {
    case FOVEA_FILTER_BOX:
        for (int i = 0; i < count; i++) {
            double x = ((double)(first + i) - centre + 0.5) * step;
            values[i] = x > -0.5 && x <= 0.5 ? 1.0 : 0.0;
        }
        break;
    case FOVEA_FILTER_BILINEAR:
        for (int i = 0; i < count; i++) values[i] = bilinear(((double)(first + i) - centre + 0.5) * step);
        break;
    case FOVEA_FILTER_HAMMING:
        for (int i = 0; i < count; i++) values[i] = hamming(((double)(first + i) - centre + 0.5) * step);
        break;
    case FOVEA_FILTER_BICUBIC:
        for (int i = 0; i < count; i++) values[i] = bicubic(((double)(first + i) - centre + 0.5) * step);
        break;
    default:
        for (int i = 0; i < count; i++) {
            double x = ((double)(first + i) - centre + 0.5) * step;
            values[i] = -3.0 <= x && x < 3.0 ? sinc(x) * sinc(x / 3) : 0.0;
        }
    }
}

/// Divides the window by its sum and rounds to fixed point, half away from zero. Returns whether every value
/// was further than `margin` from the middle between two integers.
static bool normalize(double *values, int count, double margin, int32_t *weights) {
    double sum = 0.0;
    for (int i = 0; i < count; i++) sum += values[i];
    if (sum != 0.0)
        for (int i = 0; i < count; i++) values[i] /= sum;
    int doubtful = 0;
    for (int i = 0; i < count; i++) {
        double scaled = values[i] * (1 << WEIGHT_BITS);
        int32_t weight = (int32_t)(scaled < 0 ? scaled - 0.5 : scaled + 0.5);
        weights[i] = weight;
        doubtful |= fabs(fabs(scaled - weight) - 0.5) < margin;
    }
    return !doubtful;
}

bool axis_init(
    struct axis *axis, int in_size, float low, float high, int out_size, int filter,
    const struct kernels *kernels
) {
    *axis = (struct axis){.in_size = in_size, .out_size = out_size};
    axis->first = malloc((size_t)out_size * sizeof(int32_t));
    axis->count = malloc((size_t)out_size * sizeof(int32_t));
    if (!axis->first || !axis->count) return false;
    // The difference is taken in single precision, as Pillow takes it.
    const double scale = (double)(high - low) / out_size;
    const double filter_scale = scale < 1.0 ? 1.0 : scale;
    const double reach = radius(filter) * filter_scale, step = 1.0 / filter_scale;
    for (int x = 0; x < out_size; x++) {
        const double centre = low + (x + 0.5) * scale;
        int from = (int)(centre - reach + 0.5), to = (int)(centre + reach + 0.5);
        if (from < 0) from = 0;
        if (to > in_size) to = in_size;
        axis->first[x] = from;
        axis->count[x] = to > from ? to - from : 0;
        if (axis->count[x] > axis->widest) axis->widest = axis->count[x];
    }
    if (axis->widest == 0) axis->widest = 1;
    axis->weights = calloc((size_t)out_size * (size_t)axis->widest, sizeof(int32_t));
    double *values = malloc((size_t)axis->widest * sizeof(double));
    if (!axis->weights || !values) {
        free(values);
        return false;
    }
    for (int x = 0; x < out_size; x++) {
        const double centre = low + (x + 0.5) * scale;
        int32_t *weights = axis->weights + (size_t)x * (size_t)axis->widest;
        if (filter == FOVEA_FILTER_LANCZOS) {
            // Sines of the C library are most of the cost of hashing a small image. The polynomial differs
            // from them by so little that only a weight almost in the middle of two integers could round
            // otherwise.
            const double margin = 1e-5;
            kernels->lanczos(axis->first[x], centre, step, axis->count[x], values);
            if (normalize(values, axis->count[x], margin, weights)) continue;
        }
        window(filter, axis->first[x], centre, step, axis->count[x], values);
        normalize(values, axis->count[x], 0, weights);
    }
    free(values);
    return true;
}

void axis_free(struct axis *axis) {
    free(axis->first);
    free(axis->count);
    free(axis->weights);
    *axis = (struct axis){0};
}
