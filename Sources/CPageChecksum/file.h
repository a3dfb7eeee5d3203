#ifndef FOVEA_CHECKSUM_FILE_H
#define FOVEA_CHECKSUM_FILE_H

#include "CPageChecksum.h"

#include <sqlite3.h>
#include <string.h>

/// What is known of whether the pages of a database carry checksums.
enum checksums {
    /// Nothing has been read of it yet.
    CHECKSUMS_UNKNOWN = 0,
    /// It was empty when it was opened. What this program makes carries checksums, and a page may be written
    /// before the first one, which says so.
    CHECKSUMS_NEW,
    CHECKSUMS_ON,
    CHECKSUMS_OFF,
};

/// A database or its write-ahead log, above the file of the layer below, which follows it in memory.
///
/// It belongs to one connection, and is used by one thread at a time as that is. Pages are shared with no
/// other: there is nothing to lock.
struct checksum_file {
    sqlite3_file base;
    /// The file below.
    sqlite3_file *below;
    /// The database that a log belongs to; of a database, itself. `NULL` once that is closed.
    struct checksum_file *database;
    /// The log of a database, while it is open.
    struct checksum_file *log;

    /// Of a database: its page size, 0 before it is known, and whether pages carry checksums.
    uint32_t page_size;
    enum checksums checksums;
    /// Whether a page of a new database was given a checksum before its first page said that pages have them.
    int has_stamped;
    /// The first damaged page since the last question; page 0 for none.
    struct fovea_page_damage damage;

    /// Of a log: the frame whose header was written last, from 1, and a bit for each frame whose page was
    /// written over within the transaction under way: its header follows only with the commit.
    uint32_t header_written;
    unsigned char *rewritten;
    uint32_t rewritten_bytes;
    /// The frame that was read last to get new sums, and those that it had.
    uint32_t recomputed;
    unsigned char recomputed_sums[8];

    /// Room for a page, made with the first one that needs it.
    unsigned char *scratch;
    uint32_t scratch_bytes;
};

/// A page's worth of room; `NULL` where memory is short.
unsigned char *checksum_scratch(struct checksum_file *file, uint32_t byte_count);

static inline int is_page_size(int byte_count) {
    return byte_count >= 512 && byte_count <= 65536 && (byte_count & (byte_count - 1)) == 0;
}

static inline uint32_t big_endian(const unsigned char *bytes) {
    return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
}

int database_read(struct checksum_file *file, void *buffer, int count, sqlite3_int64 offset);
int database_write(struct checksum_file *file, const void *bytes, int count, sqlite3_int64 offset);
int log_read(struct checksum_file *file, void *buffer, int count, sqlite3_int64 offset);
int log_write(struct checksum_file *file, const void *bytes, int count, sqlite3_int64 offset);
/// Tells the log that the transaction that wrote to it has ended.
void log_end_transaction(struct checksum_file *log);
/// Notes a damaged page and returns the result code that says so.
int checksum_mismatch(struct checksum_file *file, uint32_t page, uint32_t frame);

#endif
