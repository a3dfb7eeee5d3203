// Over 400 lines, as it is one library that one command compiles.
//
// Records what a program does to the files below a directory, in order: LD_PRELOAD this library, and
// replay.py can rebuild what a power cut at any moment would have left. replay.py compiles it, sets the
// variables and documents the use.
//
//   CRASHTRACE_ROOT  absolute real path of the directory
//   CRASHTRACE_OUT   the trace, appended to; outside of the directory
//   CRASHTRACE_ACK   "device:inode" of the standard output: what is written there is an acknowledgement
//
// Every call that changes data or names runs under one lock together with its log entry, so the order of
// entries is the order of effects. A sync is logged when it begins and when it has ended; only what was
// logged before its beginning is durable after its end. Processes share the trace: the lock is also taken on
// the trace file.
//
// It sees what goes through libc's functions. Raw system calls, stdio (its writes do not leave libc) and
// stores to shared mappings pass it by: fopen for writing and shared writable mappings are logged as such,
// and replay.py compares what it has understood with the real directory at the end, so that nothing is missed
// in silence.

#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

enum kind {
    OPEN = 1,        // a: file, b: flags; path
    WRITE = 2,       // a: file, b: offset; data
    TRUNCATE = 3,    // a: file, b: length
    SYNC_BEGIN = 4,  // a: file, b: serial
    SYNC_END = 5,    // a: file, b: serial; only after success
    RENAME = 6,      // a: 1 for an exchange; path, path
    UNLINK = 7,      // path; also of an empty directory
    MKDIR = 8,       // path
    LINK = 9,        // path, path
    SYMLINK = 10,    // path; data: target
    ACK = 11,        // data
    UNSEEN = 12,     // path; data: why what comes may not be seen
    SYNC_ALL_BEGIN = 13,  // b: serial
    SYNC_ALL_END = 14,    // b: serial
    ZERO = 15,       // a: file, b: offset; data: 8 bytes, count of zero bytes
};

struct header {
    uint32_t magic;
    uint32_t kind;
    uint64_t a, b;
    uint32_t path1, path2;
    uint64_t data;
};

#define MAGIC 0x31525443u
#define MAX_FILES 65536

struct file {
    uint64_t id;  // 0: not looked at; 1: not ours
    dev_t device;
    ino_t inode;
    int flags;
};

static struct file files[MAX_FILES];
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static char root[PATH_MAX];
static size_t root_length;
static int out = -1;
static unsigned long long output_device, output_inode;
static uint64_t serial;

#define REAL(name) \
    static __typeof__(&name) real; \
    if (!real) real = (__typeof__(&name))dlsym(RTLD_NEXT, #name)

static void open_trace(void) {
    const char *path = getenv("CRASHTRACE_OUT");
    int flags = O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC;
    out = path ? (int)syscall(SYS_openat, AT_FDCWD, path, flags, 0644) : -1;
    if (path && out < 0) abort();
    if (out >= 0) {
        // A high number: programs close the low ones before they start another.
        int high = (int)syscall(SYS_fcntl, out, F_DUPFD_CLOEXEC, 900);
        if (high >= 0) {
            syscall(SYS_close, out);
            out = high;
        }
    }
}

static void before_fork(void) { pthread_mutex_lock(&lock); }
static void after_fork_in_parent(void) { pthread_mutex_unlock(&lock); }
static void after_fork_in_child(void) {
    // An own description: the lock on the trace belongs to it.
    if (out >= 0) syscall(SYS_close, out);
    open_trace();
    pthread_mutex_unlock(&lock);
}

__attribute__((constructor)) static void start(void) {
    const char *directory = getenv("CRASHTRACE_ROOT");
    if (!directory || strlen(directory) >= sizeof root) return;
    strcpy(root, directory);
    root_length = strlen(root);
    const char *output = getenv("CRASHTRACE_ACK");
    if (output) sscanf(output, "%llu:%llu", &output_device, &output_inode);
    open_trace();
    pthread_atfork(before_fork, after_fork_in_parent, after_fork_in_child);
}

static int is_recording(void) { return out >= 0; }

static void enter(void) {
    pthread_mutex_lock(&lock);
    while (syscall(SYS_flock, out, LOCK_EX) != 0 && errno == EINTR) {}
}

static void leave(void) {
    int saved = errno;
    syscall(SYS_flock, out, LOCK_UN);
    pthread_mutex_unlock(&lock);
    errno = saved;
}

static void put(const void *bytes, size_t count) {
    const char *p = bytes;
    while (count > 0) {
        long n = syscall(SYS_write, out, p, count);
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0) abort();
        p += n;
        count -= (size_t)n;
    }
}

