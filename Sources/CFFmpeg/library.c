#include "library.h"

#include "CFFmpeg.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>

#define FOVEA_TEXT(x) #x
#define FOVEA_EXPANDED(x) FOVEA_TEXT(x)

static struct fovea_ffmpeg functions;
static int is_open = 0;
static char failure[256];
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void *library(const char *name) {
    void *found = dlopen(name, RTLD_NOW | RTLD_LOCAL);
    if (!found)
        snprintf(failure, sizeof failure,
                 "videos need FFmpeg 5.1, whose %s is missing; install Debian's libavformat59 and libswscale6", name);
    return found;
}

static void open_libraries(void) {
    // Versions are those of the headers, as their structures are used.
    void *avutil = library("libavutil.so." FOVEA_EXPANDED(LIBAVUTIL_VERSION_MAJOR));
    if (!avutil) return;
    void *avcodec = library("libavcodec.so." FOVEA_EXPANDED(LIBAVCODEC_VERSION_MAJOR));
    if (!avcodec) return;
    void *avformat = library("libavformat.so." FOVEA_EXPANDED(LIBAVFORMAT_VERSION_MAJOR));
    if (!avformat) return;
    void *swscale = library("libswscale.so." FOVEA_EXPANDED(LIBSWSCALE_VERSION_MAJOR));
    if (!swscale) return;
#define FOVEA_FFMPEG_LOAD(library, name, result, parameters)                                                           \
    functions.name = (result(*) parameters)dlsym(library, #name);                                                      \
    if (!functions.name) {                                                                                             \
        snprintf(failure, sizeof failure, "FFmpeg's lib%s has no function %s", #library, #name);                       \
        return;                                                                                                        \
    }
    FOVEA_FFMPEG_FUNCTIONS(FOVEA_FFMPEG_LOAD)
#undef FOVEA_FFMPEG_LOAD
    functions.av_log_set_level(AV_LOG_QUIET);
    // A plane of 8192 x 8192 pixels of 32 bits fits, and a list of 11 million packets: what a file tells of more is
    // refused before memory is taken for it.
    functions.av_max_alloc((size_t)272 << 20);
    is_open = 1;
}

const struct fovea_ffmpeg *fovea_ffmpeg_functions(void) {
    pthread_once(&once, open_libraries);
    return is_open ? &functions : NULL;
}

int fovea_video_libraries(char message[256]) {
    if (fovea_ffmpeg_functions()) return FOVEA_VIDEO_OK;
    snprintf(message, 256, "%s", failure);
    return FOVEA_VIDEO_ABSENT;
}
