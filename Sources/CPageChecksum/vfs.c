// A file layer above SQLite's own (https://sqlite.org/vfs.html) that gives every page of a database a checksum when
// it is written, and checks each page when it is read, from the database and from its write-ahead log. Whatever
// else is asked goes to the layer below.

#include "file.h"

#include <stdlib.h>

enum {
    /// `SQLITE_IOCAP_SUBPAGE_READ` of later versions: parts of pages may be read past the cache.
    SUBPAGE_READ = 0x00008000,
    /// The lock on the log's index that whoever writes holds (https://sqlite.org/walformat.html#wal_locks).
    WRITE_LOCK = 0,
};

static struct checksum_file *self(sqlite3_file *file) { return (struct checksum_file *)file; }
static sqlite3_file *below(sqlite3_file *file) { return self(file)->below; }
static int is_log(struct checksum_file *file) { return file->database != file; }

unsigned char *checksum_scratch(struct checksum_file *file, uint32_t byte_count) {
    if (file->scratch_bytes < byte_count) {
        free(file->scratch);
        file->scratch = malloc(byte_count);
        file->scratch_bytes = file->scratch == NULL ? 0 : byte_count;
    }
    return file->scratch;
}

int checksum_mismatch(struct checksum_file *file, uint32_t page, uint32_t frame) {
    struct checksum_file *database = file->database;
    if (database != NULL && database->damage.page == 0) {
        database->damage.page = page;
        database->damage.frame = frame;
    }
    return SQLITE_IOERR_DATA;
}

// MARK: - Files

static int file_close(sqlite3_file *file) {
    struct checksum_file *own = self(file);
    if (is_log(own)) {
        if (own->database != NULL && own->database->log == own) own->database->log = NULL;
        log_end_transaction(own);
    } else if (own->log != NULL) {
        own->log->database = NULL;
    }
    free(own->scratch);
    own->scratch = NULL;
    own->scratch_bytes = 0;
    return own->below->pMethods->xClose(own->below);
}

static int file_read(sqlite3_file *file, void *buffer, int count, sqlite3_int64 offset) {
    struct checksum_file *own = self(file);
    return is_log(own) ? log_read(own, buffer, count, offset) : database_read(own, buffer, count, offset);
}

static int file_write(sqlite3_file *file, const void *bytes, int count, sqlite3_int64 offset) {
    struct checksum_file *own = self(file);
    return is_log(own) ? log_write(own, bytes, count, offset) : database_write(own, bytes, count, offset);
}

static int file_truncate(sqlite3_file *file, sqlite3_int64 size) {
    return below(file)->pMethods->xTruncate(below(file), size);
}
static int file_sync(sqlite3_file *file, int flags) { return below(file)->pMethods->xSync(below(file), flags); }
static int file_size(sqlite3_file *file, sqlite3_int64 *size) {
    return below(file)->pMethods->xFileSize(below(file), size);
}
static int file_lock(sqlite3_file *file, int lock) { return below(file)->pMethods->xLock(below(file), lock); }
static int file_unlock(sqlite3_file *file, int lock) { return below(file)->pMethods->xUnlock(below(file), lock); }
static int file_is_reserved(sqlite3_file *file, int *result) {
    return below(file)->pMethods->xCheckReservedLock(below(file), result);
}

static int file_control(sqlite3_file *file, int operation, void *argument) {
    return below(file)->pMethods->xFileControl(below(file), operation, argument);
}

static int file_sector_size(sqlite3_file *file) { return below(file)->pMethods->xSectorSize(below(file)); }
static int file_characteristics(sqlite3_file *file) {
    return below(file)->pMethods->xDeviceCharacteristics(below(file)) & ~SUBPAGE_READ;
}

static int shm_map(sqlite3_file *file, int region, int size, int extend, void volatile **place) {
    return below(file)->pMethods->xShmMap(below(file), region, size, extend, place);
}
static int shm_lock(sqlite3_file *file, int offset, int count, int flags) {
    if (offset == WRITE_LOCK && (flags & SQLITE_SHM_UNLOCK) && self(file)->log != NULL) {
        log_end_transaction(self(file)->log);
    }
    return below(file)->pMethods->xShmLock(below(file), offset, count, flags);
}
static void shm_barrier(sqlite3_file *file) { below(file)->pMethods->xShmBarrier(below(file)); }
static int shm_unmap(sqlite3_file *file, int is_deleted) {
    return below(file)->pMethods->xShmUnmap(below(file), is_deleted);
}

