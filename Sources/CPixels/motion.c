#include "CPixels.h"

#include <stdlib.h>
#include <string.h>

// Samples and their mean are 8-bit, the background and its deviations have eight binary places more.

struct fovea_motion {
    int width, height;
    int has_background;
    uint16_t *background, *deviation;
    uint8_t *previous;
    /// 255 where it is looked, 0 elsewhere.
    uint8_t *watched;
    size_t watched_count;
    /// What differs from the background, and from the sample before: 255 or 0.
    uint8_t *different, *changed;
    uint8_t *scratch;
};

// MARK: Shrinking

/// Rows of bytes whose sums fit 16 bits.
enum { MOST_ROWS = 257 };

static void add_bytes(const uint8_t *row, int count, uint16_t *sums) {
    for (int x = 0; x < count; x++) sums[x] = (uint16_t)(sums[x] + row[x]);
}

static void add_samples(const uint8_t *row, int sample_bytes, int shift, int count, uint32_t *sums) {
    if (sample_bytes == 1) {
        for (int x = 0; x < count; x++) sums[x] += row[x];
    } else {
        const uint16_t *wide = (const uint16_t *)row;
        for (int x = 0; x < count; x++) sums[x] += wide[x] >> shift;
    }
}

/// `(sum + area / 2) / area` for a mean of bytes. A multiplication does it for areas below 4096: the sum is below
/// 256 times the area, so that what rounding the reciprocal up adds stays below one part.
static inline uint8_t mean(uint32_t sum, uint32_t area, uint32_t reciprocal) {
    const uint32_t rounded = sum + area / 2;
    return (uint8_t)(reciprocal ? (uint64_t)rounded * reciprocal >> 32 : rounded / area);
}

/// The means of `columns` sums each, where all are as many.
static inline __attribute__((always_inline)) void even_means(
    const uint16_t *sums, const uint32_t columns, uint32_t area, uint32_t reciprocal, int count, uint8_t *out) {
    for (int x = 0; x < count; x++) {
        uint32_t sum = area / 2;
        for (uint32_t column = 0; column < columns; column++) sum += sums[(uint32_t)x * columns + column];
        out[x] = (uint8_t)((uint64_t)sum * reciprocal >> 32);
    }
}

/// The commonest: 640, 960, 1280 and 1920 columns to 320. 0 where it is none of them.
static int commonest_means(
    const uint16_t *sums, uint32_t columns, uint32_t area, uint32_t reciprocal, int count, uint8_t *out) {
    if (!reciprocal) return 0;
    switch (columns) {
    case 2: even_means(sums, 2, area, reciprocal, count, out); return 1;
    case 3: even_means(sums, 3, area, reciprocal, count, out); return 1;
    case 4: even_means(sums, 4, area, reciprocal, count, out); return 1;
    case 6: even_means(sums, 6, area, reciprocal, count, out); return 1;
    default: return 0;
    }
}

static uint32_t reciprocal_of(uint32_t area) {
    // Of one pixel there is nothing to divide, and its reciprocal has 33 bits.
    return area > 1 && area < 4096 ? (uint32_t)((((uint64_t)1 << 32) + area - 1) / area) : 0;
}

void fovea_motion_shrink(
    const uint8_t *rows, ptrdiff_t stride, int sample_bytes, int shift, int width, int height, uint32_t *scratch,
    uint8_t *dst, int out_width, int out_height) {
    uint32_t *const starts = scratch, *const sums = scratch + out_width + 1;
    for (int x = 0; x <= out_width; x++) starts[x] = (uint32_t)((int64_t)x * width / out_width);
    for (int y = 0; y < out_height; y++) {
        const int top = (int)((int64_t)y * height / out_height);
        const int below = (int)((int64_t)(y + 1) * height / out_height);
        const int bottom = below > top ? below : top + 1;
        const int is_short = sample_bytes == 1 && bottom - top <= MOST_ROWS;
        uint16_t *const short_sums = (uint16_t *)sums;
        memset(sums, 0, (size_t)width * (is_short ? sizeof *short_sums : sizeof *sums));
        for (int row = top; row < bottom; row++) {
            if (is_short) add_bytes(rows + row * stride, width, short_sums);
            else add_samples(rows + row * stride, sample_bytes, shift, width, sums);
        }
        uint8_t *out = dst + (size_t)y * (size_t)out_width;
        const uint32_t even = width % out_width == 0 ? (uint32_t)(width / out_width) : 0;
        uint32_t area = even * (uint32_t)(bottom - top), reciprocal = reciprocal_of(area);
        if (is_short && commonest_means(short_sums, even, area, reciprocal, out_width, out)) continue;
        for (int x = 0; x < out_width; x++) {
            const uint32_t left = starts[x], right = starts[x + 1] > left ? starts[x + 1] : left + 1;
            const uint32_t here = (right - left) * (uint32_t)(bottom - top);
            if (here != area) {
                area = here;
                reciprocal = reciprocal_of(area);
            }
            uint32_t sum = 0;
            if (is_short) {
                for (uint32_t column = left; column < right; column++) sum += short_sums[column];
            } else {
                for (uint32_t column = left; column < right; column++) sum += sums[column];
            }
            out[x] = mean(sum, area, reciprocal);
        }
    }
}

