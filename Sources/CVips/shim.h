#pragma once

// libvips brings a hundred libraries and 20 ms of dynamic linking with it, so it is opened at the first image
// that needs it and never linked. The few functions we call are declared here; they are part of libvips' stable
// interface (soname 42). Its loaders take variadic options, which Swift cannot call: hence the wrappers.

#include <dlfcn.h>
#include <stddef.h>
#include <stdio.h>

typedef struct fovea_vips_image fovea_vips_image;
typedef struct fovea_vips_region fovea_vips_region;

/// The values of VipsBandFormat that we read.
enum fovea_vips_format {
    FOVEA_VIPS_UCHAR = 0,
    FOVEA_VIPS_CHAR = 1,
    FOVEA_VIPS_USHORT = 2,
    FOVEA_VIPS_SHORT = 3,
    FOVEA_VIPS_UINT = 4,
    FOVEA_VIPS_INT = 5,
    FOVEA_VIPS_FLOAT = 6,
    FOVEA_VIPS_DOUBLE = 8,
};

/// The functions of libvips and glib that we call.
struct fovea_vips {
    int (*init)(const char *);
    void (*cache_set_max)(int);
    void (*concurrency_set)(int);
    void (*block_untrusted_set)(int);
    void (*thread_shutdown)(void);
    char *(*error_buffer_copy)(void);
    int (*tiffload_buffer)(const void *, size_t, fovea_vips_image **, ...);
    int (*heifload_buffer)(const void *, size_t, fovea_vips_image **, ...);
    int (*image_get_width)(const fovea_vips_image *);
    int (*image_get_height)(const fovea_vips_image *);
    int (*image_get_bands)(const fovea_vips_image *);
    int (*image_get_format)(const fovea_vips_image *);
    size_t (*image_get_typeof)(const fovea_vips_image *, const char *);
    int (*image_get_int)(const fovea_vips_image *, const char *, int *);
    int (*image_get_blob)(const fovea_vips_image *, const char *, const void **, size_t *);
    fovea_vips_region *(*region_new)(fovea_vips_image *);
    void *(*region_fetch)(fovea_vips_region *, int, int, int, int, size_t *);
    void (*object_unref)(void *);
    void (*free)(void *);
    unsigned int (*log_set_handler)(
        const char *, unsigned int, void (*)(const char *, unsigned int, const char *, void *), void *);
};

static inline void fovea_vips_ignore_log(const char *domain, unsigned int level, const char *text, void *context) {
    (void)domain;
    (void)level;
    (void)text;
    (void)context;
}

/// Opens and starts libvips. 0 when `vips` is filled in; otherwise `message` says what is missing.
static inline int fovea_vips_open(struct fovea_vips *vips, char message[256]) {
    void *library = dlopen("libvips.so.42", RTLD_NOW | RTLD_LOCAL);
    if (library == NULL) {
        snprintf(message, 256, "%s", dlerror());
        return -1;
    }
    const struct {
        const char *name;
        void *place;
    } symbols[] = {
        {"vips_init", &vips->init},
        {"vips_cache_set_max", &vips->cache_set_max},
        {"vips_concurrency_set", &vips->concurrency_set},
        {"vips_block_untrusted_set", &vips->block_untrusted_set},
        {"vips_thread_shutdown", &vips->thread_shutdown},
        {"vips_error_buffer_copy", &vips->error_buffer_copy},
        {"vips_tiffload_buffer", &vips->tiffload_buffer},
        {"vips_heifload_buffer", &vips->heifload_buffer},
        {"vips_image_get_width", &vips->image_get_width},
        {"vips_image_get_height", &vips->image_get_height},
        {"vips_image_get_bands", &vips->image_get_bands},
        {"vips_image_get_format", &vips->image_get_format},
        {"vips_image_get_typeof", &vips->image_get_typeof},
        {"vips_image_get_int", &vips->image_get_int},
        {"vips_image_get_blob", &vips->image_get_blob},
        {"vips_region_new", &vips->region_new},
        {"vips_region_fetch", &vips->region_fetch},
        {"g_object_unref", &vips->object_unref},
        {"g_free", &vips->free},
        {"g_log_set_handler", &vips->log_set_handler},
    };
    for (size_t i = 0; i < sizeof symbols / sizeof symbols[0]; i++) {
        void *address = dlsym(library, symbols[i].name);
        if (address == NULL) {
            snprintf(message, 256, "libvips.so.42 has no %s", symbols[i].name);
            return -1;
        }
        *(void **)symbols[i].place = address;
    }
    if (vips->init("fovea") != 0) {
        char *text = vips->error_buffer_copy();
        snprintf(message, 256, "%s", text);
        vips->free(text);
        return -1;
    }
    // Damaged files are reported through MediaError; glib would print a line for each to stderr.
    const unsigned int every_level = ~3u;
    vips->log_set_handler("VIPS", every_level, fovea_vips_ignore_log, NULL);
    vips->block_untrusted_set(1);
    vips->cache_set_max(0);
    vips->concurrency_set(1);
    return 0;
}

