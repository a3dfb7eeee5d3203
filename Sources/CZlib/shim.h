#pragma once

#include <limits.h>
#include <stddef.h>
#include <zlib.h>

/// Unpacks a raw deflate stream (RFC 1951, as zip archives have them) that must give exactly `out_count` bytes, at
/// most 4 GiB each way. 0 when it does.
static inline int fovea_inflate(const void *in, size_t in_count, void *out, size_t out_count) {
    if (in_count > UINT_MAX || out_count > UINT_MAX) return -1;
    z_stream stream = {0};
    // A negative window is what zlib calls a stream without header and checksum.
    if (inflateInit2(&stream, -MAX_WBITS) != Z_OK) return -1;
    stream.next_in = (Bytef *)in;
    stream.avail_in = (uInt)in_count;
    stream.next_out = (Bytef *)out;
    stream.avail_out = (uInt)out_count;
    int status = inflate(&stream, Z_FINISH);
    size_t left = stream.avail_out;
    inflateEnd(&stream);
    return status == Z_STREAM_END && left == 0 ? 0 : -1;
}

/// The CRC-32 of zip archives.
static inline unsigned int fovea_crc32(const void *bytes, size_t count) {
    return (unsigned int)crc32_z(crc32_z(0, NULL, 0), (const Bytef *)bytes, count);
}