// MARK: The model

fovea_motion *fovea_motion_new(int width, int height, const uint8_t *watched) {
    const size_t count = (size_t)width * (size_t)height;
    fovea_motion *motion = calloc(1, sizeof *motion);
    if (!motion) return NULL;
    motion->width = width;
    motion->height = height;
    motion->background = malloc(count * sizeof *motion->background);
    motion->deviation = malloc(count * sizeof *motion->deviation);
    motion->previous = malloc(count);
    motion->watched = malloc(count);
    motion->different = malloc(count);
    motion->changed = malloc(count);
    motion->scratch = malloc(2 * count);
    if (!motion->background || !motion->deviation || !motion->previous || !motion->watched || !motion->different
        || !motion->changed || !motion->scratch) {
        fovea_motion_free(motion);
        return NULL;
    }
    for (size_t i = 0; i < count; i++) {
        motion->watched[i] = watched[i] ? 255 : 0;
        motion->watched_count += watched[i] != 0;
    }
    return motion;
}

void fovea_motion_free(fovea_motion *motion) {
    if (!motion) return;
    free(motion->background);
    free(motion->deviation);
    free(motion->previous);
    free(motion->watched);
    free(motion->different);
    free(motion->changed);
    free(motion->scratch);
    free(motion);
}

static int clamped(int value, int least, int most) { return value < least ? least : value > most ? most : value; }

/// How far a sample may be from the background without being different.
static inline int tolerance(int deviation, int factor, int least, int most) {
    const int wanted = deviation * factor;
    return wanted < least ? least : wanted > most ? most : wanted;
}

static void compare(fovea_motion *motion, const uint8_t *sample, const fovea_motion_rules *rules) {
    const size_t count = (size_t)motion->width * (size_t)motion->height;
    const int factor = rules->noise_factor, least = rules->least_difference << 8, most = rules->most_difference << 8;
    for (size_t i = 0; i < count; i++) {
        const int allowed = tolerance(motion->deviation[i], factor, least, most);
        const int difference = abs((sample[i] << 8) - motion->background[i]);
        const int change = abs(sample[i] - motion->previous[i]) << 8;
        motion->different[i] = difference > allowed ? motion->watched[i] : 0;
        motion->changed[i] = change > allowed ? motion->watched[i] : 0;
    }
}

// MARK: Opening
//
// Beyond the edge lies what changes nothing: all for an erosion, nothing for a dilation.

static void across(const uint8_t *src, uint8_t *dst, int width, int height, const int is_erosion) {
    for (int y = 0; y < height; y++) {
        const uint8_t *row = src + (size_t)y * (size_t)width;
        uint8_t *out = dst + (size_t)y * (size_t)width;
        const uint8_t beyond = is_erosion ? 255 : 0;
        if (width == 1) {
            out[0] = row[0];
            continue;
        }
        out[0] = is_erosion ? beyond & row[0] & row[1] : beyond | row[0] | row[1];
        if (is_erosion) {
            for (int x = 1; x < width - 1; x++) out[x] = row[x - 1] & row[x] & row[x + 1];
        } else {
            for (int x = 1; x < width - 1; x++) out[x] = row[x - 1] | row[x] | row[x + 1];
        }
        out[width - 1] = is_erosion ? row[width - 2] & row[width - 1] : row[width - 2] | row[width - 1];
    }
}

static void down(const uint8_t *src, uint8_t *dst, int width, int height, const int is_erosion) {
    for (int y = 0; y < height; y++) {
        const uint8_t *row = src + (size_t)y * (size_t)width;
        const uint8_t *above = y > 0 ? row - width : row, *below = y < height - 1 ? row + width : row;
        uint8_t *out = dst + (size_t)y * (size_t)width;
        if (is_erosion) {
            for (int x = 0; x < width; x++) out[x] = above[x] & row[x] & below[x];
        } else {
            for (int x = 0; x < width; x++) out[x] = above[x] | row[x] | below[x];
        }
    }
}