static void entry(
    enum kind kind, uint64_t a, uint64_t b, const char *path1, const char *path2, uint64_t data) {
    struct header header = {MAGIC, kind, a, b, 0, 0, data};
    header.path1 = path1 ? (uint32_t)strlen(path1) : 0;
    header.path2 = path2 ? (uint32_t)strlen(path2) : 0;
    put(&header, sizeof header);
    if (path1) put(path1, header.path1);
    if (path2) put(path2, header.path2);
}

static void record(enum kind kind, uint64_t a, uint64_t b, const char *path1, const char *path2) {
    int saved = errno;
    entry(kind, a, b, path1, path2, 0);
    errno = saved;
}

static void record_data(
    enum kind kind, uint64_t a, uint64_t b, const char *path, const void *data, size_t count) {
    int saved = errno;
    entry(kind, a, b, path, NULL, count);
    put(data, count);
    errno = saved;
}

// The path relative to the root; NULL for a path outside of it.
static const char *inside(const char *path) {
    if (strncmp(path, root, root_length) != 0) return NULL;
    if (path[root_length] == 0) return ".";
    return path[root_length] == '/' ? path + root_length + 1 : NULL;
}

static const char *path_of(int fd, char *buffer) {
    char link[64];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    long n = syscall(SYS_readlink, link, buffer, PATH_MAX - 1);
    if (n <= 0) return NULL;
    buffer[n] = 0;
    return inside(buffer);
}

// The name that `path` stands for, its directory resolved, its last part not; NULL outside of the root.
static const char *name_of(int directory, const char *path, char *buffer) {
    char whole[PATH_MAX], parent[PATH_MAX];
    if (!path) return NULL;
    size_t length = strlen(path);
    while (length > 1 && path[length - 1] == '/') length--;
    if (path[0] == '/' || directory == AT_FDCWD) {
        if (length >= sizeof whole) return NULL;
        memcpy(whole, path, length);
        whole[length] = 0;
    } else {
        int n = snprintf(whole, sizeof whole, "/proc/self/fd/%d/%.*s", directory, (int)length, path);
        if (n < 0 || (size_t)n >= sizeof whole) return NULL;
    }
    char *slash = strrchr(whole, '/');
    const char *last = slash ? slash + 1 : whole;
    char *resolved;
    if (!slash) {
        resolved = realpath(".", parent);
    } else if (slash == whole) {
        resolved = realpath("/", parent);
    } else {
        *slash = 0;
        resolved = realpath(whole, parent);
    }
    if (!resolved) return NULL;
    int n = snprintf(buffer, PATH_MAX, "%s/%s", strcmp(parent, "/") ? parent : "", last);
    if (n < 0 || n >= PATH_MAX) return NULL;
    return inside(buffer);
}

static void note_open(int fd, int flags) {
    if (fd < 0 || fd >= MAX_FILES) return;
    struct stat status;
    char buffer[PATH_MAX];
    const char *path = path_of(fd, buffer);
    files[fd] = (struct file){.id = 1, .flags = flags};
    if (fstat(fd, &status) != 0) return;
    files[fd].device = status.st_dev;
    files[fd].inode = status.st_ino;
    if (!path || (!S_ISREG(status.st_mode) && !S_ISDIR(status.st_mode))) return;
    files[fd].id = (uint64_t)getpid() << 32 | (++serial + 1);
    if ((flags & O_TMPFILE) == O_TMPFILE) record_data(UNSEEN, 0, 0, path, "O_TMPFILE", 9);
    record(OPEN, files[fd].id, (uint64_t)(unsigned)flags, path, NULL);
}

// What is known of a descriptor; one that was opened behind our back is looked at now. NULL if it is not
// ours.
static struct file *known(int fd) {
    if (fd < 0 || fd >= MAX_FILES) return NULL;
    int saved = errno;
    struct file *file = &files[fd];
    struct stat status;
    if (fstat(fd, &status) != 0) {
        errno = saved;
        return NULL;
    }
    if (file->id == 0 || file->device != status.st_dev || file->inode != status.st_ino) {
        note_open(fd, fcntl(fd, F_GETFL) & ~(O_CREAT | O_TRUNC | O_EXCL));
    }
    errno = saved;
    return file->id > 1 ? file : NULL;
}

