#include "writer.h"

#include <stdio.h>
#include <string.h>

/// Whether planes of chroma are smaller than that of luma.
static int is_subsampled(const struct fovea_ffmpeg *f, enum AVPixelFormat format) {
    const AVPixFmtDescriptor *pixels = f->av_pix_fmt_desc_get(format);
    return pixels && (pixels->log2_chroma_w > 0 || pixels->log2_chroma_h > 0);
}

static int is_among(const enum AVPixelFormat *formats, enum AVPixelFormat format) {
    for (; *formats != AV_PIX_FMT_NONE; formats++)
        if (*formats == format) return 1;
    return 0;
}

/// Formats of full range that have names of their own; FFmpeg's JPEG encoder takes no others.
static enum AVPixelFormat full_range_twin(enum AVPixelFormat format) {
    switch (format) {
    case AV_PIX_FMT_YUV420P: return AV_PIX_FMT_YUVJ420P;
    case AV_PIX_FMT_YUV422P: return AV_PIX_FMT_YUVJ422P;
    case AV_PIX_FMT_YUV444P: return AV_PIX_FMT_YUVJ444P;
    default: return format;
    }
}

static enum AVPixelFormat chosen_format(fovea_video_writer *writer, const AVCodec *codec,
                                        const struct fovea_video_writing *writing, const fovea_video *like) {
    const struct fovea_ffmpeg *f = writer->functions;
    enum AVPixelFormat wanted = f->av_get_pix_fmt(writing->pixel_format);
    if (wanted == AV_PIX_FMT_NONE && like) wanted = like->stream->codecpar->format;
    if (wanted == AV_PIX_FMT_NONE) wanted = AV_PIX_FMT_YUV420P;
    if (!codec->pix_fmts) return wanted;
    if (writer->is_full_range && is_among(codec->pix_fmts, full_range_twin(wanted))) wanted = full_range_twin(wanted);
    enum AVPixelFormat chosen = is_among(codec->pix_fmts, wanted)
        ? wanted
        : f->avcodec_find_best_pix_fmt_of_list(codec->pix_fmts, wanted, 0, NULL);
    const int is_odd = writing->width % 2 || writing->height % 2;
    if (writing->needs_even_sizes && is_odd && is_subsampled(f, chosen)) {
        const AVPixFmtDescriptor *pixels = f->av_pix_fmt_desc_get(chosen);
        enum AVPixelFormat whole = pixels->comp[0].depth > 8 ? AV_PIX_FMT_YUV444P10
            : writer->is_full_range                          ? AV_PIX_FMT_YUVJ444P
                                                             : AV_PIX_FMT_YUV444P;
        if (is_among(codec->pix_fmts, whole)) chosen = whole;
    }
    return chosen;
}

