#ifndef FOVEA_VECTORS_KERNELS_H
#define FOVEA_VECTORS_KERNELS_H

#include "CVectors.h"

#include <stdbool.h>

/// What differs between instruction sets. `kernels.inc` defines one of these for each.
struct fovea_vectors_kernels {
    float (*dot)(const float *, const float *, size_t);
    float (*l2)(const float *, const float *, size_t);
    double (*length2)(const float *, size_t, float *);
    void (*keys)(
        const float *, size_t, const float *, int, const uint32_t *, uint32_t, size_t, float *);
    void (*scan)(
        const float *, size_t, const float *, size_t, int, const uint32_t *, uint32_t, size_t,
        struct fovea_nearest *);
    void (*encode)(const float *, size_t, size_t, int, uint8_t *, struct fovea_code_head *, float *);
    void (*code_keys)(
        const struct fovea_codes *, const struct fovea_code_query *, const uint32_t *, size_t, float *);
    int32_t (*code_dot)(const struct fovea_codes *, const struct fovea_code_query *, uint32_t);
    void (*code_scan)(
        const struct fovea_codes *, const struct fovea_code_query *, size_t, const uint32_t *, uint32_t, size_t,
        struct fovea_code_scan *, const struct fovea_nearest *);
    size_t (*walk)(const struct fovea_walk *, struct fovea_walk_scratch *, struct fovea_neighbour *);
    size_t (*density)(const struct fovea_walk *, struct fovea_walk_scratch *, size_t *);
    void (*insert)(
        struct fovea_graph *, uint32_t, uint32_t, int8_t *, int8_t *, struct fovea_walk_scratch *);
};

/// The kernels of this thread's level.
const struct fovea_vectors_kernels *fovea_vectors_kernels(void);

/// Whether the first neighbour is nearer than the second.
static inline bool is_nearer(float key, uint32_t row, struct fovea_neighbour other) {
    return key < other.key || (key == other.key && row < other.row);
}

static inline void sift_down(struct fovea_neighbour *heap, size_t count, size_t place, struct fovea_neighbour item) {
    for (;;) {
        size_t child = place * 2 + 1;
        if (child >= count) break;
        if (child + 1 < count && is_nearer(heap[child].key, heap[child].row, heap[child + 1])) child++;
        if (!is_nearer(item.key, item.row, heap[child])) break;
        heap[place] = heap[child];
        place = child;
    }
    heap[place] = item;
}

static inline void offer(struct fovea_nearest *nearest, float key, uint32_t row) {
    struct fovea_neighbour *heap = nearest->heap, item = {key, row};
    if (nearest->kept < nearest->limit) {
        size_t place = nearest->kept++;
        while (place > 0) {
            size_t parent = (place - 1) / 2;
            if (!is_nearer(heap[parent].key, heap[parent].row, item)) break;
            heap[place] = heap[parent];
            place = parent;
        }
        heap[place] = item;
    } else if (nearest->limit > 0 && is_nearer(key, row, heap[0])) {
        sift_down(heap, nearest->kept, 0, item);
    }
}

/// The key that a row must not exceed to be among the nearest, as far as is known.
static inline float worst_key(const struct fovea_code_scan *scan, const struct fovea_nearest *nearest) {
    float worst = __builtin_inff();
    if (scan->kept == scan->limit) worst = scan->bounds[0];
    if (nearest->kept == nearest->limit && nearest->heap[0].key < worst) worst = nearest->heap[0].key;
    return worst;
}

/// Takes note of the largest key that a row can have.
static inline void offer_bound(struct fovea_code_scan *scan, float bound) {
    float *heap = scan->bounds;
    size_t place;
    if (scan->kept < scan->limit) {
        place = scan->kept++;
        for (; place > 0 && heap[(place - 1) / 2] < bound; place = (place - 1) / 2) heap[place] = heap[(place - 1) / 2];
    } else {
        if (!(bound < heap[0])) return;
        place = 0;
        for (size_t child; (child = place * 2 + 1) < scan->kept; place = child) {
            if (child + 1 < scan->kept && heap[child + 1] > heap[child]) child++;
            if (heap[child] <= bound) break;
            heap[place] = heap[child];
        }
    }
    heap[place] = bound;
}

#endif
