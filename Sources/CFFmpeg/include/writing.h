#pragma once

// Videos that are written: frames are encoded, or packets copied, into a container. Included by CFFmpeg.h.
//
// One `fovea_video_writer` belongs to one thread at a time. Whatever goes wrong, `fovea_video_writer_close` frees all
// that it holds; what was handed to the sink by then is of no use.

typedef struct fovea_video_writer fovea_video_writer;

/// Where the bytes of a written video go.
struct fovea_video_sink {
    void *context;
    /// Writes all of `count` bytes at `offset`, which may lie within what was written before; below 0 for a failure.
    int (*write)(void *context, int64_t offset, const uint8_t *bytes, int count);
    /// Reads up to `count` bytes of what was written; how many, below 0 for a failure.
    int (*read)(void *context, int64_t offset, uint8_t *out, int count);
};

enum fovea_video_range {
    FOVEA_VIDEO_RANGE_KEPT = 0,
    FOVEA_VIDEO_RANGE_LIMITED = 1,
    FOVEA_VIDEO_RANGE_FULL = 2,
};

struct fovea_video_writing {
    /// FFmpeg's names. No encoder: packets are copied, or are JPEGs where there is nothing that they are like.
    const char *muxer, *encoder;
    /// `key=value` pairs with a comma between; may be empty.
    const char *encoder_options, *muxer_options;
    /// Four letters by which the container names the codec; 0 for those that it chooses.
    uint32_t tag;
    int width, height;
    /// The format of the pixels, by FFmpeg's name; empty for that of the source, or what comes nearest to it.
    const char *pixel_format;
    enum fovea_video_range range;
    /// Not 0: colours become those of ITU-R BT.601.
    int is_bt601;
    /// Not 0: the encoder's format holds odd sizes only where chroma is as large as luma.
    int needs_even_sizes;
    /// Not 0: the source's display matrix, and the shape of its pixels, go into the file.
    int keeps_rotation, keeps_shape;
    /// Of the times that frames and packets are given with.
    int time_base_numerator, time_base_denominator;
    /// About how many frames a second there are; what an encoder goes by.
    int rate_numerator, rate_denominator;
    int threads;
    /// 0, or the most bytes that packets may come to: those that follow are left out. Of use only with an encoder that
    /// hands out a packet for each frame at once.
    int64_t max_bytes;
    /// Sound: in ticks of the picture stream that is read, which part of it is copied; half-open.
    int64_t sound_from, sound_to;
};

/// What came of a writer.
struct fovea_video_written {
    /// Packets of pictures.
    int64_t packet_count;
    /// Not 0: `max_bytes` were reached.
    int is_full;
    /// Streams of sound that were copied, and that the container cannot hold.
    int sound_count, unheld_sound_count;
    char pixel_format[32];
};

/// Begins a file. `like` is what frames, colours and shape of pixels come from; `sound` another opened video, whose
/// streams of sound are copied and which the writer then reads, or NULL for none. Both must outlive the writer.
int fovea_video_writer_open(const struct fovea_video_sink *sink, const struct fovea_video_writing *writing,
                            const fovea_video *like, fovea_video *sound, fovea_video_writer **out, char message[256]);

/// Encodes the frame that `video` decoded last, to be shown from `time` on for `duration`. Times must ascend.
int fovea_video_writer_frame(fovea_video_writer *writer, const fovea_video *video, int64_t time, int64_t duration,
                             char message[256]);

/// The same of `width × height` interleaved pixels without padding: of 1 channel (gray), 3 (RGB) or 4 (the fourth does
/// not matter).
int fovea_video_writer_pixels(fovea_video_writer *writer, const uint8_t *pixels, int channels, int width, int height,
                              int64_t time, int64_t duration, char message[256]);

/// Copies the packet that `video` read last.
int fovea_video_writer_packet(fovea_video_writer *writer, const fovea_video *video, int64_t time, int64_t decoding,
                              int64_t duration, char message[256]);

/// A packet that was not read from a video; each is a keyframe.
int fovea_video_writer_bytes(fovea_video_writer *writer, const uint8_t *bytes, int64_t count, int64_t time,
                             int64_t duration, char message[256]);

/// Writes what is still kept back, and the end of the file.
int fovea_video_writer_finish(fovea_video_writer *writer, char message[256]);

void fovea_video_writer_tell(const fovea_video_writer *writer, struct fovea_video_written *out);
void fovea_video_writer_close(fovea_video_writer *writer);
