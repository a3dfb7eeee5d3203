#include "video.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/// Formats of files that are taken, by the names of FFmpeg's demuxers: none of those that open other files.
static const char *const containers =
    "mov,mp4,matroska,webm,avi,mpegts,mpeg,mpegvideo,m4v,h264,hevc,av1,obu,ivf,flv,ogg,asf,mxf,mjpeg,dv,nut,rm,gif";
static const int buffer_size = 64 * 1024;
/// Frames that may fail one after another when no packet is left: more than any decoder keeps back.
static const int most_failures = 256;

static int say(char message[256], int outcome, const char *text) {
    snprintf(message, 256, "%s", text);
    return outcome;
}

static int is_cancelled(void *opaque) {
    fovea_video *video = opaque;
    return video->source.is_cancelled && video->source.is_cancelled(video->source.context);
}

/// What a failure of the libraries means.
static int failed(fovea_video *video, int error, const char *doing, char message[256]) {
    if (is_cancelled(video)) return say(message, FOVEA_VIDEO_CANCELLED, "cancelled");
    if (video->source_failed) return say(message, FOVEA_VIDEO_UNREADABLE, "its bytes could not be read");
    if (error == AVERROR(ENOMEM)) return say(message, FOVEA_VIDEO_OUT_OF_MEMORY, "there is not enough memory");
    char reason[128] = "unknown error";
    video->functions->av_strerror(error, reason, sizeof reason);
    snprintf(message, 256, "%s: %s", doing, reason);
    return FOVEA_VIDEO_MALFORMED;
}

static int read_bytes(void *opaque, uint8_t *out, int count) {
    fovea_video *video = opaque;
    if (video->offset >= video->source.byte_count) return AVERROR_EOF;
    int read = video->source.read(video->source.context, video->offset, out, count);
    if (read < 0) {
        video->source_failed = 1;
        return AVERROR(EIO);
    }
    if (read == 0) return AVERROR_EOF;
    video->offset += read;
    return read;
}

static int64_t move(void *opaque, int64_t offset, int whence) {
    fovea_video *video = opaque;
    int64_t to;
    switch (whence & ~AVSEEK_FORCE) {
    case AVSEEK_SIZE: return video->source.byte_count;
    case SEEK_SET: to = offset; break;
    case SEEK_CUR:
        if (__builtin_add_overflow(video->offset, offset, &to)) return AVERROR(EINVAL);
        break;
    case SEEK_END:
        if (__builtin_add_overflow(video->source.byte_count, offset, &to)) return AVERROR(EINVAL);
        break;
    default: return AVERROR(EINVAL);
    }
    if (to < 0) return AVERROR(EINVAL);
    video->offset = to;
    return to;
}

static int open_container(fovea_video *video, char message[256]) {
    const struct fovea_ffmpeg *f = video->functions;
    video->format = f->avformat_alloc_context();
    unsigned char *buffer = f->av_malloc(buffer_size);
    if (!video->format || !buffer) {
        f->av_freep(&buffer);
        return say(message, FOVEA_VIDEO_OUT_OF_MEMORY, "there is not enough memory");
    }
    video->io = f->avio_alloc_context(buffer, buffer_size, 0, video, read_bytes, NULL, move);
    if (!video->io) {
        f->av_freep(&buffer);
        return say(message, FOVEA_VIDEO_OUT_OF_MEMORY, "there is not enough memory");
    }
    video->format->pb = video->io;
    video->format->flags |= AVFMT_FLAG_CUSTOM_IO;
    video->format->interrupt_callback = (AVIOInterruptCB){is_cancelled, video};
    video->format->max_streams = video->options.max_streams;
    AVDictionary *settings = NULL;
    f->av_dict_set(&settings, "format_whitelist", containers, 0);
    int error = f->avformat_open_input(&video->format, NULL, NULL, &settings);
    f->av_dict_free(&settings);
    if (error < 0) return failed(video, error, "it is no video that can be read", message);
    error = f->avformat_find_stream_info(video->format, NULL);
    if (error < 0) return failed(video, error, "its streams cannot be told", message);
    return FOVEA_VIDEO_OK;
}

