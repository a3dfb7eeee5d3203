#include "kernels.h"

#include <math.h>

extern const struct fovea_vectors_kernels fovea_vectors_kernels_portable;
#if defined(__x86_64__)
extern const struct fovea_vectors_kernels fovea_vectors_kernels_avx2, fovea_vectors_kernels_avx512;
#endif

static _Thread_local int forced_level = -1;

static int detected_level(void) {
#if defined(__x86_64__)
    __builtin_cpu_init();
    if (!__builtin_cpu_supports("avx2") || !__builtin_cpu_supports("fma") || !__builtin_cpu_supports("bmi2")
        || !__builtin_cpu_supports("popcnt"))
        return FOVEA_VECTORS_PORTABLE;
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw")
        && __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl")
        && __builtin_cpu_supports("avx512vnni"))
        return FOVEA_VECTORS_AVX512;
    return FOVEA_VECTORS_AVX2;
#else
    return FOVEA_VECTORS_PORTABLE;
#endif
}

int fovea_vectors_best_level(void) {
    static _Atomic int known = -1;
    int level = known;
    if (level < 0) known = level = detected_level();
    return level;
}

void fovea_vectors_force_level(int level) {
    forced_level = level <= fovea_vectors_best_level() ? level : -1;
}

const struct fovea_vectors_kernels *fovea_vectors_kernels(void) {
#if defined(__x86_64__)
    switch (forced_level >= 0 ? forced_level : fovea_vectors_best_level()) {
    case FOVEA_VECTORS_AVX512: return &fovea_vectors_kernels_avx512;
    case FOVEA_VECTORS_AVX2: return &fovea_vectors_kernels_avx2;
    default: break;
    }
#endif
    return &fovea_vectors_kernels_portable;
}

void fovea_vectors_offer(struct fovea_nearest *nearest, float key, uint32_t row) { offer(nearest, key, row); }

void fovea_vectors_sort(struct fovea_nearest *nearest) {
    for (size_t count = nearest->kept; count > 1; count--) {
        struct fovea_neighbour last = nearest->heap[count - 1];
        nearest->heap[count - 1] = nearest->heap[0];
        sift_down(nearest->heap, count - 1, 0, last);
    }
}

float fovea_vectors_dot(const float *a, const float *b, size_t dimensions) {
    return fovea_vectors_kernels()->dot(a, b, dimensions);
}

float fovea_vectors_l2(const float *a, const float *b, size_t dimensions) {
    return fovea_vectors_kernels()->l2(a, b, dimensions);
}

double fovea_vectors_length2(const float *vector, size_t dimensions, float *largest) {
    return fovea_vectors_kernels()->length2(vector, dimensions, largest);
}

void fovea_vectors_keys(
    const float *vectors, size_t dimensions, const float *query, int metric, const uint32_t *rows, uint32_t first,
    size_t count, float *keys) {
    fovea_vectors_kernels()->keys(vectors, dimensions, query, metric, rows, first, count, keys);
}

void fovea_vectors_scan(
    const float *vectors, size_t dimensions, const float *queries, size_t query_count, int metric,
    const uint32_t *rows, uint32_t first, size_t count, struct fovea_nearest *nearest) {
    fovea_vectors_kernels()->scan(vectors, dimensions, queries, query_count, metric, rows, first, count, nearest);
}

size_t fovea_vectors_unmarked(
    const uint64_t *bits, const uint32_t *rows, uint32_t first, size_t count, uint32_t *out) {
    size_t found = 0;
    for (size_t i = 0; i < count; i++) {
        uint32_t row = rows ? rows[i] : first + (uint32_t)i;
        uint64_t word = __atomic_load_n(bits + row / 64, __ATOMIC_RELAXED);
        if (!rows && word == UINT64_MAX && row % 64 == 0 && count - i >= 64) {
            i += 63;
            continue;
        }
        out[found] = row;
        found += !(word >> row % 64 & 1);
    }
    return found;
}

void fovea_vectors_mark(uint64_t *bits, uint32_t row) {
    __atomic_fetch_or(bits + row / 64, (uint64_t)1 << row % 64, __ATOMIC_RELAXED);
}

void fovea_vectors_encode(const struct fovea_codes *codes, uint32_t row, const float *vector) {
    fovea_vectors_kernels()->encode(
        vector, codes->dimensions, codes->stride, codes->metric, codes->codes + (size_t)row * codes->stride,
        codes->heads + row, codes->residuals + row);
}

void fovea_vectors_encode_query(
    const struct fovea_codes *codes, const float *vector, struct fovea_code_query *query) {
    struct fovea_code_head head;
    fovea_vectors_kernels()->encode(
        vector, codes->dimensions, codes->stride, codes->metric, (uint8_t *)query->code, &head, &query->residual);
    int32_t sum = 0;
    for (size_t i = 0; i < codes->stride; i++) {
        query->code[i] = (int8_t)((uint8_t)query->code[i] ^ 0x80);
        sum += query->code[i];
    }
    query->offset = 128 * sum;
    query->scale = head.scale;
    query->length = head.length;
    float largest;
    query->whole_length = codes->metric == FOVEA_METRIC_COSINE
        ? 1 : sqrtf((float)fovea_vectors_kernels()->length2(vector, codes->dimensions, &largest));
}