// MARK: Opening and closing

static int opened(int fd, int flags) {
    if (fd >= 0) note_open(fd, flags);
    return fd;
}

#define MODE(flags) \
    mode_t mode = 0; \
    if (((flags) & O_CREAT) || ((flags) & O_TMPFILE) == O_TMPFILE) { \
        va_list list; \
        va_start(list, flags); \
        mode = va_arg(list, mode_t); \
        va_end(list); \
    }

// Only opening for creation can change anything; but all are noted, so that handles are known.
#define OPENING(call, flags) \
    if (!is_recording()) return call; \
    enter(); \
    int fd = opened(call, flags); \
    leave(); \
    return fd

// Opening a pipe for one end waits for the other: never under the lock.
static int may_wait(int directory, const char *path) {
    struct stat status;
    int saved = errno;
    int exists = fstatat(directory, path, &status, 0) == 0;
    int waits = exists && !S_ISREG(status.st_mode) && !S_ISDIR(status.st_mode);
    errno = saved;
    return waits;
}

int open(const char *path, int flags, ...) {
    REAL(open);
    MODE(flags)
    if (!is_recording() || may_wait(AT_FDCWD, path)) return real(path, flags, mode);
    OPENING(real(path, flags, mode), flags);
}

int open64(const char *path, int flags, ...) {
    REAL(open64);
    MODE(flags)
    if (!is_recording() || may_wait(AT_FDCWD, path)) return real(path, flags, mode);
    OPENING(real(path, flags, mode), flags);
}

int openat(int directory, const char *path, int flags, ...) {
    REAL(openat);
    MODE(flags)
    if (!is_recording() || may_wait(directory, path)) return real(directory, path, flags, mode);
    OPENING(real(directory, path, flags, mode), flags);
}

int openat64(int directory, const char *path, int flags, ...) {
    REAL(openat64);
    MODE(flags)
    if (!is_recording() || may_wait(directory, path)) return real(directory, path, flags, mode);
    OPENING(real(directory, path, flags, mode), flags);
}

// What _FORTIFY_SOURCE turns the above into.
int __open_2(const char *path, int flags) { return open(path, flags); }
int __open64_2(const char *path, int flags) { return open64(path, flags); }
int __openat_2(int directory, const char *path, int flags) { return openat(directory, path, flags); }
int __openat64_2(int directory, const char *path, int flags) { return openat64(directory, path, flags); }

int creat(const char *path, mode_t mode) { return open(path, O_CREAT | O_WRONLY | O_TRUNC, mode); }
int creat64(const char *path, mode_t mode) { return open64(path, O_CREAT | O_WRONLY | O_TRUNC, mode); }

#define CREATED (O_CREAT | O_EXCL | O_RDWR)
int mkstemp(char *name) { REAL(mkstemp); OPENING(real(name), CREATED); }
int mkstemp64(char *name) { REAL(mkstemp64); OPENING(real(name), CREATED); }
int mkostemp(char *name, int flags) { REAL(mkostemp); OPENING(real(name, flags), CREATED | flags); }
int mkostemp64(char *name, int flags) { REAL(mkostemp64); OPENING(real(name, flags), CREATED | flags); }
int mkstemps(char *name, int suffix) { REAL(mkstemps); OPENING(real(name, suffix), CREATED); }
int mkstemps64(char *name, int suffix) { REAL(mkstemps64); OPENING(real(name, suffix), CREATED); }
int mkostemps(char *name, int suffix, int flags) {
    REAL(mkostemps);
    OPENING(real(name, suffix, flags), CREATED | flags);
}
int mkostemps64(char *name, int suffix, int flags) {
    REAL(mkostemps64);
    OPENING(real(name, suffix, flags), CREATED | flags);
}

char *mkdtemp(char *name) {
    REAL(mkdtemp);
    if (!is_recording()) return real(name);
    enter();
    char *made = real(name);
    char buffer[PATH_MAX];
    const char *path = made ? name_of(AT_FDCWD, made, buffer) : NULL;
    if (path) record(MKDIR, 0, 0, path, NULL);
    leave();
    return made;
}