static int choose_stream(fovea_video *video, char message[256]) {
    const struct fovea_ffmpeg *f = video->functions;
    int chosen = f->av_find_best_stream(video->format, AVMEDIA_TYPE_VIDEO, -1, -1, NULL, 0);
    if (chosen < 0 || video->format->streams[chosen]->disposition & AV_DISPOSITION_ATTACHED_PIC)
        return say(message, FOVEA_VIDEO_WITHOUT_PICTURES, "there is no picture stream in it");
    for (unsigned int index = 0; index < video->format->nb_streams; index++)
        if ((int)index != chosen) video->format->streams[index]->discard = AVDISCARD_ALL;
    video->stream = video->format->streams[chosen];
    const AVCodecParameters *parameters = video->stream->codecpar;
    video->codec = f->avcodec_find_decoder(parameters->codec_id);
    if (!video->codec) {
        snprintf(message, 256, "its codec %s is none that can be decoded", f->avcodec_get_name(parameters->codec_id));
        return FOVEA_VIDEO_UNKNOWN_CODEC;
    }
    if (parameters->width <= 0 || parameters->height <= 0)
        return say(message, FOVEA_VIDEO_MALFORMED, "it does not tell how large its frames are");
    if ((int64_t)parameters->width * parameters->height > video->options.max_pixels) {
        snprintf(message, 256, "its frames have %d x %d pixels, the limit is %lld", parameters->width,
                 parameters->height, (long long)video->options.max_pixels);
        return FOVEA_VIDEO_TOO_LARGE;
    }
    return FOVEA_VIDEO_OK;
}

int fovea_video_open(const struct fovea_video_source *source, const struct fovea_video_options *options,
                     fovea_video **out, char message[256]) {
    *out = NULL;
    int outcome = fovea_video_libraries(message);
    if (outcome) return outcome;
    const struct fovea_ffmpeg *f = fovea_ffmpeg_functions();
    fovea_video *video = calloc(1, sizeof *video);
    if (!video) return say(message, FOVEA_VIDEO_OUT_OF_MEMORY, "there is not enough memory");
    video->functions = f;
    video->source = *source;
    video->options = *options;
    video->packet = f->av_packet_alloc();
    video->frame = f->av_frame_alloc();
    if (!video->packet || !video->frame)
        outcome = say(message, FOVEA_VIDEO_OUT_OF_MEMORY, "there is not enough memory");
    if (!outcome) outcome = open_container(video, message);
    if (!outcome) outcome = choose_stream(video, message);
    if (outcome) {
        fovea_video_close(video);
        return outcome;
    }
    *out = video;
    return FOVEA_VIDEO_OK;
}

void fovea_video_close(fovea_video *video) {
    if (!video) return;
    const struct fovea_ffmpeg *f = video->functions;
    if (video->scaler) f->sws_freeContext(video->scaler);
    if (video->decoder) f->avcodec_free_context(&video->decoder);
    if (video->format) f->avformat_close_input(&video->format);
    if (video->io) {
        f->av_freep(&video->io->buffer);
        f->avio_context_free(&video->io);
    }
    f->av_packet_free(&video->packet);
    f->av_frame_free(&video->frame);
    f->av_freep(&video->rows);
    free(video);
}

static int64_t time_or_none(int64_t time) { return time == AV_NOPTS_VALUE ? FOVEA_VIDEO_NONE : time; }

/// Reads the next packet of the picture stream into `video->packet`.
static int read_packet(fovea_video *video, char message[256]) {
    const struct fovea_ffmpeg *f = video->functions;
    for (;;) {
        f->av_packet_unref(video->packet);
        int error = f->av_read_frame(video->format, video->packet);
        if (error == AVERROR_EOF && !video->source_failed && !is_cancelled(video)) return FOVEA_VIDEO_END;
        if (error < 0) return failed(video, error, "its packets cannot be read", message);
        if (video->packet->stream_index == video->stream->index) return FOVEA_VIDEO_OK;
    }
}

int fovea_video_next_packet(fovea_video *video, struct fovea_video_packet *out, char message[256]) {
    int outcome = read_packet(video, message);
    if (outcome) return outcome;
    const AVPacket *packet = video->packet;
    out->presentation = time_or_none(packet->pts);
    out->decoding = time_or_none(packet->dts);
    out->duration = packet->duration;
    out->position = packet->pos < 0 ? FOVEA_VIDEO_NONE : packet->pos;
    out->byte_count = packet->size;
    out->may_begin = (packet->flags & AV_PKT_FLAG_KEY) != 0;
    out->is_keyframe = out->may_begin && !fovea_video_is_refreshed_later(video, packet);
    out->is_damaged = !(packet->flags & AV_PKT_FLAG_CORRUPT) && !fovea_video_is_plausible(video, packet);
    out->is_hidden = (packet->flags & AV_PKT_FLAG_DISCARD) != 0;
    // VP8's frame tag, RFC 6386 section 9.1: bit 4 says whether the frame is shown.
    if (video->stream->codecpar->codec_id == AV_CODEC_ID_VP8 && packet->size > 0 && !(packet->data[0] & 0x10))
        out->is_hidden = 1;
    return FOVEA_VIDEO_OK;
}

static void forget_frames(fovea_video *video) {
    video->is_draining = 0;
    video->has_begun = 0;
    video->functions->av_frame_unref(video->frame);
    if (video->decoder) video->functions->avcodec_flush_buffers(video->decoder);
}