// Pages are not handed out as mapped memory: SQLite would use them without asking for them to be read.
static int fetch(sqlite3_file *file, sqlite3_int64 offset, int count, void **place) {
    (void)file, (void)offset, (void)count;
    *place = NULL;
    return SQLITE_OK;
}
static int unfetch(sqlite3_file *file, sqlite3_int64 offset, void *place) {
    (void)file, (void)offset, (void)place;
    return SQLITE_OK;
}

static const sqlite3_io_methods methods = {
    .iVersion = 3,
    .xClose = file_close,
    .xRead = file_read,
    .xWrite = file_write,
    .xTruncate = file_truncate,
    .xSync = file_sync,
    .xFileSize = file_size,
    .xLock = file_lock,
    .xUnlock = file_unlock,
    .xCheckReservedLock = file_is_reserved,
    .xFileControl = file_control,
    .xSectorSize = file_sector_size,
    .xDeviceCharacteristics = file_characteristics,
    .xShmMap = shm_map,
    .xShmLock = shm_lock,
    .xShmBarrier = shm_barrier,
    .xShmUnmap = shm_unmap,
    .xFetch = fetch,
    .xUnfetch = unfetch,
};

// MARK: - The layer

static sqlite3_vfs *lower(sqlite3_vfs *vfs) { return vfs->pAppData; }

static int layer_open(sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags, int *opened) {
    sqlite3_vfs *next = lower(vfs);
    // Journals and files of the moment have no pages at fixed places, and go when their use ends.
    if (!(flags & (SQLITE_OPEN_MAIN_DB | SQLITE_OPEN_WAL))) return next->xOpen(next, name, file, flags, opened);
    struct checksum_file *own = self(file);
    memset(own, 0, sizeof *own);
    own->below = (sqlite3_file *)(own + 1);
    int result = next->xOpen(next, name, own->below, flags, opened);
    // A file without methods is not closed, any other is, whether opening it succeeded or not.
    if (own->below->pMethods == NULL) return result;
    own->base.pMethods = &methods;
    if (flags & SQLITE_OPEN_WAL) {
        sqlite3_file *database = sqlite3_database_file_object(name);
        if (database != NULL && database->pMethods == &methods) {
            own->database = self(database);
            own->database->log = own;
        }
    } else {
        own->database = own;
    }
    return result;
}

static int layer_delete(sqlite3_vfs *vfs, const char *name, int syncs) {
    return lower(vfs)->xDelete(lower(vfs), name, syncs);
}
static int layer_access(sqlite3_vfs *vfs, const char *name, int flags, int *result) {
    return lower(vfs)->xAccess(lower(vfs), name, flags, result);
}
static int layer_full_path(sqlite3_vfs *vfs, const char *name, int count, char *path) {
    return lower(vfs)->xFullPathname(lower(vfs), name, count, path);
}
static void *layer_library_open(sqlite3_vfs *vfs, const char *name) {
    return lower(vfs)->xDlOpen(lower(vfs), name);
}
static void layer_library_error(sqlite3_vfs *vfs, int count, char *message) {
    lower(vfs)->xDlError(lower(vfs), count, message);
}
static void (*layer_library_symbol(sqlite3_vfs *vfs, void *library, const char *name))(void) {
    return lower(vfs)->xDlSym(lower(vfs), library, name);
}
static void layer_library_close(sqlite3_vfs *vfs, void *library) { lower(vfs)->xDlClose(lower(vfs), library); }
static int layer_randomness(sqlite3_vfs *vfs, int count, char *bytes) {
    return lower(vfs)->xRandomness(lower(vfs), count, bytes);
}
static int layer_sleep(sqlite3_vfs *vfs, int microseconds) {
    return lower(vfs)->xSleep(lower(vfs), microseconds);
}
static int layer_time(sqlite3_vfs *vfs, double *days) { return lower(vfs)->xCurrentTime(lower(vfs), days); }
static int layer_last_error(sqlite3_vfs *vfs, int count, char *message) {
    return lower(vfs)->xGetLastError(lower(vfs), count, message);
}
static int layer_time_integer(sqlite3_vfs *vfs, sqlite3_int64 *milliseconds) {
    return lower(vfs)->xCurrentTimeInt64(lower(vfs), milliseconds);
}