void fovea_vectors_code_keys(
    const struct fovea_codes *codes, const struct fovea_code_query *query, const uint32_t *rows, size_t count,
    float *keys) {
    fovea_vectors_kernels()->code_keys(codes, query, rows, count, keys);
}

int32_t fovea_vectors_code_dot(
    const struct fovea_codes *codes, const struct fovea_code_query *query, uint32_t row) {
    return fovea_vectors_kernels()->code_dot(codes, query, row);
}

void fovea_vectors_code_scan(
    const struct fovea_codes *codes, const struct fovea_code_query *queries, size_t query_count, const uint32_t *rows,
    uint32_t first, size_t count, struct fovea_code_scan *scans, const struct fovea_nearest *nearest) {
    fovea_vectors_kernels()->code_scan(codes, queries, query_count, rows, first, count, scans, nearest);
}

void fovea_vectors_code_sift(struct fovea_code_scan *scan, const struct fovea_nearest *nearest) {
    float worst = worst_key(scan, nearest);
    struct fovea_nearest sorted = {.heap = scan->candidates, .kept = 0, .limit = UINT32_MAX};
    // A heap grows in the place of what has been read.
    for (size_t i = 0; i < scan->count; i++)
        if (scan->candidates[i].key <= worst) offer(&sorted, scan->candidates[i].key, scan->candidates[i].row);
    fovea_vectors_sort(&sorted);
    scan->count = sorted.kept;
}

void fovea_vectors_code_compare(
    struct fovea_code_scan *scan, const float *vectors, size_t dimensions, const float *query, int metric,
    struct fovea_nearest *nearest) {
    enum { AT_ONCE = 8 };
    for (size_t i = 0; i < scan->count && scan->candidates[i].key <= worst_key(scan, nearest); i += AT_ONCE) {
        uint32_t rows[AT_ONCE];
        float keys[AT_ONCE];
        size_t here = scan->count - i < AT_ONCE ? scan->count - i : AT_ONCE;
        for (size_t r = 0; r < here; r++) rows[r] = scan->candidates[i + r].row;
        fovea_vectors_kernels()->keys(vectors, dimensions, query, metric, rows, 0, here, keys);
        for (size_t r = 0; r < here; r++) offer(nearest, keys[r], rows[r]);
    }
    scan->count = 0;
}

int fovea_vectors_layer(uint32_t row) {
    // SplitMix64 of the row, as a number in (0, 1]; layers thin out by a factor of FOVEA_LINKS.
    uint64_t x = (uint64_t)row + 0x9E3779B97F4A7C15u;
    x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9u;
    x = (x ^ (x >> 27)) * 0x94D049BB133111EBu;
    x ^= x >> 31;
    int layer = 0;
    while (layer < 15 && (x & (FOVEA_LINKS - 1)) == 0) {
        x >>= 4;
        layer++;
    }
    return layer;
}

size_t fovea_vectors_walk(
    const struct fovea_walk *walk, struct fovea_walk_scratch *scratch, struct fovea_neighbour *found) {
    return fovea_vectors_kernels()->walk(walk, scratch, found);
}

size_t fovea_vectors_density(const struct fovea_walk *walk, struct fovea_walk_scratch *scratch, size_t *seen) {
    return fovea_vectors_kernels()->density(walk, scratch, seen);
}

void fovea_vectors_insert(
    struct fovea_graph *graph, uint32_t row, uint32_t breadth, int8_t *row_code, int8_t *other_code,
    struct fovea_walk_scratch *scratch) {
    fovea_vectors_kernels()->insert(graph, row, breadth, row_code, other_code, scratch);
}

int fovea_vectors_is_sound(const struct fovea_graph *graph, uint32_t count, uint32_t upper_count) {
    size_t wrong = 0;
    for (size_t i = 0; i < (size_t)count * FOVEA_LINKS_0; i++)
        wrong += graph->links[i] >= count && graph->links[i] != FOVEA_NO_ROW;
    for (size_t i = 0; i < (size_t)upper_count * FOVEA_LINKS; i++)
        wrong += graph->upper[i] != FOVEA_NO_ROW
            && (graph->upper[i] >= count || fovea_vectors_layer(graph->upper[i]) == 0);
    // A row may have no runs in use where it was passed over; nothing links to those.
    for (size_t row = 0; row < count; row++) wrong += graph->upper_places[row] > upper_count;
    if (graph->entry == FOVEA_NO_ROW) return wrong == 0;
    return wrong == 0 && graph->entry < count && graph->top_layer == fovea_vectors_layer(graph->entry)
        && graph->upper_places[graph->entry] + (uint32_t)graph->top_layer <= upper_count;
}