int fovea_video_rewind(fovea_video *video, char message[256]) {
    const struct fovea_ffmpeg *f = video->functions;
    int error = AVERROR(EINVAL);
    // MP4 lists which samples are keyframes, and seeking forward passes over those before the first that is listed;
    // what they are, their bytes say. A quarter: the demuxer subtracts from it.
    if (strncmp(video->format->iformat->name, "mov", 3) == 0)
        error = f->av_seek_frame(video->format, video->stream->index, INT64_MIN / 4, AVSEEK_FLAG_BACKWARD);
    // Where times may start anew, none of them says where the beginning is.
    if (strncmp(video->format->iformat->name, "mpeg", 4) == 0)
        error = f->av_seek_frame(video->format, -1, 0, AVSEEK_FLAG_BYTE);
    if (error < 0)
        error = f->avformat_seek_file(video->format, -1, INT64_MIN, INT64_MIN, INT64_MAX, AVSEEK_FLAG_BACKWARD);
    if (error < 0) error = f->av_seek_frame(video->format, -1, 0, AVSEEK_FLAG_BYTE);
    if (error < 0) return failed(video, error, "it cannot be read from its beginning again", message);
    forget_frames(video);
    return FOVEA_VIDEO_OK;
}

int fovea_video_seek(fovea_video *video, int64_t presentation, int64_t decoding, int64_t position, int attempt,
                     char message[256]) {
    const struct fovea_ffmpeg *f = video->functions;
    const int stream = video->stream->index;
    int64_t time = presentation != FOVEA_VIDEO_NONE ? presentation : decoding;
    int error = AVERROR(EINVAL);
    if (attempt == 0 && time != FOVEA_VIDEO_NONE) {
        error = f->av_seek_frame(video->format, stream, time, AVSEEK_FLAG_BACKWARD);
    } else if (attempt == 1 && decoding != FOVEA_VIDEO_NONE && time > decoding) {
        error = f->av_seek_frame(video->format, stream, decoding, AVSEEK_FLAG_BACKWARD);
    } else if (attempt == 2 && position != FOVEA_VIDEO_NONE &&
               !(video->format->iformat->flags & AVFMT_NO_BYTE_SEEK)) {
        error = f->av_seek_frame(video->format, stream, position, AVSEEK_FLAG_BYTE);
    }
    if (error < 0 && is_cancelled(video)) return say(message, FOVEA_VIDEO_CANCELLED, "cancelled");
    if (error < 0) return say(message, FOVEA_VIDEO_MALFORMED, "there is no way to this place");
    forget_frames(video);
    return FOVEA_VIDEO_OK;
}

static int open_decoder(fovea_video *video, char message[256]) {
    const struct fovea_ffmpeg *f = video->functions;
    AVCodecContext *decoder = f->avcodec_alloc_context3(video->codec);
    if (!decoder) return say(message, FOVEA_VIDEO_OUT_OF_MEMORY, "there is not enough memory");
    video->decoder = decoder;
    int error = f->avcodec_parameters_to_context(decoder, video->stream->codecpar);
    if (error < 0) return failed(video, error, "its decoder cannot be prepared", message);
    decoder->pkt_timebase = video->stream->time_base;
    decoder->thread_count = video->options.threads;
    decoder->max_pixels = video->options.max_pixels;
    // Without it the last frame behind a seek may be kept back: frames are chosen by their times here.
    decoder->flags |= AV_CODEC_FLAG_OUTPUT_CORRUPT;
    if (video->options.skips_loop_filter) decoder->skip_loop_filter = AVDISCARD_ALL;
    error = f->avcodec_open2(decoder, video->codec, NULL);
    if (error < 0) return failed(video, error, "its decoder cannot be opened", message);
    return FOVEA_VIDEO_OK;
}

/// Whether the packet is the keyframe at this place.
static int is_at(const AVPacket *packet, int64_t presentation, int64_t position) {
    if (!(packet->flags & AV_PKT_FLAG_KEY)) return 0;
    if (packet->pos >= 0 && position != FOVEA_VIDEO_NONE && packet->pos == position) return 1;
    return packet->pts != AV_NOPTS_VALUE && packet->pts == presentation;
}

static void describe(fovea_video *video, struct fovea_video_frame *out) {
    const AVFrame *frame = video->frame;
    memset(out, 0, sizeof *out);
    // What the decoder guesses is worth less than what it was told.
    out->presentation = time_or_none(frame->pts != AV_NOPTS_VALUE ? frame->pts : frame->best_effort_timestamp);
    out->duration = frame->pkt_duration;
    out->position = frame->pkt_pos < 0 ? FOVEA_VIDEO_NONE : frame->pkt_pos;
    out->width = frame->width;
    out->height = frame->height;
    out->is_keyframe = frame->key_frame != 0;
    out->is_damaged = frame->decode_error_flags != 0 || (frame->flags & AV_FRAME_FLAG_CORRUPT) != 0;
    out->kind = video->functions->av_get_picture_type_char(frame->pict_type);
    const AVPixFmtDescriptor *pixels = video->functions->av_pix_fmt_desc_get(frame->format);
    const uint64_t without = AV_PIX_FMT_FLAG_RGB | AV_PIX_FMT_FLAG_PAL | AV_PIX_FMT_FLAG_BITSTREAM;
    if (!pixels || pixels->flags & without) return;
    int width = (pixels->comp[0].depth + 7) / 8;
    if (width > 2 || pixels->comp[0].step != width || pixels->comp[0].plane != 0) return;
    out->luma = frame->data[0];
    out->luma_stride = frame->linesize[0];
    out->luma_width = width;
}

