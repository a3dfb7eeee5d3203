#include "writer.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const int buffer_size = 64 * 1024;

static int out_of_memory(char message[256]) {
    snprintf(message, 256, "there is not enough memory");
    return FOVEA_VIDEO_OUT_OF_MEMORY;
}

int fovea_video_writer_failed(fovea_video_writer *writer, int error, const char *doing, char message[256]) {
    if (writer->sink_failed) {
        snprintf(message, 256, "the video could not be written");
        return FOVEA_VIDEO_UNWRITABLE;
    }
    if (error == AVERROR(ENOMEM)) return out_of_memory(message);
    char reason[128] = "unknown error";
    writer->functions->av_strerror(error, reason, sizeof reason);
    snprintf(message, 256, "%s: %s", doing, reason);
    return FOVEA_VIDEO_REFUSED;
}

// MARK: Bytes

static int write_bytes(void *opaque, uint8_t *bytes, int count) {
    fovea_video_writer *writer = opaque;
    if (writer->sink_failed) return AVERROR(EIO);
    if (writer->sink.write(writer->sink.context, writer->offset, bytes, count) < 0) {
        writer->sink_failed = 1;
        return AVERROR(EIO);
    }
    writer->offset += count;
    if (writer->offset > writer->end) writer->end = writer->offset;
    return count;
}

static int64_t move_to(int64_t *place, int64_t end, int64_t offset, int whence) {
    int64_t to;
    switch (whence & ~AVSEEK_FORCE) {
    case AVSEEK_SIZE: return end;
    case SEEK_SET: to = offset; break;
    case SEEK_CUR: to = *place + offset; break;
    case SEEK_END: to = end + offset; break;
    default: return AVERROR(EINVAL);
    }
    if (to < 0) return AVERROR(EINVAL);
    return *place = to;
}

static int64_t move(void *opaque, int64_t offset, int whence) {
    fovea_video_writer *writer = opaque;
    return move_to(&writer->offset, writer->end, offset, whence);
}

/// Reads again what was written: how MP4 brings its table of contents to the front.
struct rereading {
    fovea_video_writer *writer;
    int64_t offset;
};

static int reread_bytes(void *opaque, uint8_t *out, int count) {
    struct rereading *rereading = opaque;
    fovea_video_writer *writer = rereading->writer;
    int64_t left = writer->end - rereading->offset;
    if (left <= 0) return AVERROR_EOF;
    int wanted = left < count ? (int)left : count;
    int read = writer->sink.read(writer->sink.context, rereading->offset, out, wanted);
    if (read <= 0) {
        writer->sink_failed = 1;
        return AVERROR(EIO);
    }
    rereading->offset += read;
    return read;
}

static int64_t reread_move(void *opaque, int64_t offset, int whence) {
    struct rereading *rereading = opaque;
    return move_to(&rereading->offset, rereading->writer->end, offset, whence);
}

static int open_again(AVFormatContext *format, AVIOContext **out, const char *url, int flags, AVDictionary **options) {
    fovea_video_writer *writer = format->opaque;
    if (flags & AVIO_FLAG_WRITE) return AVERROR(EINVAL);
    const struct fovea_ffmpeg *f = writer->functions;
    struct rereading *rereading = calloc(1, sizeof *rereading);
    unsigned char *buffer = f->av_malloc(buffer_size);
    if (rereading && buffer)
        *out = f->avio_alloc_context(buffer, buffer_size, 0, rereading, reread_bytes, NULL, reread_move);
    else
        *out = NULL;
    if (!*out) {
        free(rereading);
        f->av_freep(&buffer);
        return AVERROR(ENOMEM);
    }
    rereading->writer = writer;
    return 0;
}

static int close_again(AVFormatContext *format, AVIOContext *io) {
    fovea_video_writer *writer = format->opaque;
    if (!io) return 0;
    free(io->opaque);
    writer->functions->av_freep(&io->buffer);
    writer->functions->avio_context_free(&io);
    return 0;
}

// MARK: The file

static int open_container(fovea_video_writer *writer, const struct fovea_video_writing *writing, char message[256]) {
    const struct fovea_ffmpeg *f = writer->functions;
    int error = f->avformat_alloc_output_context2(&writer->format, NULL, writing->muxer, NULL);
    if (error < 0) return fovea_video_writer_failed(writer, error, "this FFmpeg does not write such files", message);
    unsigned char *buffer = f->av_malloc(buffer_size);
    if (!buffer) return out_of_memory(message);
    writer->io = f->avio_alloc_context(buffer, buffer_size, 1, writer, NULL, write_bytes, move);
    if (!writer->io) {
        f->av_freep(&buffer);
        return out_of_memory(message);
    }
    AVFormatContext *format = writer->format;
    format->pb = writer->io;
    format->opaque = writer;
    format->io_open = open_again;
    format->io_close2 = close_again;
    // The same frames give the same bytes: neither versions nor chance go into the file.
    format->flags |= AVFMT_FLAG_CUSTOM_IO | AVFMT_FLAG_BITEXACT;
    // Times before 0 are of decoding, and containers say by their own means that pictures begin at 0.
    format->avoid_negative_ts = AVFMT_AVOID_NEG_TS_DISABLED;
    writer->stream = f->avformat_new_stream(format, NULL);
    return writer->stream ? FOVEA_VIDEO_OK : out_of_memory(message);
}

