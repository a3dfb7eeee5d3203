#pragma once

// libpng reports errors by longjmp, which must not cross a Swift frame: whole images are read and written here.

#include <png.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

enum fovea_png_status {
    FOVEA_PNG_OK = 0,
    /// Some rows arrived before the file turned out damaged.
    FOVEA_PNG_DAMAGED = 1,
    /// Nothing could be decoded, or memory ran out.
    FOVEA_PNG_FAILED = 2,
};

struct fovea_png_session {
    jmp_buf failed;
    char message[160];
    const uint8_t *input;
    size_t input_count;
    size_t input_place;
    /// Rows of all passes that are still to come.
    size_t rows_left;
    /// Bytes asked for behind the last row.
    size_t surplus_asked;
    /// Whether the stream of pixels does not end behind the last row, or not with the right checksum.
    int ends_badly;
    uint8_t *output;
    size_t output_count;
    size_t output_capacity;
};

static inline void fovea_png_on_error(png_structp png, png_const_charp message) {
    struct fovea_png_session *session = (struct fovea_png_session *)png_get_error_ptr(png);
    strncpy(session->message, message, sizeof session->message - 1);
    longjmp(session->failed, 1);
}

/// Behind the last row libpng warns of more rows, bytes behind the end of the stream and a wrong checksum of it.
static inline void fovea_png_on_warning(png_structp png, png_const_charp message) {
    struct fovea_png_session *session = (struct fovea_png_session *)png_get_error_ptr(png);
    if (session->rows_left > 0 || session->ends_badly) return;
    session->ends_badly = 1;
    strncpy(session->message, message, sizeof session->message - 1);
}

/// The end of the stream may lie in a chunk of its own, of which libpng reads the head and a block.
static const size_t fovea_png_surplus_limit = 20000;

static inline void fovea_png_read(png_structp png, png_bytep bytes, size_t count) {
    struct fovea_png_session *session = (struct fovea_png_session *)png_get_io_ptr(png);
    // libpng would go on to unpack all that stands behind the last row, which may be gigabytes.
    if (session->rows_left == 0) {
        session->surplus_asked += count;
        if (session->surplus_asked > fovea_png_surplus_limit) {
            session->ends_badly = 1;
            png_error(png, "there are pixels behind the last row");
        }
    }
    if (count > session->input_count - session->input_place) png_error(png, "the file is cut short");
    memcpy(bytes, session->input + session->input_place, count);
    session->input_place += count;
}

static inline void fovea_png_on_row(png_structp png, png_row_infop row, png_bytep bytes) {
    (void)row;
    (void)bytes;
    ((struct fovea_png_session *)png_get_user_transform_ptr(png))->rows_left--;
}

static inline void fovea_png_write(png_structp png, png_bytep bytes, size_t count) {
    struct fovea_png_session *session = (struct fovea_png_session *)png_get_io_ptr(png);
    if (count > session->output_capacity - session->output_count) {
        size_t capacity = session->output_capacity * 2 + count + 4096;
        uint8_t *grown = (uint8_t *)realloc(session->output, capacity);
        if (grown == NULL) png_error(png, "out of memory");
        session->output = grown;
        session->output_capacity = capacity;
    }
    memcpy(session->output + session->output_count, bytes, count);
    session->output_count += count;
}

static inline void fovea_png_flush(png_structp png) { (void)png; }

