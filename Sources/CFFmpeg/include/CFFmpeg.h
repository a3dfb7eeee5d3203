#pragma once

// Videos by way of FFmpeg's libraries: what is in a file, packet by packet and frame by frame.
//
// The libraries bring more than a hundred others with them, so they are opened at the first video and never linked.
// Their structures are used as the headers of the same major version lay them out; none of them leaves this target.
// One `fovea_video` belongs to one thread at a time.

#include <stddef.h>
#include <stdint.h>

typedef struct fovea_video fovea_video;

/// No time, and no place in the file.
#define FOVEA_VIDEO_NONE INT64_MIN

enum fovea_video_outcome {
    FOVEA_VIDEO_OK = 0,
    FOVEA_VIDEO_END = 1,
    /// Where a seek has led to lies behind what was looked for.
    FOVEA_VIDEO_MISSED = 2,
    /// The bytes are no video, or are damaged beyond use: `message` says how.
    FOVEA_VIDEO_MALFORMED = -1,
    /// There is no picture stream in it.
    FOVEA_VIDEO_WITHOUT_PICTURES = -2,
    /// Its codec is not among FFmpeg's.
    FOVEA_VIDEO_UNKNOWN_CODEC = -3,
    FOVEA_VIDEO_TOO_LARGE = -4,
    FOVEA_VIDEO_CANCELLED = -5,
    /// The source of the bytes failed.
    FOVEA_VIDEO_UNREADABLE = -6,
    FOVEA_VIDEO_OUT_OF_MEMORY = -7,
    /// The libraries are missing.
    FOVEA_VIDEO_ABSENT = -8,
    /// The sink of a written video failed.
    FOVEA_VIDEO_UNWRITABLE = -9,
    /// A video that cannot be written so: `message` says why.
    FOVEA_VIDEO_REFUSED = -10,
};

/// Where a video's bytes come from.
struct fovea_video_source {
    void *context;
    int64_t byte_count;
    /// Reads up to `count` bytes from `offset` on; how many, 0 at the end, below 0 for a failure.
    int (*read)(void *context, int64_t offset, uint8_t *out, int count);
    /// Asked now and then; anything but 0 ends what is under way.
    int (*is_cancelled)(void *context);
};

struct fovea_video_options {
    /// Threads of the decoder; 0 for as many as it likes.
    int threads;
    /// Of one frame.
    int64_t max_pixels;
    int max_streams;
    /// Not 0: frames that no other frame needs are not decoded.
    int skips_non_reference;
    /// Not 0: only keyframes are decoded.
    int keyframes_only;
    /// Not 0: the filter that smooths the edges of blocks is left out. Quicker, and not exact.
    int skips_loop_filter;
};

struct fovea_video_facts {
    char container[64];
    char codec[32];
    char pixel_format[32];
    int width, height;
    /// Clockwise, in degrees, in which frames are to be turned: 0, 90, 180 or 270.
    int rotation;
    int time_base_numerator, time_base_denominator;
    /// Frames a second that the container tells; 0 where it does not.
    int rate_numerator, rate_denominator;
    int sample_aspect_numerator, sample_aspect_denominator;
    int bits_per_sample;
    int64_t start, duration;  // in time bases
    int64_t container_duration;  // in microseconds
    int64_t told_frame_count;  // what the header says; 0 where it says nothing
    int64_t bit_rate;
    int stream_count;
    int picture_stream;
};

struct fovea_video_audio {
    char codec[32];
    int channels, sample_rate;
    char language[16];
};

struct fovea_video_packet {
    int64_t presentation, decoding, duration, position;
    int32_t byte_count;
    /// Its container, or the parser of its codec, says that decoding may begin with it.
    uint8_t may_begin;
    /// The frames from it on are right when decoding begins with it.
    uint8_t is_keyframe;
    /// Decoded for others, and never shown: an edit list cuts it off, or the codec says so.
    uint8_t is_hidden;
    /// It lacks what every packet of its codec has, and is none of those that the end of the file cuts short.
    uint8_t is_damaged;
};