static int begin_file(fovea_video_writer *writer, const struct fovea_video_writing *writing, const fovea_video *like,
                      char message[256]) {
    const struct fovea_ffmpeg *f = writer->functions;
    AVStream *stream = writer->stream;
    int error;
    if (writer->encoder) {
        error = f->avcodec_parameters_from_context(stream->codecpar, writer->encoder);
        stream->codecpar->codec_tag = writing->tag;
        stream->sample_aspect_ratio = writer->encoder->sample_aspect_ratio;
    } else if (!like) {
        stream->codecpar->codec_type = AVMEDIA_TYPE_VIDEO;
        stream->codecpar->codec_id = AV_CODEC_ID_MJPEG;
        stream->codecpar->format = AV_PIX_FMT_YUVJ420P;
        stream->codecpar->width = writing->width;
        stream->codecpar->height = writing->height;
        error = 0;
    } else {
        error = f->avcodec_parameters_copy(stream->codecpar, like->stream->codecpar);
        stream->codecpar->codec_tag = 0;
        stream->sample_aspect_ratio = like->stream->sample_aspect_ratio;
    }
    if (error < 0) return fovea_video_writer_failed(writer, error, "its stream cannot be described", message);
    stream->time_base = writer->time_base;
    stream->avg_frame_rate = (AVRational){writing->rate_numerator, writing->rate_denominator};
    size_t size = 0;
    const uint8_t *matrix =
        like ? f->av_stream_get_side_data(like->stream, AV_PKT_DATA_DISPLAYMATRIX, &size) : NULL;
    if (writing->keeps_rotation && matrix && size >= 9 * sizeof(int32_t)) {
        uint8_t *kept = f->av_stream_new_side_data(stream, AV_PKT_DATA_DISPLAYMATRIX, 9 * sizeof(int32_t));
        if (!kept) return out_of_memory(message);
        memcpy(kept, matrix, 9 * sizeof(int32_t));
    }
    int outcome = writer->sound ? fovea_video_writer_add_sounds(writer, writing, message) : FOVEA_VIDEO_OK;
    if (outcome) return outcome;
    AVDictionary *options = NULL;
    error = f->av_dict_parse_string(&options, writing->muxer_options, "=", ",", 0);
    if (error >= 0) error = f->avformat_write_header(writer->format, &options);
    f->av_dict_free(&options);
    if (error < 0) {
        char doing[128];
        snprintf(doing, sizeof doing, "%s does not take %s", writer->format->oformat->name,
                 f->avcodec_get_name(stream->codecpar->codec_id));
        return fovea_video_writer_failed(writer, error, doing, message);
    }
    return writer->sound ? fovea_video_writer_place_sounds(writer, message) : FOVEA_VIDEO_OK;
}

int fovea_video_writer_open(const struct fovea_video_sink *sink, const struct fovea_video_writing *writing,
                            const fovea_video *like, fovea_video *sound, fovea_video_writer **out, char message[256]) {
    *out = NULL;
    int outcome = fovea_video_libraries(message);
    if (outcome) return outcome;
    fovea_video_writer *writer = calloc(1, sizeof *writer);
    if (!writer) return out_of_memory(message);
    const struct fovea_ffmpeg *f = writer->functions = fovea_ffmpeg_functions();
    writer->sink = *sink;
    writer->sound = sound;
    writer->sound_from = writing->sound_from;
    writer->sound_to = writing->sound_to;
    writer->max_bytes = writing->max_bytes;
    writer->time_base = (AVRational){writing->time_base_numerator, writing->time_base_denominator};
    AVRational frame = {writing->rate_denominator, writing->rate_numerator};
    writer->nominal_duration = f->av_rescale_q(1, frame, writer->time_base);
    if (writer->nominal_duration < 1) writer->nominal_duration = 1;
    writer->packet = f->av_packet_alloc();
    writer->sound_packet = f->av_packet_alloc();
    writer->frame = f->av_frame_alloc();
    if (!writer->packet || !writer->sound_packet || !writer->frame) outcome = out_of_memory(message);
    if (!outcome) outcome = open_container(writer, writing, message);
    if (!outcome && writing->encoder) outcome = fovea_video_writer_open_encoder(writer, writing, like, message);
    if (!outcome) outcome = begin_file(writer, writing, like, message);
    if (outcome) {
        fovea_video_writer_close(writer);
        return outcome;
    }
    *out = writer;
    return FOVEA_VIDEO_OK;
}

