#include "video.h"

#include <string.h>

// What is looked at is what no encoder leaves out: a packet that lacks it was overwritten. Whether the rest of it can
// be decoded, only a decoder can tell.

static uint32_t big_endian(const uint8_t *bytes, int count) {
    uint32_t number = 0;
    for (int index = 0; index < count; index++) number = number << 8 | bytes[index];
    return number;
}

static int is_zero(const uint8_t *bytes, int count) {
    for (int index = 0; index < count; index++)
        if (bytes[index]) return 0;
    return 1;
}

/// Whether 00 00 01 stands near the beginning; H.263's short header, 00 00 8x, counts too.
static int has_start_code(const uint8_t *bytes, int count) {
    for (int index = 0; index + 2 < count && index < 64; index++)
        if (!bytes[index] && !bytes[index + 1] && (bytes[index + 2] == 1 || (bytes[index + 2] & 0xFC) == 0x80))
            return 1;
    return 0;
}

/// Whether units follow one another, each behind its length, until the end of the packet: ISO/IEC 14496-15.
static int has_whole_units(const uint8_t *bytes, int count, int length_size) {
    int offset = 0;
    while (offset < count) {
        if (count - offset < length_size) return offset > 0 && is_zero(bytes + offset, count - offset);
        const uint32_t length = big_endian(bytes + offset, length_size);
        if (length == 0) return offset > 0 && is_zero(bytes + offset, count - offset);
        offset += length_size;
        // The first bit of a unit is forbidden.
        if (length > (uint32_t)(count - offset) || bytes[offset] & 0x80) return 0;
        offset += (int)length;
    }
    return 1;
}

int fovea_video_is_plausible(const fovea_video *video, const AVPacket *packet) {
    const AVCodecParameters *parameters = video->stream->codecpar;
    const uint8_t *bytes = packet->data;
    const int count = packet->size;
    // Packets of a few bytes stand for "as before".
    if (!bytes || count < 16) return 1;
    const uint8_t *extra = parameters->extradata;
    switch (parameters->codec_id) {
    case AV_CODEC_ID_H264:
        if (extra && parameters->extradata_size >= 7 && extra[0] == 1)
            return has_whole_units(bytes, count, (extra[4] & 3) + 1);
        return has_start_code(bytes, count);
    case AV_CODEC_ID_HEVC:
        if (extra && parameters->extradata_size >= 23 && extra[0] == 1)
            return has_whole_units(bytes, count, (extra[21] & 3) + 1);
        return has_start_code(bytes, count);
    case AV_CODEC_ID_MPEG4:
    case AV_CODEC_ID_MPEG1VIDEO:
    case AV_CODEC_ID_MPEG2VIDEO: return has_start_code(bytes, count);
    case AV_CODEC_ID_MJPEG: return bytes[0] == 0xFF && bytes[1] == 0xD8;
    // The frame marker, and of VP8's keyframes the start code: VP9's specification 6.2, RFC 6386 section 9.1.
    case AV_CODEC_ID_VP9: return bytes[0] >> 6 == 2;
    case AV_CODEC_ID_VP8: return bytes[0] & 1 || big_endian(bytes + 3, 3) == 0x9D012A;
    default: return 1;
    }
}

int fovea_video_reordering(const fovea_video *video) {
    switch (video->stream->codecpar->codec_id) {
    case AV_CODEC_ID_H264:
    case AV_CODEC_ID_HEVC:
    case AV_CODEC_ID_MPEG1VIDEO:
    case AV_CODEC_ID_MPEG2VIDEO: return video->stream->codecpar->video_delay;
    default: return -1;
    }
}

int fovea_video_is_intra_only(const fovea_video *video) {
    const AVCodecDescriptor *codec = video->functions->avcodec_descriptor_get(video->stream->codecpar->codec_id);
    return codec && codec->props & AV_CODEC_PROP_INTRA_ONLY ? 1 : 0;
}

/// Whether a unit of H.264 is supplemental information that decoding is exact only some frames later: a recovery point
/// with a count above 0, ISO/IEC 14496-10 D.1.8.
static int recovers_later(const uint8_t *unit, int count) {
    uint8_t bytes[256];
    int length = 0;
    // Without the bytes that keep start codes out.
    for (int index = 1, zeros = 0; index < count && length < (int)sizeof bytes; index++) {
        if (zeros >= 2 && unit[index] == 3) {
            zeros = 0;
            continue;
        }
        zeros = unit[index] ? 0 : zeros + 1;
        bytes[length++] = unit[index];
    }
    int offset = 0;
    while (offset + 2 < length) {
        int type = 0, size = 0;
        while (offset < length && bytes[offset] == 0xFF) type += bytes[offset++];
        if (offset < length) type += bytes[offset++];
        while (offset < length && bytes[offset] == 0xFF) size += bytes[offset++];
        if (offset < length) size += bytes[offset++];
        // The count begins with as many zeros as it has bits behind its first one: a set bit alone stands for 0.
        if (type == 6) return size > 0 && offset < length && !(bytes[offset] & 0x80);
        offset += size;
    }
    return 0;
}

/// Where the next 00 00 01 stands, or the end.
static int start_code(const uint8_t *bytes, int offset, int count) {
    for (; offset + 2 < count; offset++)
        if (!bytes[offset] && !bytes[offset + 1] && bytes[offset + 2] == 1) return offset;
    return count;
}

int fovea_video_is_refreshed_later(const fovea_video *video, const AVPacket *packet) {
    const AVCodecParameters *parameters = video->stream->codecpar;
    const uint8_t *bytes = packet->data;
    const int count = packet->size;
    if (parameters->codec_id != AV_CODEC_ID_H264 || !bytes) return 0;
    const uint8_t *extra = parameters->extradata;
    const int length_size = extra && parameters->extradata_size >= 7 && extra[0] == 1 ? (extra[4] & 3) + 1 : 0;
    int offset = 0;
    while (offset < count) {
        int begin, end;
        if (length_size) {
            if (count - offset < length_size) return 0;
            const uint32_t length = big_endian(bytes + offset, length_size);
            begin = offset + length_size;
            if (length == 0 || length > (uint32_t)(count - begin)) return 0;
            offset = end = begin + (int)length;
        } else {
            begin = start_code(bytes, offset, count) + 3;
            if (begin >= count) return 0;
            offset = end = start_code(bytes, begin, count);
        }
        const int type = bytes[begin] & 31;
        // Slices come behind all information.
        if (type >= 1 && type <= 5) return 0;
        if (type == 6 && recovers_later(bytes + begin, end - begin)) return 1;
    }
    return 0;
}