int fovea_video_writer_open_encoder(fovea_video_writer *writer, const struct fovea_video_writing *writing,
                                    const fovea_video *like, char message[256]) {
    const struct fovea_ffmpeg *f = writer->functions;
    const AVCodec *codec = f->avcodec_find_encoder_by_name(writing->encoder);
    if (!codec) {
        snprintf(message, 256, "this FFmpeg has no encoder %s", writing->encoder);
        return FOVEA_VIDEO_REFUSED;
    }
    AVCodecContext *encoder = f->avcodec_alloc_context3(codec);
    if (!encoder) return fovea_video_writer_failed(writer, AVERROR(ENOMEM), "", message);
    writer->encoder = encoder;
    const AVCodecParameters *source = like ? like->stream->codecpar : NULL;
    const int was_full = source &&
        (source->color_range == AVCOL_RANGE_JPEG || source->format == AV_PIX_FMT_YUVJ420P ||
         source->format == AV_PIX_FMT_YUVJ422P || source->format == AV_PIX_FMT_YUVJ444P);
    writer->is_full_range =
        writing->range == FOVEA_VIDEO_RANGE_FULL || (writing->range == FOVEA_VIDEO_RANGE_KEPT && was_full);
    writer->is_bt601 = writing->is_bt601;
    encoder->width = writing->width;
    encoder->height = writing->height;
    encoder->pix_fmt = chosen_format(writer, codec, writing, like);
    encoder->time_base = (AVRational){writing->rate_denominator, writing->rate_numerator};
    encoder->framerate = (AVRational){writing->rate_numerator, writing->rate_denominator};
    encoder->thread_count = writing->threads;
    encoder->colorspace = source ? source->color_space : AVCOL_SPC_UNSPECIFIED;
    const AVPixFmtDescriptor *pixels = f->av_pix_fmt_desc_get(encoder->pix_fmt);
    // A source of RGB tells a matrix that is none of YUV.
    const int is_rgb = pixels && (pixels->flags & AV_PIX_FMT_FLAG_RGB);
    if (writer->is_bt601 || (!is_rgb && encoder->colorspace == AVCOL_SPC_RGB))
        encoder->colorspace = writer->is_bt601 ? AVCOL_SPC_SMPTE170M : AVCOL_SPC_UNSPECIFIED;
    writer->matrix = encoder->colorspace;
    if (source) {
        encoder->color_primaries = source->color_primaries;
        encoder->color_trc = source->color_trc;
        encoder->chroma_sample_location = source->chroma_location;
        encoder->color_range = source->color_range == AVCOL_RANGE_UNSPECIFIED && !writer->is_full_range
            ? AVCOL_RANGE_UNSPECIFIED
            : AVCOL_RANGE_MPEG;
        if (writing->keeps_shape)
            encoder->sample_aspect_ratio = f->av_guess_sample_aspect_ratio(like->format, like->stream, NULL);
    }
    if (writer->is_full_range) encoder->color_range = AVCOL_RANGE_JPEG;
    if (writer->format->oformat->flags & AVFMT_GLOBALHEADER) encoder->flags |= AV_CODEC_FLAG_GLOBAL_HEADER;
    AVDictionary *options = NULL;
    int error = f->av_dict_parse_string(&options, writing->encoder_options, "=", ",", 0);
    if (error >= 0) error = f->avcodec_open2(encoder, codec, &options);
    const AVDictionaryEntry *unknown = error >= 0 ? f->av_dict_get(options, "", NULL, AV_DICT_IGNORE_SUFFIX) : NULL;
    if (unknown) {
        snprintf(message, 256, "its encoder %s knows no %s", writing->encoder, unknown->key);
        f->av_dict_free(&options);
        return FOVEA_VIDEO_REFUSED;
    }
    f->av_dict_free(&options);
    if (error >= 0) return FOVEA_VIDEO_OK;
    char doing[128];
    snprintf(doing, sizeof doing, "its encoder %s refuses frames of %d x %d", writing->encoder, writing->width,
             writing->height);
    return fovea_video_writer_failed(writer, error, doing, message);
}

// MARK: Pixels

