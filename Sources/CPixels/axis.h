#ifndef FOVEA_PIXELS_AXIS_H
#define FOVEA_PIXELS_AXIS_H

#include "kernels.h"

/// Windows and weights of a resize of `in_size` to `out_size`, whose output covers `low..<high` of the input.
/// Returns false if there is no memory; `axis_free` is called in any case.
bool axis_init(
    struct axis *axis, int in_size, float low, float high, int out_size, int filter,
        const struct kernels *kernels);

void axis_free(struct axis *axis);

#endif