/// Opens the first page of a TIFF file; NULL on failure. `bytes` must outlive the image.
static inline fovea_vips_image *fovea_vips_open_tiff(const struct fovea_vips *vips, const void *bytes, size_t count) {
    fovea_vips_image *image = NULL;
    // VIPS_ACCESS_SEQUENTIAL, VIPS_FAIL_ON_TRUNCATED
    int status = vips->tiffload_buffer(bytes, count, &image, "access", 1, "fail_on", 1, NULL);
    return status == 0 ? image : NULL;
}

/// Opens the primary image of a HEIF or AVIF file; NULL on failure. `bytes` must outlive the image.
static inline fovea_vips_image *fovea_vips_open_heif(const struct fovea_vips *vips, const void *bytes, size_t count) {
    fovea_vips_image *image = NULL;
    int status = vips->heifload_buffer(bytes, count, &image, "access", 1, "fail_on", 1, NULL);
    return status == 0 ? image : NULL;
}

static inline int fovea_vips_width(const struct fovea_vips *vips, const fovea_vips_image *image) {
    return vips->image_get_width(image);
}

static inline int fovea_vips_height(const struct fovea_vips *vips, const fovea_vips_image *image) {
    return vips->image_get_height(image);
}

static inline int fovea_vips_bands(const struct fovea_vips *vips, const fovea_vips_image *image) {
    return vips->image_get_bands(image);
}

static inline int fovea_vips_format_of(const struct fovea_vips *vips, const fovea_vips_image *image) {
    return vips->image_get_format(image);
}

/// An integer of the image's metadata; `fallback` where there is none of that name.
static inline int fovea_vips_integer(
    const struct fovea_vips *vips, const fovea_vips_image *image, const char *name, int fallback) {
    int value = fallback;
    if (vips->image_get_typeof(image, name) == 0 || vips->image_get_int(image, name, &value) != 0) return fallback;
    return value;
}

/// Bytes of the image's metadata, which live as long as it; NULL where there are none of that name.
static inline const void *fovea_vips_blob(
    const struct fovea_vips *vips, const fovea_vips_image *image, const char *name, size_t *count) {
    const void *bytes = NULL;
    *count = 0;
    if (vips->image_get_typeof(image, name) == 0 || vips->image_get_blob(image, name, &bytes, count) != 0)
        return NULL;
    return bytes;
}

static inline fovea_vips_region *fovea_vips_region_of(const struct fovea_vips *vips, fovea_vips_image *image) {
    return vips->region_new(image);
}

/// Decodes `height` rows from `top` on this thread; the caller gives them back with fovea_vips_free. NULL on failure.
static inline void *fovea_vips_rows(
    const struct fovea_vips *vips, fovea_vips_region *region, int width, int top, int height, size_t *count) {
    return vips->region_fetch(region, 0, top, width, height, count);
}

/// Gives back an image or a region.
static inline void fovea_vips_release(const struct fovea_vips *vips, void *object) { vips->object_unref(object); }

static inline void fovea_vips_free(const struct fovea_vips *vips, void *memory) { vips->free(memory); }

/// The messages gathered since the last call, by any thread; the caller frees them.
static inline char *fovea_vips_error(const struct fovea_vips *vips) { return vips->error_buffer_copy(); }

/// Frees what libvips keeps for this thread; it makes it anew when needed.
static inline void fovea_vips_leave_thread(const struct fovea_vips *vips) { vips->thread_shutdown(); }
