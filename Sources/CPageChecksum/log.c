// Frames of the write-ahead log (https://sqlite.org/fileformat2.html#walformat). SQLite compares their checksums
// when it recovers a log, and at no other time: neither when it reads a page, nor when a checkpoint copies one
// into the database. Each frame's sums continue those of the frame before it.

#include "file.h"

#include <stdlib.h>

enum { LOG_HEADER = 32, FRAME_HEADER = 24 };

/// The frame, from 1, whose page or whose header begins at `offset`; 0 where none does.
static uint32_t frame_at(sqlite3_int64 offset, int page_size, int skipped) {
    sqlite3_int64 frame_size = (sqlite3_int64)page_size + FRAME_HEADER;
    sqlite3_int64 first = LOG_HEADER + skipped;
    if (offset < first || (offset - first) % frame_size != 0) return 0;
    return (uint32_t)((offset - first) / frame_size + 1);
}

static int is_rewritten(const struct checksum_file *log, uint32_t frame) {
    return frame / 8 < log->rewritten_bytes && (log->rewritten[frame / 8] >> frame % 8 & 1);
}

static int note_rewritten(struct checksum_file *log, uint32_t frame) {
    if (frame / 8 >= log->rewritten_bytes) {
        uint32_t wanted = (frame / 8 + 1) * 2;
        unsigned char *grown = realloc(log->rewritten, wanted);
        if (grown == NULL) return SQLITE_IOERR_NOMEM;
        memset(grown + log->rewritten_bytes, 0, wanted - log->rewritten_bytes);
        log->rewritten = grown;
        log->rewritten_bytes = wanted;
    }
    log->rewritten[frame / 8] |= (unsigned char)(1 << frame % 8);
    return SQLITE_OK;
}

void log_end_transaction(struct checksum_file *log) {
    log->header_written = 0;
    log->recomputed = 0;
    free(log->rewritten);
    log->rewritten = NULL;
    log->rewritten_bytes = 0;
}

/// The sums that those of `frame` continue.
static int sums_before(struct checksum_file *log, uint32_t frame, int page_size, unsigned char before[8]) {
    if (frame > 1 && log->recomputed == frame - 1) {
        memcpy(before, log->recomputed_sums, 8);
        return SQLITE_OK;
    }
    sqlite3_int64 place = frame == 1
        ? LOG_HEADER - 8
        : LOG_HEADER + (sqlite3_int64)(frame - 2) * (page_size + FRAME_HEADER) + 16;
    return log->below->pMethods->xRead(log->below, before, 8, place);
}

/// Checks a frame whose header and page are given.
static int check(
    struct checksum_file *log, uint32_t frame, const unsigned char *header, const void *page, int page_size) {
    if (is_rewritten(log, frame)) return SQLITE_OK;
    unsigned char magic[4], before[8];
    int result = sums_before(log, frame, page_size, before);
    if (result == SQLITE_OK) result = log->below->pMethods->xRead(log->below, magic, 4, 0);
    if (result != SQLITE_OK) return result;
    uint32_t sums[2] = {big_endian(before), big_endian(before + 4)};
    // The last bit of the magic number says in which order the words of a page are read.
    int is_big_endian = magic[3] & 1;
    fovea_two_sums(sums, header, 8, is_big_endian);
    fovea_two_sums(sums, page, (size_t)page_size, is_big_endian);
    if (sums[0] == big_endian(header + 16) && sums[1] == big_endian(header + 20)) return SQLITE_OK;
    return checksum_mismatch(log, big_endian(header), frame);
}

/// Checks a whole frame that is read to give it new sums, as frames are that follow a page written over. The
/// frame before it has its new ones by then, so the old ones are kept.
static int check_recomputed(struct checksum_file *log, const unsigned char *bytes, int count, sqlite3_int64 offset) {
    int page_size = count - FRAME_HEADER;
    uint32_t frame = frame_at(offset, page_size, 0);
    if (frame == 0) return SQLITE_OK;
    int result = check(log, frame, bytes, bytes + FRAME_HEADER, page_size);
    log->recomputed = frame;
    memcpy(log->recomputed_sums, bytes + 16, 8);
    return result;
}

int log_read(struct checksum_file *log, void *buffer, int count, sqlite3_int64 offset) {
    sqlite3_io_methods const *below = log->below->pMethods;
    int result = below->xRead(log->below, buffer, count, offset);
    if (result != SQLITE_OK) return result;
    // Recovery reads whole frames as well, and judges them itself: it has no page written over.
    if (log->rewritten != NULL && is_page_size(count - FRAME_HEADER)) {
        return check_recomputed(log, buffer, count, offset);
    }
    uint32_t frame = is_page_size(count) ? frame_at(offset, count, FRAME_HEADER) : 0;
    if (frame == 0) return SQLITE_OK;
    unsigned char header[FRAME_HEADER];
    result = below->xRead(log->below, header, FRAME_HEADER, offset - FRAME_HEADER);
    return result == SQLITE_OK ? check(log, frame, header, buffer, count) : result;
}

int log_write(struct checksum_file *log, const void *bytes, int count, sqlite3_int64 offset) {
    if (offset == 0) log_end_transaction(log);
    uint32_t page_size = log->database == NULL ? 0 : log->database->page_size;
    if (page_size != 0 && count == FRAME_HEADER) {
        uint32_t frame = frame_at(offset, (int)page_size, 0);
        log->header_written = frame;
        // Frames that follow a page written over get their salts and sums with the commit.
        static const unsigned char blank[16];
        if (frame != 0 && memcmp((const unsigned char *)bytes + 8, blank, 16) == 0) {
            int result = note_rewritten(log, frame);
            if (result != SQLITE_OK) return result;
        } else if (is_rewritten(log, frame)) {
            log->rewritten[frame / 8] &= (unsigned char)~(1 << frame % 8);
        }
    } else if (page_size != 0 && (uint32_t)count == page_size) {
        uint32_t frame = frame_at(offset, count, FRAME_HEADER);
        if (frame != 0 && frame != log->header_written) {
            int result = note_rewritten(log, frame);
            if (result != SQLITE_OK) return result;
        }
    }
    return log->below->pMethods->xWrite(log->below, bytes, count, offset);
}
