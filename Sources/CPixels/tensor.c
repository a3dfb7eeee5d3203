#include "CPixels.h"
#include "kernels.h"

ALWAYS_INLINE void look_up(
    const uint8_t *src, size_t pixels, const float *tables, const size_t pixel_step,
    const size_t channel_step, float *dst, const int channels
) {
    for (size_t i = 0; i < pixels; i++, src += channels, dst += pixel_step)
        for (int c = 0; c < channels; c++) dst[(size_t)c * channel_step] = tables[c * 256 + src[c]];
}

void fovea_to_float(
    const uint8_t *src, size_t pixels, int channels, const float *tables, int planar, float *dst
) {
    switch (channels) {
    case 1: look_up(src, pixels, tables, 1, 1, dst, 1); break;
    case 3:
        if (planar) look_up(src, pixels, tables, 1, pixels, dst, 3);
        else look_up(src, pixels, tables, 3, 1, dst, 3);
        break;
    default:
        if (planar) look_up(src, pixels, tables, 1, pixels, dst, 4);
        else look_up(src, pixels, tables, 4, 1, dst, 4);
    }
}
