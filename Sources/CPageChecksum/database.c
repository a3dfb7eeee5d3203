// Pages of a database. The form on disk is that of SQLite's checksum VFS (https://sqlite.org/cksumvfs.html):
// where byte 20 of the header says that 8 bytes are reserved at the end of each page, they hold the two sums
// of the bytes before them, as two little-endian words.

#include "file.h"

enum { HEADER_BYTES = 100 };

/// Learns from the header of a database, which begins `bytes`.
static int learn(struct checksum_file *file, const unsigned char *bytes) {
    if (memcmp(bytes, "SQLite format 3", 16) != 0) return SQLITE_OK;
    uint32_t size = (uint32_t)bytes[16] << 8 | bytes[17];
    if (size == 1) size = 65536;
    if (!is_page_size((int)size)) return SQLITE_OK;
    int has_checksums = bytes[20] == FOVEA_PAGE_CHECKSUM_BYTES;
    // Pages that came before were given checksums over what would then be content.
    if (!has_checksums && file->has_stamped) return SQLITE_IOERR_WRITE;
    file->page_size = size;
    file->checksums = has_checksums ? CHECKSUMS_ON : CHECKSUMS_OFF;
    return SQLITE_OK;
}

static void learn_from_file(struct checksum_file *file) {
    if (file->checksums != CHECKSUMS_UNKNOWN) return;
    sqlite3_int64 size = 0;
    if (file->below->pMethods->xFileSize(file->below, &size) != SQLITE_OK) return;
    if (size == 0) {
        file->checksums = CHECKSUMS_NEW;
        return;
    }
    unsigned char header[HEADER_BYTES];
    if (file->below->pMethods->xRead(file->below, header, HEADER_BYTES, 0) == SQLITE_OK) learn(file, header);
}

static int check(struct checksum_file *file, const void *page, sqlite3_int64 offset) {
    if (fovea_page_is_intact(page, file->page_size)) return SQLITE_OK;
    return checksum_mismatch(file, (uint32_t)(offset / file->page_size + 1), 0);
}

/// Reads the whole page that `offset` lies in, and checks it; hands on a page that is not there at all.
static int read_page(struct checksum_file *file, void *page, sqlite3_int64 offset) {
    int result = file->below->pMethods->xRead(file->below, page, (int)file->page_size, offset);
    if (result == SQLITE_OK) return check(file, page, offset);
    if (result != SQLITE_IOERR_SHORT_READ) return result;
    // Nothing behind the end is no damage. A part of a page is.
    sqlite3_int64 size = 0;
    if (file->below->pMethods->xFileSize(file->below, &size) != SQLITE_OK || size <= offset) return result;
    return checksum_mismatch(file, (uint32_t)(offset / file->page_size + 1), 0);
}

int database_read(struct checksum_file *file, void *buffer, int count, sqlite3_int64 offset) {
    learn_from_file(file);
    if (file->checksums != CHECKSUMS_ON) {
        int result = file->below->pMethods->xRead(file->below, buffer, count, offset);
        // Another connection may have made of an empty file a database.
        if (result == SQLITE_OK && offset == 0 && count >= HEADER_BYTES) {
            learn(file, buffer);
            if (file->checksums == CHECKSUMS_ON && (uint32_t)count == file->page_size) {
                return check(file, buffer, 0);
            }
        }
        return result;
    }
    uint32_t within = (uint32_t)(offset % file->page_size);
    if (within == 0 && (uint32_t)count == file->page_size) return read_page(file, buffer, offset);
    // The header is read in parts before the page size is known. Page 1 is read whole before it is believed.
    if (offset + count <= HEADER_BYTES) {
        int result = file->below->pMethods->xRead(file->below, buffer, count, offset);
        if (result == SQLITE_OK && offset == 0 && count == HEADER_BYTES) learn(file, buffer);
        return result;
    }
    // Builds of SQLite that read parts of overflow pages past its cache read no unchecked ones either.
    if ((uint64_t)within + (uint64_t)count > file->page_size) {
        return file->below->pMethods->xRead(file->below, buffer, count, offset);
    }
    unsigned char *page = checksum_scratch(file, file->page_size);
    if (page == NULL) return SQLITE_IOERR_NOMEM;
    int result = read_page(file, page, offset - within);
    if (result == SQLITE_OK || result == SQLITE_IOERR_SHORT_READ) memcpy(buffer, page + within, (size_t)count);
    return result;
}

int database_write(struct checksum_file *file, const void *bytes, int count, sqlite3_int64 offset) {
    learn_from_file(file);
    if (offset == 0 && count >= HEADER_BYTES) {
        int result = learn(file, bytes);
        if (result != SQLITE_OK) return result;
    }
    int is_stamped = (file->checksums == CHECKSUMS_ON || file->checksums == CHECKSUMS_NEW)
        && is_page_size(count) && offset % count == 0
        && (file->page_size == 0 || file->page_size == (uint32_t)count);
    if (!is_stamped) return file->below->pMethods->xWrite(file->below, bytes, count, offset);
    // The page belongs to SQLite's cache or to its log: it is not ours to change.
    unsigned char *page = checksum_scratch(file, (uint32_t)count);
    if (page == NULL) return SQLITE_IOERR_NOMEM;
    size_t content = (size_t)count - FOVEA_PAGE_CHECKSUM_BYTES;
    memcpy(page, bytes, content);
    uint32_t sums[2] = {0, 0};
    fovea_two_sums(sums, page, content, 0);
    for (int index = 0; index < FOVEA_PAGE_CHECKSUM_BYTES; index++) {
        page[content + (size_t)index] = (unsigned char)(sums[index / 4] >> (8 * (index % 4)));
    }
    if (file->checksums == CHECKSUMS_NEW) file->has_stamped = 1;
    return file->below->pMethods->xWrite(file->below, page, count, offset);
}