/// Makes the scaler one from frames of this form to those of the encoder.
static int prepare_scaler(fovea_video_writer *writer, const struct fovea_video_form *from) {
    const struct fovea_ffmpeg *f = writer->functions;
    const AVCodecContext *encoder = writer->encoder;
    if (writer->scaler && !memcmp(&writer->scaled_from, from, sizeof *from)) return 0;
    if (writer->scaler) f->sws_freeContext(writer->scaler);
    writer->scaler = f->sws_alloc_context();
    if (!writer->scaler) return AVERROR(ENOMEM);
    // Ranges must be known before the context is made ready, or frames of equal format are merely copied.
    f->av_opt_set_int(writer->scaler, "srcw", from->width, 0);
    f->av_opt_set_int(writer->scaler, "srch", from->height, 0);
    f->av_opt_set_int(writer->scaler, "src_format", from->format, 0);
    f->av_opt_set_int(writer->scaler, "src_range", from->is_full_range, 0);
    f->av_opt_set_int(writer->scaler, "dstw", encoder->width, 0);
    f->av_opt_set_int(writer->scaler, "dsth", encoder->height, 0);
    f->av_opt_set_int(writer->scaler, "dst_format", encoder->pix_fmt, 0);
    f->av_opt_set_int(writer->scaler, "dst_range", writer->is_full_range, 0);
    f->av_opt_set_int(writer->scaler, "sws_flags",
                      SWS_BICUBIC | SWS_ACCURATE_RND | SWS_FULL_CHR_H_INP | SWS_FULL_CHR_H_INT, 0);
    int error = f->sws_init_context(writer->scaler, NULL, NULL);
    if (error < 0) return error;
    // Unspecified matrices are those of ITU-R BT.601, as when frames are read.
    f->sws_setColorspaceDetails(writer->scaler, f->sws_getCoefficients(from->matrix), from->is_full_range,
                                f->sws_getCoefficients(writer->matrix), writer->is_full_range, 0, 1 << 16, 1 << 16);
    writer->scaled_from = *from;
    return 0;
}

/// Fills `writer->frame` from planes of this form.
static int scale(fovea_video_writer *writer, const struct fovea_video_form *from, const uint8_t *const *planes,
                 const int *strides, char message[256]) {
    const struct fovea_ffmpeg *f = writer->functions;
    const char *doing = "its pixels come in a form that cannot be converted";
    int error = prepare_scaler(writer, from);
    if (error < 0) return fovea_video_writer_failed(writer, error, doing, message);
    AVFrame *frame = writer->frame;
    f->av_frame_unref(frame);
    frame->format = writer->encoder->pix_fmt;
    frame->width = writer->encoder->width;
    frame->height = writer->encoder->height;
    frame->color_range = writer->encoder->color_range;
    frame->colorspace = writer->encoder->colorspace;
    error = f->av_frame_get_buffer(frame, 0);
    if (error < 0) return fovea_video_writer_failed(writer, error, doing, message);
    int rows = f->sws_scale(writer->scaler, planes, strides, 0, from->height, frame->data, frame->linesize);
    if (rows == frame->height) return FOVEA_VIDEO_OK;
    return fovea_video_writer_failed(writer, AVERROR(EINVAL), doing, message);
}

// MARK: Frames

/// When frame `number` is shown. Numbers below 0 are times of decoding before the first frame.
static int64_t time_of(const fovea_video_writer *writer, int64_t number) {
    if (number < 0) return writer->first_time + number * writer->nominal_duration;
    return writer->times[number % FOVEA_VIDEO_KEPT];
}

/// Hands over what the encoder has ready.
static int take_packets(fovea_video_writer *writer, char message[256]) {
    const struct fovea_ffmpeg *f = writer->functions;
    AVPacket *packet = writer->packet;
    for (;;) {
        int error = f->avcodec_receive_packet(writer->encoder, packet);
        if (error == AVERROR(EAGAIN) || error == AVERROR_EOF) return FOVEA_VIDEO_OK;
        if (error < 0) return fovea_video_writer_failed(writer, error, "its encoder failed", message);
        const int64_t shown = packet->pts, decoded = packet->dts == AV_NOPTS_VALUE ? shown : packet->dts;
        if (shown < 0 || shown >= writer->frame_count || decoded > shown ||
            decoded <= writer->frame_count - 1 - FOVEA_VIDEO_KEPT) {
            f->av_packet_unref(packet);
            snprintf(message, 256, "its encoder gave a packet of a frame that it was not given");
            return FOVEA_VIDEO_REFUSED;
        }
        packet->pts = time_of(writer, shown);
        packet->dts = time_of(writer, decoded);
        packet->duration = writer->durations[shown % FOVEA_VIDEO_KEPT];
        int outcome = fovea_video_writer_mux(writer, message);
        if (outcome) return outcome;
    }
}