int fovea_checksum_vfs_register(void) {
    static sqlite3_vfs layer;
    int result = sqlite3_initialize();
    if (result != SQLITE_OK) return result;
    sqlite3_vfs *next = sqlite3_vfs_find(NULL);
    if (next == NULL || next->iVersion < 2) return SQLITE_ERROR;
    layer = (sqlite3_vfs){
        .iVersion = 2,
        .szOsFile = (int)sizeof(struct checksum_file) + next->szOsFile,
        .mxPathname = next->mxPathname,
        .zName = FOVEA_CHECKSUM_VFS,
        .pAppData = next,
        .xOpen = layer_open,
        .xDelete = layer_delete,
        .xAccess = layer_access,
        .xFullPathname = layer_full_path,
        .xDlOpen = layer_library_open,
        .xDlError = layer_library_error,
        .xDlSym = layer_library_symbol,
        .xDlClose = layer_library_close,
        .xRandomness = layer_randomness,
        .xSleep = layer_sleep,
        .xCurrentTime = layer_time,
        .xGetLastError = layer_last_error,
        .xCurrentTimeInt64 = layer_time_integer,
    };
    return sqlite3_vfs_register(&layer, 0);
}

/// The database file of a connection; `NULL` where it is not one of this layer's.
static struct checksum_file *database_of(void *connection) {
    sqlite3_file *file = NULL;
    if (sqlite3_file_control(connection, "main", SQLITE_FCNTL_FILE_POINTER, &file) != SQLITE_OK || file == NULL) {
        return NULL;
    }
    return file->pMethods == &methods ? self(file) : NULL;
}

int fovea_take_page_damage(void *connection, struct fovea_page_damage *damage) {
    struct checksum_file *database = database_of(connection);
    *damage = (struct fovea_page_damage){0, 0};
    if (database == NULL) return 0;
    *damage = database->damage;
    database->damage = (struct fovea_page_damage){0, 0};
    return damage->page != 0;
}

int64_t fovea_read_unchecked(void *connection, void *buffer, int count, int64_t offset) {
    struct checksum_file *database = database_of(connection);
    if (database == NULL) return -1;
    sqlite3_file *file = database->below;
    sqlite3_int64 size = 0;
    if (file->pMethods->xFileSize(file, &size) != SQLITE_OK) return -1;
    if (offset >= size) return 0;
    if (size - offset < count) count = (int)(size - offset);
    return file->pMethods->xRead(file, buffer, count, offset) == SQLITE_OK ? count : -1;
}

int fovea_get_log_state(void *connection, struct fovea_log_state *state) {
    // The first 48 bytes of the log's index, twice, and behind them how much was copied
    // (https://sqlite.org/walformat.html#the_wal_index_file_format), in the processor's byte order.
    enum { REGION = 32768, COPY = 48, VERSION = 0, IS_INITIALISED = 12, FRAMES = 16, SALTS = 32, COPIED = 96 };
    struct checksum_file *database = database_of(connection);
    if (database == NULL || database->log == NULL) return 0;
    void volatile *region = NULL;
    sqlite3_file *file = database->below;
    if (file->pMethods->xShmMap(file, 0, REGION, 0, &region) != SQLITE_OK || region == NULL) return 0;
    const unsigned char *index = (const unsigned char *)region;
    for (int attempt = 0; attempt < 1000; attempt++) {
        unsigned char first[COPY], second[COPY];
        uint32_t copied;
        memcpy(first, index, COPY);
        file->pMethods->xShmBarrier(file);
        memcpy(second, index + COPY, COPY);
        memcpy(&copied, index + COPIED, sizeof copied);
        // A writer changes the second copy first: two that are equal were read whole.
        if (memcmp(first, second, COPY) != 0) continue;
        if (first[IS_INITIALISED] == 0) return 0;
        memcpy(&state->frames, first + FRAMES, 4);
        memcpy(state->salts, first + SALTS, 8);
        state->copied = copied;
        return 1;
    }
    return 0;
}