int close(int fd) {
    REAL(close);
    // The trace itself survives programs that close all they find.
    if (fd == out && out >= 0) return 0;
    if (fd >= 0 && fd < MAX_FILES && is_recording()) {
        pthread_mutex_lock(&lock);
        files[fd].id = 0;
        pthread_mutex_unlock(&lock);
    }
    return real(fd);
}

static int duplicated(int from, int to) {
    if (to >= 0 && to < MAX_FILES && from >= 0 && from < MAX_FILES && is_recording() && from != to) {
        pthread_mutex_lock(&lock);
        files[to] = files[from];
        pthread_mutex_unlock(&lock);
    }
    return to;
}

int dup(int from) { REAL(dup); return duplicated(from, real(from)); }
int dup2(int from, int to) { REAL(dup2); return duplicated(from, real(from, to)); }
int dup3(int from, int to, int flags) { REAL(dup3); return duplicated(from, real(from, to, flags)); }

static FILE *stdio_opened(FILE *stream, const char *path, const char *mode, const char *why) {
    char buffer[PATH_MAX];
    if (!stream || !is_recording() || !path || !strpbrk(mode, "wa+")) return stream;
    const char *name = path_of(fileno(stream), buffer);
    if (name) {
        enter();
        note_open(fileno(stream), O_CREAT | (strchr(mode, 'w') ? O_TRUNC : 0));
        record_data(UNSEEN, 0, 0, name, why, strlen(why));
        leave();
    }
    return stream;
}

FILE *fopen(const char *path, const char *mode) {
    REAL(fopen);
    return stdio_opened(real(path, mode), path, mode, "fopen");
}
FILE *fopen64(const char *path, const char *mode) {
    REAL(fopen64);
    return stdio_opened(real(path, mode), path, mode, "fopen");
}
FILE *freopen(const char *path, const char *mode, FILE *stream) {
    REAL(freopen);
    return stdio_opened(real(path, mode, stream), path, mode, "freopen");
}
FILE *fdopen(int fd, const char *mode) {
    REAL(fdopen);
    return stdio_opened(real(fd, mode), "", mode, "fdopen");
}

// MARK: Data

// Begins a change of `fd`: takes the lock if the descriptor is ours.
static struct file *begin(int fd) {
    if (!is_recording()) return NULL;
    enter();
    struct file *file = known(fd);
    if (!file) leave();
    return file;
}

static off_t position_before(int fd, ssize_t count) {
    int saved = errno;
    off_t position = lseek(fd, 0, SEEK_CUR) - count;
    errno = saved;
    return position;
}

static void gathered(struct file *file, off_t offset, const struct iovec *parts, int count, ssize_t total) {
    for (int i = 0; i < count && total > 0; i++) {
        size_t length = parts[i].iov_len < (size_t)total ? parts[i].iov_len : (size_t)total;
        if (length > 0) record_data(WRITE, file->id, (uint64_t)offset, NULL, parts[i].iov_base, length);
        offset += (off_t)length;
        total -= (ssize_t)length;
    }
}

// Logs an acknowledgement before it leaves: a reader may act on it at once.
static void acknowledge(int fd, const struct iovec *parts, int count) {
    struct stat status;
    int saved = errno;
    if (fd == 2 || !output_inode || !is_recording()) return;
    int is_known = fstat(fd, &status) == 0;
    errno = saved;
    if (!is_known || status.st_dev != output_device || status.st_ino != output_inode) return;
    enter();
    for (int i = 0; i < count; i++) {
        if (parts[i].iov_len) record_data(ACK, 0, 0, NULL, parts[i].iov_base, parts[i].iov_len);
    }
    leave();
}

ssize_t write(int fd, const void *bytes, size_t count) {
    REAL(write);
    struct iovec part = {(void *)bytes, count};
    acknowledge(fd, &part, 1);
    struct file *file = begin(fd);
    if (!file) return real(fd, bytes, count);
    ssize_t n = real(fd, bytes, count);
    if (n > 0) gathered(file, position_before(fd, n), &part, 1, n);
    leave();
    return n;
}

