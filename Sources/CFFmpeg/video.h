#pragma once

#include "CFFmpeg.h"
#include "library.h"

struct fovea_video {
    const struct fovea_ffmpeg *functions;
    struct fovea_video_source source;
    struct fovea_video_options options;
    int64_t offset;
    int source_failed;
    AVFormatContext *format;
    AVIOContext *io;
    AVStream *stream;
    const AVCodec *codec;
    AVCodecContext *decoder;
    AVPacket *packet;
    AVFrame *frame;
    struct SwsContext *scaler;
    /// Rows of pixels, each with room behind it, and how many bytes there are.
    uint8_t *rows;
    size_t rows_size;
    /// No packet is left, and the decoder knows it.
    int is_draining;
    /// Whether the decoder has got a keyframe since it began, and when that is presented: frames before it lack what
    /// they were predicted from.
    int has_begun;
    int64_t begin;
    /// There is no keyframe in the file, so decoding begins anywhere.
    int lacks_keyframes;
};

/// Whether a packet of the picture stream has what every one of its codec has; 1 for codecs that are not looked into.
int fovea_video_is_plausible(const fovea_video *video, const AVPacket *packet);
/// Whether the frames behind a packet become right only some frames later, whatever its container takes it for: parts
/// of the picture are refreshed one after another.
int fovea_video_is_refreshed_later(const fovea_video *video, const AVPacket *packet);
