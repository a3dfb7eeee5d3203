#ifndef FOVEA_PIXELS_RESAMPLE_H
#define FOVEA_PIXELS_RESAMPLE_H

#include "CPixels.h"
#include "axis.h"

/// A resize under way, fed with source rows from the top. Rows are resized across into a ring that holds just
/// what the next output row needs, which stays in the nearest cache.
struct resample {
    const struct kernels *kernels;
    int channels;
    bool across, down;
    struct axis x, y;
    struct row_program program;
    /// The source rows that are needed, and the next that will come.
    int first_row, end_row, next_row;
    int next_output, out_height;
    /// Bytes of a row once resized across.
    size_t row_bytes;
    int ring_rows;
    uint8_t *ring, *scratch;
    const uint8_t **taps;
    uint8_t *dst;
};

/// Returns false if there is no memory; `resample_free` is called in any case.
bool resample_init(struct resample *resample, const fovea_resample_spec *spec, uint8_t *dst);

/// Takes the next `count` source rows.
void resample_push(struct resample *resample, const uint8_t *rows, size_t stride, int count);

void resample_free(struct resample *resample);

#endif