ssize_t writev(int fd, const struct iovec *parts, int count) {
    REAL(writev);
    acknowledge(fd, parts, count);
    struct file *file = begin(fd);
    if (!file) return real(fd, parts, count);
    ssize_t n = real(fd, parts, count);
    if (n > 0) gathered(file, position_before(fd, n), parts, count, n);
    leave();
    return n;
}

// On Linux a pwrite to a file opened with O_APPEND appends, whatever the offset says.
static off_t place(struct file *file, int fd, off_t offset, ssize_t n) {
    struct stat status;
    if (!(file->flags & O_APPEND) || n <= 0 || fstat(fd, &status) != 0) return offset;
    return status.st_size - n;
}

ssize_t pwrite(int fd, const void *bytes, size_t count, off_t offset) {
    REAL(pwrite);
    struct file *file = begin(fd);
    if (!file) return real(fd, bytes, count, offset);
    struct iovec part = {(void *)bytes, count};
    ssize_t n = real(fd, bytes, count, offset);
    if (n > 0) gathered(file, place(file, fd, offset, n), &part, 1, n);
    leave();
    return n;
}

ssize_t pwrite64(int fd, const void *bytes, size_t count, off64_t offset) {
    return pwrite(fd, bytes, count, offset);
}

ssize_t pwritev(int fd, const struct iovec *parts, int count, off_t offset) {
    REAL(pwritev);
    struct file *file = begin(fd);
    if (!file) return real(fd, parts, count, offset);
    ssize_t n = real(fd, parts, count, offset);
    if (n > 0) gathered(file, place(file, fd, offset, n), parts, count, n);
    leave();
    return n;
}

ssize_t pwritev64(int fd, const struct iovec *parts, int count, off64_t offset) {
    return pwritev(fd, parts, count, offset);
}

ssize_t pwritev2(int fd, const struct iovec *parts, int count, off_t offset, int flags) {
    REAL(pwritev2);
    struct file *file = begin(fd);
    if (!file) return real(fd, parts, count, offset, flags);
    ssize_t n = real(fd, parts, count, offset, flags);
    off_t start = offset == -1 ? position_before(fd, n) : place(file, fd, offset, n);
    if (n > 0) gathered(file, start, parts, count, n);
    leave();
    return n;
}

ssize_t pwritev64v2(int fd, const struct iovec *parts, int count, off64_t offset, int flags) {
    return pwritev2(fd, parts, count, offset, flags);
}

// Logs what a copy inside the kernel has written, by reading it back.
static void copied(struct file *file, int fd, off_t offset, ssize_t count) {
    char buffer[1 << 16];
    while (count > 0) {
        size_t want = (size_t)count < sizeof buffer ? (size_t)count : sizeof buffer;
        char link[64];
        snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
        // The descriptor may be open for writing only.
        int reading = (int)syscall(SYS_openat, AT_FDCWD, link, O_RDONLY | O_CLOEXEC);
        ssize_t n = reading < 0 ? -1 : (ssize_t)syscall(SYS_pread64, reading, buffer, want, offset);
        if (reading >= 0) syscall(SYS_close, reading);
        if (n <= 0) abort();
        record_data(WRITE, file->id, (uint64_t)offset, NULL, buffer, (size_t)n);
        offset += n;
        count -= n;
    }
}

ssize_t copy_file_range(
    int from, off64_t *from_offset, int to, off64_t *to_offset, size_t count, unsigned flags) {
    REAL(copy_file_range);
    struct file *file = begin(to);
    if (!file) return real(from, from_offset, to, to_offset, count, flags);
    ssize_t n = real(from, from_offset, to, to_offset, count, flags);
    if (n > 0) copied(file, to, to_offset ? *to_offset - n : position_before(to, n), n);
    leave();
    return n;
}

ssize_t sendfile(int to, int from, off_t *offset, size_t count) {
    REAL(sendfile);
    struct file *file = begin(to);
    if (!file) return real(to, from, offset, count);
    ssize_t n = real(to, from, offset, count);
    if (n > 0) copied(file, to, position_before(to, n), n);
    leave();
    return n;
}

ssize_t sendfile64(int to, int from, off64_t *offset, size_t count) {
    return sendfile(to, from, offset, count);
}

ssize_t splice(int from, off64_t *from_offset, int to, off64_t *to_offset, size_t count, unsigned flags) {
    REAL(splice);
    struct file *file = begin(to);
    if (!file) return real(from, from_offset, to, to_offset, count, flags);
    ssize_t n = real(from, from_offset, to, to_offset, count, flags);
    if (n > 0) copied(file, to, to_offset ? *to_offset - n : position_before(to, n), n);
    leave();
    return n;
}

