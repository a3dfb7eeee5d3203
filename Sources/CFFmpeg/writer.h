#pragma once

#include "CFFmpeg.h"
#include "video.h"

/// More frames than any encoder keeps back.
#define FOVEA_VIDEO_KEPT 1024
#define FOVEA_VIDEO_MOST_SOUNDS 32

struct fovea_video_writer {
    const struct fovea_ffmpeg *functions;
    struct fovea_video_sink sink;
    int64_t offset, end;
    int sink_failed;
    AVFormatContext *format;
    AVIOContext *io;
    AVStream *stream;
    AVCodecContext *encoder;
    AVPacket *packet;
    /// What is encoded next.
    AVFrame *frame;
    AVRational time_base;

    /// Encoders are given the numbers of frames in place of times, as some of them take only rates for a time base.
    /// When frame `number` is shown, and for how long, stands at `number % FOVEA_VIDEO_KEPT`.
    int64_t frame_count;
    int64_t times[FOVEA_VIDEO_KEPT], durations[FOVEA_VIDEO_KEPT];
    /// The time of the first frame, and how long one is shown where all are shown equally long.
    int64_t first_time, nominal_duration;
    int64_t packet_count, byte_count, max_bytes;
    int is_full;

    struct SwsContext *scaler;
    struct fovea_video_form { int format, width, height, is_full_range, matrix; } scaled_from;
    int is_full_range, is_bt601, matrix;

    /// Streams of sound, by their place in `sound`: the stream that they are copied to, or NULL.
    fovea_video *sound;
    AVStream *sounds[FOVEA_VIDEO_MOST_SOUNDS];
    int64_t sound_from, sound_to;
    int sound_count, unheld_sound_count;
    AVPacket *sound_packet;
    int holds_sound_packet, is_sound_over;
};

/// What a failure of the libraries means.
int fovea_video_writer_failed(fovea_video_writer *writer, int error, const char *doing, char message[256]);

/// Prepares the encoder for frames like those of `like`.
int fovea_video_writer_open_encoder(fovea_video_writer *writer, const struct fovea_video_writing *writing,
                                    const fovea_video *like, char message[256]);

/// Makes a stream for each stream of sound that the container holds.
int fovea_video_writer_add_sounds(fovea_video_writer *writer, const struct fovea_video_writing *writing,
                                  char message[256]);
/// Goes to where the sound that is copied begins.
int fovea_video_writer_place_sounds(fovea_video_writer *writer, char message[256]);
/// Copies the sound up to `time` of the pictures.
int fovea_video_writer_sounds(fovea_video_writer *writer, int64_t time, char message[256]);

/// Hands `writer->packet`, whose times are in `writer->time_base`, to the container.
int fovea_video_writer_mux(fovea_video_writer *writer, char message[256]);
/// Hands over all that the encoder still keeps back.
int fovea_video_writer_drain(fovea_video_writer *writer, char message[256]);
