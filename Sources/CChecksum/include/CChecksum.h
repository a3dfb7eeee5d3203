#ifndef FOVEA_CCHECKSUM_H
#define FOVEA_CCHECKSUM_H

#include <stddef.h>
#include <stdint.h>

/// CRC-32C (Castagnoli polynomial, reflected, as iSCSI's RFC 3720) of `count` bytes, continuing from `crc`
/// (0 to begin). Uses the processor's instruction where there is one.
uint32_t fovea_crc32c(uint32_t crc, const void *bytes, size_t count);

/// The same from a table: what `fovea_crc32c` falls back to, kept callable so that tests compare the two.
uint32_t fovea_crc32c_portable(uint32_t crc, const void *bytes, size_t count);

#endif
