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

// MARK: Y, Cb and Cr

/// An output in fixed point: `(luma × y + blue × cb + red × cr + offset) >> 14`, clamped to a byte.
typedef struct {
    int32_t luma, blue, red, offset;
} fovea_mix;

/// `count` samples of one plane, of which `luma` is the factor.
void fovea_mix_plane(const uint8_t *src, size_t count, const fovea_mix *mix, uint8_t *dst);

/// A row of `count` samples of luma, whose chroma has one for each `1 << shift` of them.
void fovea_mix_luma(
    const uint8_t *luma, const uint8_t *blue, const uint8_t *red, size_t count, int shift,
    const fovea_mix *mix, uint8_t *dst);

/// `count` samples of chroma, from those of both planes; `luma` does not matter.
void fovea_mix_chroma(
    const uint8_t *blue, const uint8_t *red, size_t count, const fovea_mix *mix, uint8_t *dst);

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

#endif
