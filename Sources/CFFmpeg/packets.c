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

int fovea_video_is_intra_only(const fovea_video *video) {
    const AVCodecDescriptor *codec = video->functions->avcodec_descriptor_get(video->stream->codecpar->codec_id);
    return codec && codec->props & AV_CODEC_PROP_INTRA_ONLY ? 1 : 0;
}
