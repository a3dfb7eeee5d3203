// Tells the thread sanitizer what Swift's Mutex does when threads contend for it.
//
// On Linux the uncontended half of `Synchronization.Mutex` is inlined into its callers, where the sanitizer sees it.
// The contended half is in Swift's library, which is not instrumented, and leaves the hand-over to the kernel
// (futex, priority inheritance): each such hand-over would be reported as a race. `make tsan` preloads these two
// functions in front of the library's.

#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdint.h>

#define SWIFT __attribute__((swiftcall))
#define SELF __attribute__((swift_context))
#define LOCK_SLOW "$s15Synchronization12_MutexHandleV9_lockSlowyys6UInt32VF"
#define UNLOCK_SLOW "$s15Synchronization12_MutexHandleV11_unlockSlowyyF"

// Part of the sanitizer's runtime; absent in the processes around the tests.
extern void __tsan_acquire(void *) __attribute__((weak));
extern void __tsan_release(void *) __attribute__((weak));

SWIFT void fovea_lock_slow(uint32_t thread, SELF void *mutex) __asm__(LOCK_SLOW);
SWIFT void fovea_unlock_slow(SELF void *mutex) __asm__(UNLOCK_SLOW);

SWIFT void fovea_lock_slow(uint32_t thread, SELF void *mutex) {
    SWIFT void (*lock)(uint32_t, SELF void *) = (SWIFT void (*)(uint32_t, SELF void *))dlsym(RTLD_NEXT, LOCK_SLOW);
    lock(thread, mutex);
    if (__tsan_acquire) __tsan_acquire(mutex);
}

SWIFT void fovea_unlock_slow(SELF void *mutex) {
    SWIFT void (*unlock)(SELF void *) = (SWIFT void (*)(SELF void *))dlsym(RTLD_NEXT, UNLOCK_SLOW);
    if (__tsan_release) __tsan_release(mutex);
    unlock(mutex);
}