/// In place, by 3 × 3 pixels.
static void open_squares(uint8_t *mask, uint8_t *scratch, int width, int height) {
    across(mask, scratch, width, height, 1);
    down(scratch, mask, width, height, 1);
    across(mask, scratch, width, height, 0);
    down(scratch, mask, width, height, 0);
}

/// In place: what is in three pixels beside each other, or above each other.
static void open_lines(uint8_t *mask, uint8_t *scratch, int width, int height) {
    const size_t count = (size_t)width * (size_t)height;
    uint8_t *other = scratch + count;
    across(mask, scratch, width, height, 1);
    across(scratch, other, width, height, 0);
    down(mask, scratch, width, height, 1);
    down(scratch, mask, width, height, 0);
    for (size_t i = 0; i < count; i++) mask[i] |= other[i];
}

// MARK: Measuring

static void count_cells(const uint8_t *mask, int width, int height, uint32_t *counts) {
    int starts[FOVEA_MOTION_COLUMNS + 1];
    for (int column = 0; column <= FOVEA_MOTION_COLUMNS; column++)
        starts[column] = (column * width + FOVEA_MOTION_COLUMNS - 1) / FOVEA_MOTION_COLUMNS;
    memset(counts, 0, FOVEA_MOTION_CELLS * sizeof *counts);
    for (int y = 0; y < height; y++) {
        uint32_t *row = counts + (int)((int64_t)y * FOVEA_MOTION_ROWS / height) * FOVEA_MOTION_COLUMNS;
        const uint8_t *pixels = mask + (size_t)y * (size_t)width;
        for (int column = 0; column < FOVEA_MOTION_COLUMNS; column++) {
            uint32_t count = 0;
            for (int x = starts[column]; x < starts[column + 1]; x++) count += pixels[x] & 1;
            row[column] += count;
        }
    }
}

void fovea_motion_measure(
    fovea_motion *motion, const uint8_t *sample, const fovea_motion_rules *rules, fovea_motion_measures *out) {
    memset(out, 0, sizeof *out);
    out->watched = motion->watched_count;
    if (!motion->has_background) return;
    compare(motion, sample, rules);
    const int width = motion->width, height = motion->height;
    open_squares(motion->different, motion->scratch, width, height);
    open_lines(motion->changed, motion->scratch, width, height);
    uint32_t different[FOVEA_MOTION_CELLS];
    count_cells(motion->different, width, height, different);
    count_cells(motion->changed, width, height, out->cells);
    for (int cell = 0; cell < FOVEA_MOTION_CELLS; cell++) {
        out->different += different[cell];
        if (!different[cell]) out->cells[cell] = 0;
        out->moving += out->cells[cell];
    }
}

void fovea_motion_learn(
    fovea_motion *motion, const uint8_t *sample, const fovea_motion_rules *rules, double rate, int begins_anew) {
    const size_t count = (size_t)motion->width * (size_t)motion->height;
    if (!motion->has_background || begins_anew) {
        for (size_t i = 0; i < count; i++) {
            motion->background[i] = (uint16_t)(sample[i] << 8);
            motion->deviation[i] = FOVEA_MOTION_FIRST_DEVIATION << 8;
        }
        memcpy(motion->previous, sample, count);
        motion->has_background = 1;
        return;
    }
    const int factor = rules->noise_factor, least = rules->least_difference << 8, most = rules->most_difference << 8;
    // Sixteen binary places: what still counts of a difference of one level. Of what moves, little is learnt.
    const int weight = clamped((int)(rate * 65536 + 0.5), 0, 65536), less = weight / 8, least_weight = weight / 32;
    for (size_t i = 0; i < count; i++) {
        const int allowed = tolerance(motion->deviation[i], factor, least, most);
        const int difference = (sample[i] << 8) - motion->background[i], distance = abs(difference);
        const int change = abs(sample[i] - motion->previous[i]) << 8;
        const int is_different = distance > allowed;
        const int moves = is_different & (change > allowed);
        const int of_mean = moves ? less : weight;
        const int of_deviation = moves ? least_weight : is_different ? 0 : weight;
        motion->background[i] = (uint16_t)(motion->background[i] + (int)((int64_t)difference * of_mean >> 16));
        motion->deviation[i] =
            (uint16_t)(motion->deviation[i] + (int)((int64_t)(distance - motion->deviation[i]) * of_deviation >> 16));
    }
    memcpy(motion->previous, sample, count);
}
