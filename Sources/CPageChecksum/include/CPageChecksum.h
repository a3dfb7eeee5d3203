#ifndef FOVEA_CPAGECHECKSUM_H
#define FOVEA_CPAGECHECKSUM_H

#include <stddef.h>
#include <stdint.h>

/// The name of the file layer of SQLite that `fovea_checksum_vfs_register` makes.
#define FOVEA_CHECKSUM_VFS "fovea-checksum"

/// The bytes at the end of every page of a database that hold its checksum.
#define FOVEA_PAGE_CHECKSUM_BYTES 8

/// The first damaged page that a connection has met since it was asked last.
struct fovea_page_damage {
    /// The number of the page, from 1.
    uint32_t page;
    /// The number of the frame of the write-ahead log, from 1; 0 where the page lies in the database itself.
    uint32_t frame;
};

/// Makes the layer known to SQLite, above its default one. To be called once, before the first connection.
/// Returns a result code of SQLite.
int fovea_checksum_vfs_register(void);

/// Whether `connection` (a `sqlite3 *` whose files the layer has opened) has met a damaged page; forgets it.
int fovea_take_page_damage(void *connection, struct fovea_page_damage *damage);

/// How long the write-ahead log of a connection is, as those who use it at this moment have agreed.
struct fovea_log_state {
    /// Frames that belong to commits, from the first one on.
    uint32_t frames;
    /// Those of them that lie in the database as well.
    uint32_t copied;
    /// What tells the frames of this log from what earlier ones have left in the file.
    uint32_t salts[2];
};

/// Tells the state of the log of `connection`; 0 where it has not opened one.
int fovea_get_log_state(void *connection, struct fovea_log_state *state);

/// Reads the database file of `connection` unchecked. It is read through the connection as closing another
/// descriptor of the file would give up the locks that SQLite holds on it (`fcntl(2)`).
/// Returns the bytes read, fewer than `count` only where the file ends; -1 where reading fails.
int64_t fovea_read_unchecked(void *connection, void *buffer, int count, int64_t offset);

/// Continues the two sums of the file formats of SQLite (https://sqlite.org/fileformat2.html#checksum_algorithm)
/// over `count` bytes, a multiple of 8, read as 32-bit words, big-endian ones where `is_big_endian`.
void fovea_two_sums(uint32_t sums[2], const void *bytes, size_t count, int is_big_endian);

/// Whether the last 8 of the `count` bytes of a page are the checksum of those before them.
int fovea_page_is_intact(const void *page, size_t count);

/// Whether a frame of a write-ahead log, whose sums are wrong, is right once a single bit of it is turned: a damaged
/// frame, then, and not one whose writing was cut short. `before` are the sums that it continues. Up to a few
/// tenths of a second for the largest pages.
int fovea_frame_is_one_bit_off(
    const void *frame, size_t count, const uint32_t before[2], int is_big_endian);

#endif