int ftruncate(int fd, off_t length) {
    REAL(ftruncate);
    struct file *file = begin(fd);
    if (!file) return real(fd, length);
    int result = real(fd, length);
    if (result == 0) record(TRUNCATE, file->id, (uint64_t)length, NULL, NULL);
    leave();
    return result;
}

int ftruncate64(int fd, off64_t length) { return ftruncate(fd, length); }

int truncate(const char *path, off_t length) {
    int fd = open(path, O_WRONLY | O_CLOEXEC);
    if (fd < 0) return -1;
    int result = ftruncate(fd, length);
    int saved = errno;
    close(fd);
    errno = saved;
    return result;
}

int truncate64(const char *path, off64_t length) { return truncate(path, length); }

static void allocated(struct file *file, int mode, off_t offset, off_t length) {
    if (mode == 0) {
        // Extends the file if need be, and changes no byte of it.
        record_data(ZERO, file->id, (uint64_t)offset, NULL, &(uint64_t){(uint64_t)length}, 8);
    } else if (mode != FALLOC_FL_KEEP_SIZE) {
        record_data(UNSEEN, file->id, 0, NULL, "fallocate", 9);
    }
}

int fallocate(int fd, int mode, off_t offset, off_t length) {
    REAL(fallocate);
    struct file *file = begin(fd);
    if (!file) return real(fd, mode, offset, length);
    int result = real(fd, mode, offset, length);
    if (result == 0) allocated(file, mode, offset, length);
    leave();
    return result;
}

int fallocate64(int fd, int mode, off64_t offset, off64_t length) {
    return fallocate(fd, mode, offset, length);
}

int posix_fallocate(int fd, off_t offset, off_t length) {
    REAL(posix_fallocate);
    struct file *file = begin(fd);
    if (!file) return real(fd, offset, length);
    int result = real(fd, offset, length);
    if (result == 0) allocated(file, 0, offset, length);
    leave();
    return result;
}

int posix_fallocate64(int fd, off64_t offset, off64_t length) { return posix_fallocate(fd, offset, length); }

void *mmap(void *address, size_t length, int protection, int flags, int fd, off_t offset) {
    REAL(mmap);
    char buffer[PATH_MAX];
    // dlsym itself may map before the real function is known.
    if (!real) return (void *)syscall(SYS_mmap, address, length, protection, flags, fd, offset);
    void *mapped = real(address, length, protection, flags, fd, offset);
    int writes = (flags & MAP_SHARED) && (protection & PROT_WRITE);
    if (mapped != MAP_FAILED && fd >= 0 && writes && is_recording()) {
        const char *path = path_of(fd, buffer);
        if (path) {
            enter();
            record_data(UNSEEN, 0, 0, path, "a shared writable mapping", 25);
            leave();
        }
    }
    return mapped;
}

void *mmap64(void *address, size_t length, int protection, int flags, int fd, off64_t offset) {
    return mmap(address, length, protection, flags, fd, offset);
}

// MARK: Syncing

static int synced(int fd, int (*real)(int)) {
    struct file *file = begin(fd);
    if (!file) return real(fd);
    uint64_t id = file->id;
    uint64_t number = (uint64_t)getpid() << 32 | ++serial;
    record(SYNC_BEGIN, id, number, NULL, NULL);
    leave();
    int result = real(fd);
    if (result == 0) {
        enter();
        record(SYNC_END, id, number, NULL, NULL);
        leave();
    }
    return result;
}

int fsync(int fd) { REAL(fsync); return synced(fd, real); }
int fdatasync(int fd) { REAL(fdatasync); return synced(fd, real); }

static uint64_t begin_sync_all(void) {
    enter();
    uint64_t number = (uint64_t)getpid() << 32 | ++serial;
    record(SYNC_ALL_BEGIN, 0, number, NULL, NULL);
    leave();
    return number;
}

static void end_sync_all(uint64_t number) {
    enter();
    record(SYNC_ALL_END, 0, number, NULL, NULL);
    leave();
}

void sync(void) {
    REAL(sync);
    uint64_t number = is_recording() ? begin_sync_all() : 0;
    real();
    if (is_recording()) end_sync_all(number);
}

