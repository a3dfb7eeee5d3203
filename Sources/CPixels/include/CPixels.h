#ifndef FOVEA_CPIXELS_H
#define FOVEA_CPIXELS_H

#include <stddef.h>
#include <stdint.h>

// Kernels over 8-bit images. Pixels are interleaved, rows follow each other without padding, `channels` is 1,
// 3 or 4. Each kernel exists once per instruction set; all of them give the same bytes. No function keeps a
// pointer.

// MARK: Instruction sets

/// Plain C, whatever the compiler's baseline is.
#define FOVEA_LEVEL_PORTABLE 0
/// AVX2.
#define FOVEA_LEVEL_AVX2 1
/// AVX-512 F, BW, DQ, VL, VBMI and VNNI (Ice Lake, Zen 4 and later).
#define FOVEA_LEVEL_AVX512 2

/// The highest level that this processor has.
int fovea_pixels_best_level(void);

/// Makes the calling thread use `level`, or the best one again if `level` is negative or not available here:
/// for tests, which compare the levels with each other.
void fovea_pixels_force_level(int level);

// MARK: Resizing as Pillow does it

#define FOVEA_FILTER_BOX 0
#define FOVEA_FILTER_BILINEAR 1
#define FOVEA_FILTER_HAMMING 2
#define FOVEA_FILTER_BICUBIC 3
#define FOVEA_FILTER_LANCZOS 4

/// One resize: the source box (left, top, right, bottom) of an image becomes an image of the output's size.
typedef struct {
    int channels;
    int in_width, in_height;
    int out_width, out_height;
    int filter;
    float box[4];
} fovea_resample_spec;

/// Convolution across and then down with 8-bit rounding between, to the bit as Pillow up to 10.4; four
/// channels are resized with the colour multiplied by alpha. Returns 0, or ENOMEM.
int fovea_resample(const fovea_resample_spec *spec, const uint8_t *src, uint8_t *dst);

/// Nearest neighbour, with the coordinates that Pillow accumulates. Returns 0, or ENOMEM.
int fovea_resample_nearest(const fovea_resample_spec *spec, const uint8_t *src, uint8_t *dst);

// MARK: Resizing as OpenCV does it

/// INTER_LINEAR of 8-bit images. Returns 0, or ENOMEM.
int fovea_resize_linear(const fovea_resample_spec *spec, const uint8_t *src, uint8_t *dst);

/// INTER_AREA of 8-bit images. Returns 0, or ENOMEM.
int fovea_resize_area(const fovea_resample_spec *spec, const uint8_t *src, uint8_t *dst);

// MARK: Colour

/// Luma of RGB or RGBA: `(19595 R + 38470 G + 7471 B + 32768) >> 16`; a copy of one channel.
void fovea_gray(const uint8_t *src, size_t pixels, int channels, uint8_t *dst);

/// Colour times alpha, rounded as Pillow's conversion from RGBA to RGBa.
void fovea_premultiply(const uint8_t *src, size_t pixels, uint8_t *dst);

/// Colour divided by alpha in place, truncated as Pillow's conversion from RGBa to RGBA.
void fovea_unpremultiply(uint8_t *pixels, size_t count);

/// Colour samples that are not above `value` become 0; the alpha of four channels stays.
void fovea_threshold(const uint8_t *src, size_t pixels, int channels, int value, uint8_t *dst);

/// Adds to `counts[channel * 256 + sample]`.
void fovea_histogram(const uint8_t *src, size_t pixels, int channels, uint32_t *counts);

/// `dst[i] = tables[channel * 256 + src[i]]`; planar output puts one channel after the other.
void fovea_to_float(
    const uint8_t *src, size_t pixels, int channels, const float *tables, int planar, float *dst);

/// Interleaved samples to one plane per channel.
void fovea_to_planes(const uint8_t *src, size_t pixels, int channels, uint8_t *dst);

// MARK: Geometry

void fovea_crop(const uint8_t *src, int src_width, int channels, int x, int y, int width, int height,
    uint8_t *dst);

/// Fills `dst` with the pixel `fill` and lays `src` onto it at (x, y), where it must fit.
void fovea_lay(
    const uint8_t *src, int width, int height, int channels, const uint8_t fill[4], int x, int y,
    uint8_t *dst, int out_width, int out_height);