/// Encodes `writer->frame`.
static int encode(fovea_video_writer *writer, int64_t time, int64_t duration, char message[256]) {
    const struct fovea_ffmpeg *f = writer->functions;
    const int64_t number = writer->frame_count;
    if (number == 0) writer->first_time = time;
    if (number > 0 && time <= time_of(writer, number - 1)) {
        snprintf(message, 256, "frame %lld is not shown behind the one before it", (long long)number);
        return FOVEA_VIDEO_REFUSED;
    }
    writer->times[number % FOVEA_VIDEO_KEPT] = time;
    writer->durations[number % FOVEA_VIDEO_KEPT] = duration;
    writer->frame_count++;
    writer->frame->pts = number;
    // Where its options fix a quantizer, an encoder takes it from the frame.
    writer->frame->quality = writer->encoder->global_quality;
    // What kind of frame it was in its source must not choose what it becomes.
    writer->frame->pict_type = AV_PICTURE_TYPE_NONE;
    writer->frame->key_frame = 0;
    int error = f->avcodec_send_frame(writer->encoder, writer->frame);
    f->av_frame_unref(writer->frame);
    if (error < 0) return fovea_video_writer_failed(writer, error, "its encoder refuses a frame", message);
    return take_packets(writer, message);
}

int fovea_video_writer_frame(fovea_video_writer *writer, const fovea_video *video, int64_t time, int64_t duration,
                             char message[256]) {
    const struct fovea_ffmpeg *f = writer->functions;
    const AVFrame *frame = video->frame;
    const AVCodecContext *encoder = writer->encoder;
    struct fovea_video_form form = {frame->format, frame->width, frame->height,
                                    frame->color_range == AVCOL_RANGE_JPEG || frame->format == AV_PIX_FMT_YUVJ420P ||
                                        frame->format == AV_PIX_FMT_YUVJ422P || frame->format == AV_PIX_FMT_YUVJ444P,
                                    frame->colorspace};
    const int is_other_matrix =
        writer->is_bt601 && f->sws_getCoefficients(form.matrix) != f->sws_getCoefficients(writer->matrix);
    if (form.format != encoder->pix_fmt || form.width != encoder->width || form.height != encoder->height ||
        form.is_full_range != writer->is_full_range || is_other_matrix) {
        int outcome = scale(writer, &form, (const uint8_t *const *)frame->data, frame->linesize, message);
        if (outcome) return outcome;
    } else {
        f->av_frame_unref(writer->frame);
        int error = f->av_frame_ref(writer->frame, frame);
        if (error < 0) return fovea_video_writer_failed(writer, error, "a frame cannot be kept", message);
    }
    return encode(writer, time, duration, message);
}

int fovea_video_writer_pixels(fovea_video_writer *writer, const uint8_t *pixels, int channels, int width, int height,
                              int64_t time, int64_t duration, char message[256]) {
    enum AVPixelFormat format = channels == 1 ? AV_PIX_FMT_GRAY8 : channels == 3 ? AV_PIX_FMT_RGB24 : AV_PIX_FMT_RGB0;
    struct fovea_video_form form = {format, width, height, 1, writer->matrix};
    const uint8_t *planes[4] = {pixels, NULL, NULL, NULL};
    int strides[4] = {width * channels, 0, 0, 0};
    int outcome = scale(writer, &form, planes, strides, message);
    return outcome ? outcome : encode(writer, time, duration, message);
}

int fovea_video_writer_drain(fovea_video_writer *writer, char message[256]) {
    const struct fovea_ffmpeg *f = writer->functions;
    int error = f->avcodec_send_frame(writer->encoder, NULL);
    if (error < 0 && error != AVERROR_EOF)
        return fovea_video_writer_failed(writer, error, "its encoder cannot be ended", message);
    return take_packets(writer, message);
}