int fovea_video_writer_mux(fovea_video_writer *writer, char message[256]) {
    const struct fovea_ffmpeg *f = writer->functions;
    AVPacket *packet = writer->packet;
    // What a container adds for a packet, and for itself, is less.
    const int is_avi = !strcmp(writer->format->oformat->name, "avi");
    // An AVI has an empty packet, and an entry of it in its index, for each further length of a frame.
    const int64_t empty = is_avi && packet->duration > 1 ? 24 * (packet->duration - 1) : 0;
    const int64_t weight = 64 + packet->size + empty, head = is_avi ? 12288 : 4096;
    if (writer->max_bytes > 0 && head + writer->byte_count + weight > writer->max_bytes) writer->is_full = 1;
    if (writer->is_full) {
        f->av_packet_unref(packet);
        return FOVEA_VIDEO_OK;
    }
    if (writer->sound && !writer->is_sound_over) {
        int outcome = fovea_video_writer_sounds(writer, packet->dts, message);
        if (outcome) return outcome;
    }
    packet->stream_index = writer->stream->index;
    packet->pos = -1;
    f->av_packet_rescale_ts(packet, writer->time_base, writer->stream->time_base);
    int error = f->av_interleaved_write_frame(writer->format, packet);
    if (error < 0 || writer->sink_failed)
        return fovea_video_writer_failed(writer, error, "its container does not take a packet", message);
    writer->packet_count++;
    writer->byte_count += weight;
    return FOVEA_VIDEO_OK;
}

int fovea_video_writer_packet(fovea_video_writer *writer, const fovea_video *video, int64_t time, int64_t decoding,
                              int64_t duration, char message[256]) {
    const struct fovea_ffmpeg *f = writer->functions;
    f->av_packet_unref(writer->packet);
    int error = f->av_packet_ref(writer->packet, video->packet);
    if (error < 0) return fovea_video_writer_failed(writer, error, "a packet cannot be copied", message);
    writer->packet->pts = time;
    writer->packet->dts = decoding;
    writer->packet->duration = duration;
    // An edit list of the source is none of the copy.
    writer->packet->flags &= ~AV_PKT_FLAG_DISCARD;
    return fovea_video_writer_mux(writer, message);
}

int fovea_video_writer_bytes(fovea_video_writer *writer, const uint8_t *bytes, int64_t count, int64_t time,
                             int64_t duration, char message[256]) {
    const struct fovea_ffmpeg *f = writer->functions;
    f->av_packet_unref(writer->packet);
    int error = count > INT32_MAX / 2 ? AVERROR(EINVAL) : f->av_new_packet(writer->packet, (int)count);
    if (error < 0) return fovea_video_writer_failed(writer, error, "a picture cannot be kept", message);
    memcpy(writer->packet->data, bytes, (size_t)count);
    writer->packet->pts = writer->packet->dts = time;
    writer->packet->duration = duration;
    writer->packet->flags |= AV_PKT_FLAG_KEY;
    return fovea_video_writer_mux(writer, message);
}

int fovea_video_writer_finish(fovea_video_writer *writer, char message[256]) {
    const struct fovea_ffmpeg *f = writer->functions;
    int outcome = writer->encoder ? fovea_video_writer_drain(writer, message) : FOVEA_VIDEO_OK;
    if (!outcome && writer->sound) outcome = fovea_video_writer_sounds(writer, INT64_MAX, message);
    if (outcome) return outcome;
    int error = f->av_write_trailer(writer->format);
    f->avio_flush(writer->io);
    if (error >= 0) error = writer->io->error;
    if (error < 0 || writer->sink_failed)
        return fovea_video_writer_failed(writer, error, "its end cannot be written", message);
    return FOVEA_VIDEO_OK;
}

void fovea_video_writer_tell(const fovea_video_writer *writer, struct fovea_video_written *out) {
    memset(out, 0, sizeof *out);
    out->packet_count = writer->packet_count;
    out->is_full = writer->is_full;
    out->sound_count = writer->sound_count;
    out->unheld_sound_count = writer->unheld_sound_count;
    const AVPixFmtDescriptor *pixels = writer->functions->av_pix_fmt_desc_get(writer->stream->codecpar->format);
    snprintf(out->pixel_format, sizeof out->pixel_format, "%s", pixels ? pixels->name : "");
}

void fovea_video_writer_close(fovea_video_writer *writer) {
    if (!writer) return;
    const struct fovea_ffmpeg *f = writer->functions;
    if (writer->scaler) f->sws_freeContext(writer->scaler);
    if (writer->encoder) f->avcodec_free_context(&writer->encoder);
    // Packets that wait to be interleaved go with the context.
    if (writer->format) f->avformat_free_context(writer->format);
    if (writer->io) {
        f->av_freep(&writer->io->buffer);
        f->avio_context_free(&writer->io);
    }
    f->av_packet_free(&writer->packet);
    f->av_packet_free(&writer->sound_packet);
    f->av_frame_free(&writer->frame);
    free(writer);
}