int syncfs(int fd) {
    REAL(syncfs);
    int ours = begin(fd) != NULL;
    if (ours) leave();
    uint64_t number = ours ? begin_sync_all() : 0;
    int result = real(fd);
    if (ours && result == 0) end_sync_all(number);
    return result;
}

// MARK: Names


static void renamed(const char *from, const char *to, unsigned flags) {
    if (from && to) {
        record(RENAME, (flags & RENAME_EXCHANGE) != 0, 0, from, to);
    } else if (from) {
        record(UNLINK, 0, 0, from, NULL);
    } else if (to) {
        record_data(UNSEEN, 0, 0, to, "a rename from outside", 21);
    }
}

#define RENAMING(call, from_directory, from, to_directory, to, flags) \
    char from_buffer[PATH_MAX], to_buffer[PATH_MAX]; \
    if (!is_recording()) return call; \
    enter(); \
    const char *from_name = name_of(from_directory, from, from_buffer); \
    const char *to_name = name_of(to_directory, to, to_buffer); \
    int result = call; \
    if (result == 0) renamed(from_name, to_name, flags); \
    leave(); \
    return result

int rename(const char *from, const char *to) {
    REAL(rename);
    RENAMING(real(from, to), AT_FDCWD, from, AT_FDCWD, to, 0);
}

int renameat(int from_directory, const char *from, int to_directory, const char *to) {
    REAL(renameat);
    RENAMING(real(from_directory, from, to_directory, to), from_directory, from, to_directory, to, 0);
}

int renameat2(int from_directory, const char *from, int to_directory, const char *to, unsigned flags) {
    REAL(renameat2);
    RENAMING(
        real(from_directory, from, to_directory, to, flags), from_directory, from, to_directory, to, flags);
}

#define ONE_NAME(call, kind, directory, path) \
    char buffer[PATH_MAX]; \
    if (!is_recording()) return call; \
    enter(); \
    const char *name = name_of(directory, path, buffer); \
    int result = call; \
    if (result == 0 && name) record(kind, 0, 0, name, NULL); \
    leave(); \
    return result

int unlink(const char *path) { REAL(unlink); ONE_NAME(real(path), UNLINK, AT_FDCWD, path); }
int unlinkat(int directory, const char *path, int flags) {
    REAL(unlinkat);
    ONE_NAME(real(directory, path, flags), UNLINK, directory, path);
}
int remove(const char *path) { REAL(remove); ONE_NAME(real(path), UNLINK, AT_FDCWD, path); }
int rmdir(const char *path) { REAL(rmdir); ONE_NAME(real(path), UNLINK, AT_FDCWD, path); }
int mkdir(const char *path, mode_t mode) { REAL(mkdir); ONE_NAME(real(path, mode), MKDIR, AT_FDCWD, path); }
int mkdirat(int directory, const char *path, mode_t mode) {
    REAL(mkdirat);
    ONE_NAME(real(directory, path, mode), MKDIR, directory, path);
}

int linkat(int from_directory, const char *from, int to_directory, const char *to, int flags) {
    REAL(linkat);
    char from_buffer[PATH_MAX], to_buffer[PATH_MAX];
    if (!is_recording()) return real(from_directory, from, to_directory, to, flags);
    enter();
    const char *from_name = name_of(from_directory, from, from_buffer);
    const char *to_name = name_of(to_directory, to, to_buffer);
    int result = real(from_directory, from, to_directory, to, flags);
    if (result == 0 && to_name) {
        if (from_name) record(LINK, 0, 0, from_name, to_name);
        else record_data(UNSEEN, 0, 0, to_name, "a link from outside", 19);
    }
    leave();
    return result;
}

int link(const char *from, const char *to) { return linkat(AT_FDCWD, from, AT_FDCWD, to, 0); }

int symlinkat(const char *target, int directory, const char *path) {
    REAL(symlinkat);
    char buffer[PATH_MAX];
    if (!is_recording()) return real(target, directory, path);
    enter();
    const char *name = name_of(directory, path, buffer);
    int result = real(target, directory, path);
    if (result == 0 && name) record_data(SYMLINK, 0, 0, name, target, strlen(target));
    leave();
    return result;
}

int symlink(const char *target, const char *path) { return symlinkat(target, AT_FDCWD, path); }
