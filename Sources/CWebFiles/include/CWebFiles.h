#pragma once

#include <stddef.h>
#include <stdint.h>

/// A file of the web page, as it lies in the binary. The bytes live as long as the process.
struct fovea_web_file {
    /// Where the server offers it: `/app.js`; the page itself is `/index.html`.
    const char *_Nonnull path;
    const char *_Nonnull content_type;
    /// The first 32 hex digits of the content's SHA-256, without quotes.
    const char *_Nonnull tag;
    const uint8_t *_Nonnull bytes;
    size_t byte_count;
    /// The same content compressed with gzip.
    const uint8_t *_Nonnull gzip_bytes;
    size_t gzip_byte_count;
};

/// The file at `index` of all files of the web page, which are ordered by path; null past the last.
const struct fovea_web_file *_Nullable fovea_web_file_at(size_t index);
