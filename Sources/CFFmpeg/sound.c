#include "writer.h"

#include <stdio.h>

int fovea_video_writer_add_sounds(fovea_video_writer *writer, const struct fovea_video_writing *writing,
                                  char message[256]) {
    const struct fovea_ffmpeg *f = writer->functions;
    AVFormatContext *source = writer->sound->format;
    for (unsigned int index = 0; index < source->nb_streams; index++) {
        AVStream *from = source->streams[index];
        from->discard = AVDISCARD_ALL;
        if (from->codecpar->codec_type != AVMEDIA_TYPE_AUDIO || index >= FOVEA_VIDEO_MOST_SOUNDS) continue;
        if (f->avformat_query_codec(writer->format->oformat, from->codecpar->codec_id, FF_COMPLIANCE_NORMAL) != 1) {
            writer->unheld_sound_count++;
            continue;
        }
        AVStream *to = f->avformat_new_stream(writer->format, NULL);
        if (!to) return fovea_video_writer_failed(writer, AVERROR(ENOMEM), "", message);
        int error = f->avcodec_parameters_copy(to->codecpar, from->codecpar);
        if (error < 0) return fovea_video_writer_failed(writer, error, "its sound cannot be described", message);
        to->codecpar->codec_tag = 0;
        to->time_base = from->time_base;
        const AVDictionaryEntry *language = f->av_dict_get(from->metadata, "language", NULL, 0);
        if (language) f->av_dict_set(&to->metadata, "language", language->value, 0);
        from->discard = AVDISCARD_DEFAULT;
        writer->sounds[index] = to;
        writer->sound_count++;
    }
    if (writer->sound_count == 0) writer->is_sound_over = 1;
    return FOVEA_VIDEO_OK;
}

int fovea_video_writer_place_sounds(fovea_video_writer *writer, char message[256]) {
    const struct fovea_ffmpeg *f = writer->functions;
    if (writer->is_sound_over) return FOVEA_VIDEO_OK;
    int outcome = fovea_video_rewind(writer->sound, message);
    if (outcome) return outcome;
    // Where that leads to behind what is wanted is not known before it is read, so a second more is read.
    const AVRational microseconds = {1, AV_TIME_BASE};
    int64_t from = f->av_rescale_q(writer->sound_from, writer->sound->stream->time_base, microseconds) - AV_TIME_BASE;
    if (from > 0) f->av_seek_frame(writer->sound->format, -1, from, AVSEEK_FLAG_BACKWARD);
    return FOVEA_VIDEO_OK;
}

/// Reads on to the next packet of sound that lies within what is copied.
static int hold_packet(fovea_video_writer *writer, char message[256]) {
    const struct fovea_ffmpeg *f = writer->functions;
    fovea_video *sound = writer->sound;
    AVPacket *packet = writer->sound_packet;
    const AVRational ticks = sound->stream->time_base;
    while (!writer->holds_sound_packet && !writer->is_sound_over) {
        f->av_packet_unref(packet);
        int error = f->av_read_frame(sound->format, packet);
        if (sound->source.is_cancelled && sound->source.is_cancelled(sound->source.context)) {
            snprintf(message, 256, "cancelled");
            return FOVEA_VIDEO_CANCELLED;
        }
        if (sound->source_failed) {
            snprintf(message, 256, "its bytes could not be read");
            return FOVEA_VIDEO_UNREADABLE;
        }
        // Where sound is damaged, it ends.
        if (error < 0) {
            writer->is_sound_over = 1;
            break;
        }
        if (packet->stream_index >= FOVEA_VIDEO_MOST_SOUNDS || !writer->sounds[packet->stream_index]) continue;
        if (packet->pts == AV_NOPTS_VALUE) packet->pts = packet->dts;
        if (packet->pts == AV_NOPTS_VALUE) continue;
        const AVRational own = sound->format->streams[packet->stream_index]->time_base;
        if (f->av_compare_ts(packet->pts, own, writer->sound_from, ticks) < 0) continue;
        // Packets of other streams may still come before the end.
        if (f->av_compare_ts(packet->pts, own, writer->sound_to, ticks) >= 0) {
            const AVRational seconds = {1, 1};
            int64_t later = f->av_rescale_q(writer->sound_to, ticks, seconds) + 2;
            if (f->av_compare_ts(packet->pts, own, later, seconds) >= 0) writer->is_sound_over = 1;
            continue;
        }
        int64_t shift = f->av_rescale_q(writer->sound_from, ticks, own);
        packet->pts -= shift;
        packet->dts = packet->pts;
        writer->holds_sound_packet = 1;
    }
    return FOVEA_VIDEO_OK;
}

int fovea_video_writer_sounds(fovea_video_writer *writer, int64_t time, char message[256]) {
    const struct fovea_ffmpeg *f = writer->functions;
    AVPacket *packet = writer->sound_packet;
    for (;;) {
        int outcome = hold_packet(writer, message);
        if (outcome) return outcome;
        if (!writer->holds_sound_packet) return FOVEA_VIDEO_OK;
        const AVRational own = writer->sound->format->streams[packet->stream_index]->time_base;
        if (time != INT64_MAX && f->av_compare_ts(packet->pts, own, time, writer->time_base) > 0) return FOVEA_VIDEO_OK;
        AVStream *to = writer->sounds[packet->stream_index];
        f->av_packet_rescale_ts(packet, own, to->time_base);
        packet->stream_index = to->index;
        packet->pos = -1;
        packet->flags &= ~AV_PKT_FLAG_DISCARD;
        writer->holds_sound_packet = 0;
        int error = f->av_interleaved_write_frame(writer->format, packet);
        if (error < 0 || writer->sink_failed)
            return fovea_video_writer_failed(writer, error, "its container does not take the sound", message);
    }
}