/// Mirrors left and right if `across`, top and bottom if `down`.
void fovea_flip(const uint8_t *src, int width, int height, int channels, int across, int down, uint8_t *dst);

/// A quarter turn; `dst` is `height × width`.
void fovea_turn(const uint8_t *src, int width, int height, int channels, int clockwise, uint8_t *dst);

#define FOVEA_WARP_NEAREST 0
#define FOVEA_WARP_BILINEAR 1
#define FOVEA_WARP_BICUBIC 2

/// An affine warp as Pillow's `Image.transform`: the output's pixel centre (x, y) is taken from
/// (m[0] x + m[1] y + m[2], m[3] x + m[4] y + m[5]), or is `fill` where that lies outside the source. Four
/// channels are interpolated with the colour multiplied by alpha, unless nearest. Returns 0, or ENOMEM.
int fovea_warp(
    const uint8_t *src, int width, int height, int channels, const double m[6], int filter,
    const uint8_t fill[4], uint8_t *dst, int out_width, int out_height);

// MARK: Hashing

/// Where `fovea_reduce` writes; a null pointer leaves a thing out.
typedef struct {
    /// Luma by Lanczos, 32 × 32, 9 × 8 (width × height) and 8 × 8.
    uint8_t *luma_32, *luma_9x8, *luma_8;
    /// `channels × 256` counts, added to.
    uint32_t *histogram;
} fovea_reductions;

/// All that hashing and statistics need, in one pass over the pixels. Returns 0, or ENOMEM.
int fovea_reduce(const uint8_t *src, int width, int height, int channels, const fovea_reductions *out);

/// The 8 × 8 lowest frequencies of the unnormalised DCT-II of 32 × 32 samples, down and then across, with the
/// additions and multiplications in the order in which SciPy's pocketfft does them, so that even its rounding
/// errors are the same.
void fovea_dct_corner(const uint8_t samples[1024], double corner[64]);

// MARK: Motion

/// Columns and rows of the grid that is laid over a picture to say where something moves.
#define FOVEA_MOTION_COLUMNS 16
#define FOVEA_MOTION_ROWS 9
#define FOVEA_MOTION_CELLS (FOVEA_MOTION_COLUMNS * FOVEA_MOTION_ROWS)
/// How far samples are taken to be from the background before any was seen, in levels.
#define FOVEA_MOTION_FIRST_DEVIATION 2

/// A background that is learnt, the sample before, and where it is looked.
typedef struct fovea_motion fovea_motion;

typedef struct {
    /// A sample is different where it is further from the background than this times the mean deviation there …
    int noise_factor;
    /// … but not less, nor more than this, in levels.
    int least_difference, most_difference;
} fovea_motion_rules;

/// Counts of pixels.
typedef struct {
    uint64_t watched;
    /// What is different from the background, opened by 3 × 3 pixels.
    uint64_t different;
    /// What changed since the sample before, opened by three pixels in a line, in the cells in which something is
    /// different.
    uint64_t moving;
    /// The same of each cell, row by row.
    uint32_t cells[FOVEA_MOTION_CELLS];
} fovea_motion_measures;

/// Means of rectangles, rounded: pixel (x, y) of the output is that of columns `x w / W` to `(x + 1) w / W` and
/// rows alike, without the last, and at least one of each. Samples have one or two bytes, of which `shift` bits are
/// dropped. `stride` is in bytes and may be negative; `scratch` has room for `width + out_width + 1` numbers.
void fovea_motion_shrink(
    const uint8_t *rows, ptrdiff_t stride, int sample_bytes, int shift, int width, int height, uint32_t *scratch,
    uint8_t *dst, int out_width, int out_height);

/// `watched` is 0 where it is not looked. NULL where there is not enough memory.
fovea_motion *fovea_motion_new(int width, int height, const uint8_t *watched);
void fovea_motion_free(fovea_motion *motion);

/// Compares a sample with what was learnt, and changes nothing of that. Before the first was learnt nothing moves.
void fovea_motion_measure(
    fovea_motion *motion, const uint8_t *sample, const fovea_motion_rules *rules, fovea_motion_measures *out);

/// Makes `sample` the sample before, and moves the background towards it by `rate`, in `0…1`: to it at the first
/// sample, and where it `begins_anew`.
void fovea_motion_learn(
    fovea_motion *motion, const uint8_t *sample, const fovea_motion_rules *rules, double rate, int begins_anew);

#endif
