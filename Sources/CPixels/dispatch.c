#include "CPixels.h"
#include "kernels.h"

static _Thread_local int forced_level = -1;

int fovea_pixels_best_level(void) {
#if defined(__x86_64__)
    __builtin_cpu_init();
    if (!__builtin_cpu_supports("avx2")) return FOVEA_LEVEL_PORTABLE;
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw")
        && __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl")
        && __builtin_cpu_supports("avx512vbmi") && __builtin_cpu_supports("avx512vnni"))
        return FOVEA_LEVEL_AVX512;
    return FOVEA_LEVEL_AVX2;
#else
    return FOVEA_LEVEL_PORTABLE;
#endif
}

void fovea_pixels_force_level(int level) {
    forced_level = level <= fovea_pixels_best_level() ? level : -1;
}

const struct kernels *fovea_kernels(void) {
#if defined(__x86_64__)
    switch (forced_level >= 0 ? forced_level : fovea_pixels_best_level()) {
    case FOVEA_LEVEL_AVX512: return &fovea_kernels_avx512;
    case FOVEA_LEVEL_AVX2: return &fovea_kernels_avx2;
    default: break;
    }
#endif
    return &fovea_kernels_portable;
}

void fovea_gray(const uint8_t *src, size_t pixels, int channels, uint8_t *dst) {
    fovea_kernels()->gray(src, pixels, channels, dst);
}

void fovea_premultiply(const uint8_t *src, size_t pixels, uint8_t *dst) {
    fovea_kernels()->premultiply(src, pixels, dst);
}

void fovea_unpremultiply(uint8_t *pixels, size_t count) {
    fovea_kernels()->unpremultiply(pixels, count);
}

void fovea_threshold(const uint8_t *src, size_t pixels, int channels, int value, uint8_t *dst) {
    fovea_kernels()->threshold(src, pixels, channels, value, dst);
}

void fovea_to_planes(const uint8_t *src, size_t pixels, int channels, uint8_t *dst) {
    fovea_kernels()->to_planes(src, pixels, channels, dst);
}