/// Whether its streams say reliably which frames no other needs.
static int tells_references(const fovea_video *video) {
    switch (video->stream->codecpar->codec_id) {
    case AV_CODEC_ID_H264:
    case AV_CODEC_ID_MPEG4:
    case AV_CODEC_ID_MPEG2VIDEO:
    case AV_CODEC_ID_MPEG1VIDEO: return 1;
    default: return 0;
    }
}

/// Which frames are never decoded.
static enum AVDiscard left_out(const fovea_video *video) {
    if (video->options.keyframes_only) return AVDISCARD_NONKEY;
    return video->options.skips_non_reference ? AVDISCARD_NONREF : AVDISCARD_DEFAULT;
}

int fovea_video_next_frame(fovea_video *video, int64_t wanted, int64_t first, int64_t first_decoding,
                           int64_t first_position, struct fovea_video_frame *out, char message[256]) {
    const struct fovea_ffmpeg *f = video->functions;
    if (!video->decoder) {
        int outcome = open_decoder(video, message);
        if (outcome) return outcome;
    }
    int failures = 0;
    int is_waiting = first != FOVEA_VIDEO_NONE || first_position != FOVEA_VIDEO_NONE;
    for (;;) {
        f->av_frame_unref(video->frame);
        int error = f->avcodec_receive_frame(video->decoder, video->frame);
        if (error == 0) {
            describe(video, out);
            const int is_early = out->presentation != FOVEA_VIDEO_NONE && out->presentation < video->begin;
            if (is_early && !out->is_keyframe) continue;
            // Nothing that comes behind the keyframe was shown before it, even where times start anew.
            video->begin = FOVEA_VIDEO_NONE;
            return FOVEA_VIDEO_OK;
        }
        if (error == AVERROR_EOF) return FOVEA_VIDEO_END;
        if (is_cancelled(video)) return say(message, FOVEA_VIDEO_CANCELLED, "cancelled");
        if (error == AVERROR(ENOMEM)) return say(message, FOVEA_VIDEO_OUT_OF_MEMORY, "there is not enough memory");
        // Any other error is of one frame, and the next may be whole.
        if (video->is_draining) {
            if (error == AVERROR(EAGAIN) || ++failures > most_failures) return FOVEA_VIDEO_END;
            continue;
        }
        int outcome = read_packet(video, message);
        if (outcome == FOVEA_VIDEO_END) {
            if (is_waiting) return FOVEA_VIDEO_MISSED;
            if (!video->has_begun && !video->lacks_keyframes) {
                video->lacks_keyframes = 1;
                outcome = fovea_video_rewind(video, message);
                if (outcome) return outcome;
                continue;
            }
            video->is_draining = 1;
            f->avcodec_send_packet(video->decoder, NULL);
            continue;
        }
        if (outcome) return outcome;
        if (is_waiting) {
            const AVPacket *packet = video->packet;
            if (!is_at(packet, first, first_position)) {
                if (packet->dts != AV_NOPTS_VALUE && first_decoding != FOVEA_VIDEO_NONE && packet->dts > first_decoding)
                    return FOVEA_VIDEO_MISSED;
                if (first == FOVEA_VIDEO_NONE && packet->pos > first_position) return FOVEA_VIDEO_MISSED;
                continue;
            }
            is_waiting = 0;
        }
        if (!video->has_begun) {
            const int is_keyframe = (video->packet->flags & AV_PKT_FLAG_KEY) != 0;
            if (!is_keyframe && !video->lacks_keyframes) continue;
            video->has_begun = 1;
            video->begin = is_keyframe ? time_or_none(video->packet->pts) : FOVEA_VIDEO_NONE;
        }
        video->decoder->skip_frame = left_out(video);
        const int64_t shown = video->packet->pts;
        if (wanted != FOVEA_VIDEO_NONE && shown != AV_NOPTS_VALUE && shown < wanted && tells_references(video) &&
            video->decoder->skip_frame < AVDISCARD_NONREF)
            video->decoder->skip_frame = AVDISCARD_NONREF;
        f->avcodec_send_packet(video->decoder, video->packet);
    }
}
