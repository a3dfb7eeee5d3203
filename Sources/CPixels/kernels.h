#ifndef FOVEA_PIXELS_KERNELS_H
#define FOVEA_PIXELS_KERNELS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ALWAYS_INLINE __attribute__((always_inline)) static inline

/// Fraction bits of a weight, as in Pillow: 32 less 8 for the sample and 2 for overshoot.
#define WEIGHT_BITS 22

/// Rows that a row kernel takes at once, so that weights are loaded once for all.
#define ROWS_AT_ONCE 4

/// One direction of a resize: the window of inputs of each output, and their weights in fixed point.
struct axis {
    int in_size, out_size;
    /// The most inputs that an output has.
    int widest;
    /// First input and number of inputs of each output.
    int32_t *first, *count;
    /// `out_size × widest`, 0 past an output's count.
    int32_t *weights;
};

/// What a row kernel of one level needs to resize rows along an axis.
struct row_program {
    const struct axis *axis;
    int channels;
    size_t in_bytes, out_bytes;
    /// Laid out as the level likes it, 64-byte aligned.
    uint8_t *table;
    /// The rest belongs to the AVX-512 level: how many 64-byte halves a group of outputs reads (0: an output
    /// reads whole blocks), the vectors of four taps (or blocks) of each, and where each group starts to
    /// read.
    int halves, steps, groups;
    int64_t *bases;
};

/// OpenCV's linear resize: the first of the two inputs of an output, and the weights of both (2048 is one).
struct linear_tap {
    int first;
    int16_t weights[2];
};

/// OpenCV's area resize: how much an input counts in an output.
struct share {
    int in, out;
    float weight;
};

/// The source of a warp.
struct picture {
    const uint8_t *pixels;
    int width, height;
};

struct kernels {
    /// Bytes of `table` and elements of `bases` that `fill_rows` will write.
    void (*measure_rows)(struct row_program *program, size_t *table_bytes, size_t *base_count);
    void (*fill_rows)(struct row_program *program);
    /// Resizes `count` rows (1 to ROWS_AT_ONCE).
    void (*rows)(
        const struct row_program *program, const uint8_t *src, size_t stride, int count, uint8_t *dst,
        size_t dst_stride);
    /// One output row of `bytes` from `count` rows. `rows` has pointers up to the next multiple of four, and
    /// `scratch` room for 3 bytes and 4 more per weight.
    void (*columns)(
        const uint8_t *const *rows, const int32_t *weights, int count, size_t bytes, uint8_t *scratch,
        uint8_t *dst);
    /// Values of the Lanczos window at `(first + i - centre + 0.5) × step`, each within 1e-13.
    void (*lanczos)(int first, double centre, double step, int count, double *values);
    void (*gray)(const uint8_t *src, size_t pixels, int channels, uint8_t *dst);
    void (*premultiply)(const uint8_t *src, size_t pixels, uint8_t *dst);
    void (*unpremultiply)(uint8_t *pixels, size_t count);
    void (*threshold)(const uint8_t *src, size_t pixels, int channels, int value, uint8_t *dst);
    void (*to_planes)(const uint8_t *src, size_t pixels, int channels, uint8_t *dst);
    /// Two neighbours of each output, `bytes` in all, to sums with 11 fraction bits.
    void (*linear_row)(
        const uint8_t *src, size_t bytes, int channels, const struct linear_tap *taps, int width,
        int32_t *dst);
    /// Two such rows to bytes.
    void (*linear_blend)(
        const int32_t *upper, const int32_t *lower, const int16_t weights[2], size_t count, uint8_t *dst);
    /// `count` rows (1 to ROWS_AT_ONCE) of `bytes` to rows of `samples` weighted sums.
    void (*shared_rows)(
        const uint8_t *src, size_t bytes, int channels, const struct share *shares, int share_count,
        int count, float *sums, size_t samples);
    /// `sum = scale × row`, or `sum += scale × row`.
    void (*accumulate)(float *sum, const float *row, float scale, size_t count, bool begins);
    /// Rounds to the nearest, half to even, and clamps.
    void (*round_floats)(const float *values, size_t count, uint8_t *dst);
    /// The sum of `rows` rows.
    void (*add_rows)(const uint8_t *src, size_t stride, int rows, size_t count, uint32_t *sums);
    /// Pillow's affine warp, bilinear or bicubic. Of four channels the source is premultiplied, the rest is
    /// not.
    void (*warp)(
        const struct picture *src, const double m[6], bool is_cubic, int channels, const uint8_t *fill,
        uint8_t *dst, int width, int height);
};

extern const struct kernels fovea_kernels_portable;
#if defined(__x86_64__)
extern const struct kernels fovea_kernels_avx2;
extern const struct kernels fovea_kernels_avx512;
#endif

/// The kernels that the calling thread uses.
const struct kernels *fovea_kernels(void);

#endif