/// Decodes a PNG whose header says `width` × `height` to 8-bit pixels of `channels` (1 for gray files only, 3 or
/// 4) channels. `pixels` has room for all of them and is written in full unless the status is FAILED: what did
/// not arrive is 0. `message` says what was wrong when the status is not OK. Of what follows the last row no more
/// is read than shows that something does: `end` is the place in the file up to which it was read, `ends_badly`
/// whether `message` says what is wrong behind the last row.
static inline enum fovea_png_status fovea_png_decode(
    const uint8_t *bytes, size_t byte_count, uint32_t width, uint32_t height, int channels, uint8_t *pixels,
    size_t *end, int *ends_badly, char message[160]) {
    struct fovea_png_session session;
    memset(&session, 0, sizeof session);
    session.input = bytes;
    session.input_count = byte_count;
    png_structp volatile png_kept = NULL;
    png_infop volatile info_kept = NULL;
    volatile size_t rows_done = 0;
    session.rows_left = SIZE_MAX;
    volatile int interlaced = 0;
    volatile enum fovea_png_status status = FOVEA_PNG_FAILED;
    const size_t stride = (size_t)width * (size_t)channels;

    if (setjmp(session.failed) == 0) {
        png_structp png = png_create_read_struct(
            PNG_LIBPNG_VER_STRING, &session, fovea_png_on_error, fovea_png_on_warning);
        if (png == NULL) longjmp(session.failed, 1);
        png_kept = png;
        png_infop info = png_create_info_struct(png);
        if (info == NULL) png_error(png, "out of memory");
        info_kept = info;
        png_set_read_fn(png, &session, fovea_png_read);
        png_set_user_limits(png, width, height);
        // Only IHDR, PLTE, tRNS, IDAT and IEND are looked at: texts and profiles cannot unpack to gigabytes,
        // and no gamma is applied.
        png_set_keep_unknown_chunks(png, PNG_HANDLE_CHUNK_NEVER, NULL, -1);
        // The caller compares checksums, so that a wrong one costs no pixels.
        png_set_crc_action(png, PNG_CRC_QUIET_USE, PNG_CRC_QUIET_USE);
        png_read_info(png, info);
        if (png_get_image_width(png, info) != width || png_get_image_height(png, info) != height)
            png_error(png, "the header changed its mind about the size");

        const int color = png_get_color_type(png, info);
        const int is_gray = (color & PNG_COLOR_MASK_COLOR) == 0;
        const int has_alpha = (color & PNG_COLOR_MASK_ALPHA) || png_get_valid(png, info, PNG_INFO_tRNS);
        if (png_get_bit_depth(png, info) == 16) png_set_strip_16(png);
        if (color == PNG_COLOR_TYPE_PALETTE) png_set_palette_to_rgb(png);
        if (is_gray && png_get_bit_depth(png, info) < 8) png_set_expand_gray_1_2_4_to_8(png);
        if (channels == 4) {
            if (png_get_valid(png, info, PNG_INFO_tRNS)) png_set_tRNS_to_alpha(png);
            if (!has_alpha) png_set_add_alpha(png, 0xFF, PNG_FILLER_AFTER);
        } else {
            png_set_strip_alpha(png);
        }
        if (is_gray && channels != 1) png_set_gray_to_rgb(png);
        png_set_user_transform_info(png, &session, 0, 0);
        png_set_read_user_transform_fn(png, fovea_png_on_row);
        const int passes = png_set_interlace_handling(png);
        png_read_update_info(png, info);
        if (png_get_rowbytes(png, info) != stride) png_error(png, "the row size is not what the header says");

        interlaced = passes > 1;
        if (interlaced) memset(pixels, 0, stride * height);
        session.rows_left = interlaced ? 0 : height;
        for (int pass = 0; interlaced && pass < passes; pass++)
            if (PNG_PASS_COLS(width, pass) > 0) session.rows_left += PNG_PASS_ROWS(height, pass);
        for (int pass = 0; pass < passes; pass++)
            for (uint32_t row = 0; row < height; row++) {
                png_read_row(png, pixels + stride * row, NULL);
                rows_done++;
            }
        status = FOVEA_PNG_OK;
    } else if (session.rows_left == 0) {
        status = FOVEA_PNG_OK;
    } else if (rows_done > 0) {
        status = FOVEA_PNG_DAMAGED;
        if (!interlaced) memset(pixels + stride * rows_done, 0, stride * (height - rows_done));
    }
    png_structp png = png_kept;
    png_infop info = info_kept;
    if (png != NULL) png_destroy_read_struct(&png, info != NULL ? &info : NULL, NULL);
    *end = session.input_place;
    *ends_badly = session.ends_badly;
    memcpy(message, session.message, sizeof session.message);
    return status;
}

/// Encodes 8-bit pixels of 1, 3 or 4 channels. On OK the caller frees `*bytes`.
static inline enum fovea_png_status fovea_png_encode(
    const uint8_t *pixels, uint32_t width, uint32_t height, int channels, int compression, uint8_t **bytes,
    size_t *byte_count, char message[160]) {
    struct fovea_png_session session;
    memset(&session, 0, sizeof session);
    png_structp volatile png_kept = NULL;
    png_infop volatile info_kept = NULL;
    volatile enum fovea_png_status status = FOVEA_PNG_FAILED;

    if (setjmp(session.failed) == 0) {
        png_structp png = png_create_write_struct(
            PNG_LIBPNG_VER_STRING, &session, fovea_png_on_error, fovea_png_on_warning);
        if (png == NULL) longjmp(session.failed, 1);
        png_kept = png;
        png_infop info = png_create_info_struct(png);
        if (info == NULL) png_error(png, "out of memory");
        info_kept = info;
        png_set_write_fn(png, &session, fovea_png_write, fovea_png_flush);
        png_set_user_limits(png, PNG_UINT_31_MAX, PNG_UINT_31_MAX);
        png_set_compression_level(png, compression);
        const int color = channels == 1 ? PNG_COLOR_TYPE_GRAY
            : channels == 3             ? PNG_COLOR_TYPE_RGB
                                        : PNG_COLOR_TYPE_RGB_ALPHA;
        png_set_IHDR(
            png, info, width, height, 8, color, PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT,
            PNG_FILTER_TYPE_DEFAULT);
        png_write_info(png, info);
        for (uint32_t row = 0; row < height; row++)
            png_write_row(png, pixels + (size_t)width * (size_t)channels * row);
        png_write_end(png, NULL);
        status = FOVEA_PNG_OK;
    }
    png_structp png = png_kept;
    png_infop info = info_kept;
    if (png != NULL) png_destroy_write_struct(&png, info != NULL ? &info : NULL);
    if (status == FOVEA_PNG_OK) {
        *bytes = session.output;
        *byte_count = session.output_count;
    } else {
        free(session.output);
    }
    memcpy(message, session.message, sizeof session.message);
    return status;
}

/// Unpacks a zlib stream into at most `capacity` bytes; the count, or -1 when it is damaged, cut short or larger.
static inline long fovea_inflate(const uint8_t *bytes, size_t byte_count, uint8_t *unpacked, size_t capacity) {
    uLongf count = capacity;
    return uncompress(unpacked, &count, bytes, byte_count) == Z_OK ? (long)count : -1;
}

/// The checksum that stands behind each chunk.
static inline uint32_t fovea_crc32(const uint8_t *bytes, size_t byte_count) {
    return (uint32_t)crc32_z(0, bytes, byte_count);
}
