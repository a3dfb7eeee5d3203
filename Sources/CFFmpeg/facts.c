#include "video.h"

#include <stdio.h>
#include <string.h>

static void copy_text(char *out, size_t capacity, const char *text) { snprintf(out, capacity, "%s", text ? text : ""); }

static int64_t time_or_none(int64_t time) { return time == AV_NOPTS_VALUE ? FOVEA_VIDEO_NONE : time; }

void fovea_video_tell_facts(const fovea_video *video, struct fovea_video_facts *out) {
    const struct fovea_ffmpeg *f = video->functions;
    const AVStream *stream = video->stream;
    const AVCodecParameters *parameters = stream->codecpar;
    memset(out, 0, sizeof *out);
    copy_text(out->container, sizeof out->container, video->format->iformat->name);
    copy_text(out->codec, sizeof out->codec, f->avcodec_get_name(parameters->codec_id));
    const AVPixFmtDescriptor *pixels = f->av_pix_fmt_desc_get(parameters->format);
    copy_text(out->pixel_format, sizeof out->pixel_format, pixels ? pixels->name : "");
    out->bits_per_sample = pixels ? pixels->comp[0].depth : 0;
    out->width = parameters->width;
    out->height = parameters->height;
    size_t size = 0;
    const uint8_t *matrix = f->av_stream_get_side_data(stream, AV_PKT_DATA_DISPLAYMATRIX, &size);
    if (matrix && size >= 9 * sizeof(int32_t)) {
        double turned = f->av_display_rotation_get((const int32_t *)matrix);
        // The matrix tells by how much frames are turned counterclockwise; NaN where it is none of a rotation.
        if (turned == turned) out->rotation = (((int)(turned < 0 ? 0.5 - turned : -turned - 0.5) + 720) / 90 % 4) * 90;
    }
    out->time_base_numerator = stream->time_base.num;
    out->time_base_denominator = stream->time_base.den;
    AVRational rate = f->av_guess_frame_rate(video->format, video->stream, NULL);
    out->rate_numerator = rate.num;
    out->rate_denominator = rate.den;
    AVRational aspect = f->av_guess_sample_aspect_ratio(video->format, video->stream, NULL);
    out->sample_aspect_numerator = aspect.num;
    out->sample_aspect_denominator = aspect.den;
    out->start = time_or_none(stream->start_time);
    out->duration = time_or_none(stream->duration);
    out->container_duration = time_or_none(video->format->duration);
    out->told_frame_count = stream->nb_frames;
    out->bit_rate = parameters->bit_rate ? parameters->bit_rate : video->format->bit_rate;
    out->stream_count = (int)video->format->nb_streams;
    out->picture_stream = stream->index;
}

int fovea_video_tell_audio(const fovea_video *video, struct fovea_video_audio *out, int capacity) {
    const struct fovea_ffmpeg *f = video->functions;
    int count = 0;
    for (unsigned int index = 0; index < video->format->nb_streams && count < capacity; index++) {
        const AVStream *stream = video->format->streams[index];
        if (stream->codecpar->codec_type != AVMEDIA_TYPE_AUDIO) continue;
        struct fovea_video_audio *audio = &out[count++];
        memset(audio, 0, sizeof *audio);
        copy_text(audio->codec, sizeof audio->codec, f->avcodec_get_name(stream->codecpar->codec_id));
        audio->channels = stream->codecpar->ch_layout.nb_channels;
        audio->sample_rate = stream->codecpar->sample_rate;
        const AVDictionaryEntry *language = f->av_dict_get(stream->metadata, "language", NULL, 0);
        copy_text(audio->language, sizeof audio->language, language ? language->value : "");
    }
    return count;
}