/// The frame that was decoded last. Its memory is the decoder's, and holds until the next call.
struct fovea_video_frame {
    int64_t presentation, duration, position;
    int width, height;
    uint8_t is_keyframe;
    uint8_t is_damaged;
    /// I, P, B, or ? .
    char kind;
    const uint8_t *luma;
    /// Bytes from row to row; may be negative.
    int64_t luma_stride;
    /// Bytes a sample, 1 or 2; 0 where the format has no luma plane of its own.
    int luma_width;
};

/// Planes of Y, Cb and Cr of 8 bits, of the frame that was decoded last. Its memory is the decoder's.
struct fovea_video_planes {
    /// The second and third are NULL of gray frames.
    const uint8_t *planes[3];
    /// Bytes from row to row; may be negative.
    int64_t strides[3];
    int width, height;
    /// Chroma has `(width + 2^shift - 1) >> shift` columns, and rows likewise.
    int shift_across, shift_down;
    int is_full_range;
    /// Luma is `red * R + (1 - red - blue) * G + blue * B`.
    double red, blue;
};

/// Opens the libraries once. `FOVEA_VIDEO_ABSENT` and a sentence where they are missing.
int fovea_video_libraries(char message[256]);

int fovea_video_open(const struct fovea_video_source *source, const struct fovea_video_options *options,
                     fovea_video **out, char message[256]);
void fovea_video_close(fovea_video *video);

void fovea_video_tell_facts(const fovea_video *video, struct fovea_video_facts *out);
/// Audio streams told of, up to `capacity`.
int fovea_video_tell_audio(const fovea_video *video, struct fovea_video_audio *out, int capacity);

/// Whether each frame of the codec needs no other.
int fovea_video_is_intra_only(const fovea_video *video);

/// How many frames its decoder keeps back, so that they are shown in another order: no more are decoded before a frame
/// and shown behind it. -1 where that is not known.
int fovea_video_reordering(const fovea_video *video);

/// Reads the next packet of the picture stream without decoding it.
int fovea_video_next_packet(fovea_video *video, struct fovea_video_packet *out, char message[256]);

/// Goes to where a keyframe may be read that is presented, decoded and lies there; decoding begins anew. There are
/// three ways to it, which containers know more or less well: `attempt` 0, 1 and 2.
int fovea_video_seek(fovea_video *video, int64_t presentation, int64_t decoding, int64_t position, int attempt,
                     char message[256]);
/// Goes to the beginning.
int fovea_video_rewind(fovea_video *video, char message[256]);

/// Decodes on to the next frame that is to be shown. Wherever decoding begins, it begins with a keyframe, and frames
/// that are shown before that one are passed over; but for a file that has no keyframe.
///
/// Where `first` or `first_position` is given, packets are passed over until the keyframe that is presented at `first`
/// or lies at `first_position`; `FOVEA_VIDEO_MISSED` where a later one comes before it.
///
/// Where `wanted` is given, frames that are presented before it and that no other needs are left out.
int fovea_video_next_frame(fovea_video *video, int64_t wanted, int64_t first, int64_t first_decoding,
                           int64_t first_position, struct fovea_video_frame *out, char message[256]);

/// CRC-32 (IEEE 802.3) of the frame's luma samples, row by row without padding.
uint32_t fovea_video_luma_crc(fovea_video *video);

/// Whether the frame that was decoded last lies in such planes. If so, they are told.
int fovea_video_tell_planes(const fovea_video *video, struct fovea_video_planes *out);

/// How many bytes may be written behind the last pixel: kernels of swscale write whole registers.
#define FOVEA_VIDEO_SLACK 256

/// Writes the frame that was decoded last as interleaved 8-bit RGB of `width × height`, scaled where they differ.
/// `out` has room for `capacity` bytes, of which `FOVEA_VIDEO_SLACK` stand behind the pixels.
int fovea_video_rgb(fovea_video *video, int width, int height, uint8_t *out, int64_t capacity, char message[256]);

#include "writing.h"
