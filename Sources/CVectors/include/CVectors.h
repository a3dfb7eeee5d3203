#ifndef FOVEA_CVECTORS_H
#define FOVEA_CVECTORS_H

#include <stddef.h>
#include <stdint.h>

// Kernels of vector search. A *key* orders neighbours, the smaller the nearer, ties by row: the squared distance, the
// negative inner product or the negative cosine. Vectors lie one after the other, `dimensions` floats each.

enum { FOVEA_VECTORS_PORTABLE = 0, FOVEA_VECTORS_AVX2 = 1, FOVEA_VECTORS_AVX512 = 2 };
enum { FOVEA_METRIC_L2 = 0, FOVEA_METRIC_INNER_PRODUCT = 1, FOVEA_METRIC_COSINE = 2 };

/// The best instruction set that this processor has.
int fovea_vectors_best_level(void);
/// Makes this thread use `level`, or the best one where `level` is negative or beyond the processor: for tests.
void fovea_vectors_force_level(int level);

struct fovea_neighbour {
    float key;
    uint32_t row;
};

/// The `kept` nearest so far of at most `limit`: a heap whose root is the furthest of them.
struct fovea_nearest {
    struct fovea_neighbour *heap;
    uint32_t kept, limit;
};

/// Puts a neighbour among the nearest, if it belongs there.
void fovea_vectors_offer(struct fovea_nearest *nearest, float key, uint32_t row);
/// Sorts the heap, nearest first; it is no heap any more.
void fovea_vectors_sort(struct fovea_nearest *nearest);

// MARK: - Bits that several threads set and read

/// Writes the rows (`rows[i]`, or `first + i` where `rows` is null) whose bit is not set; returns how many they are.
size_t fovea_vectors_unmarked(
    const uint64_t *bits, const uint32_t *rows, uint32_t first, size_t count, uint32_t *out);
void fovea_vectors_mark(uint64_t *bits, uint32_t row);

// MARK: - Floats

/// The inner product of two vectors, as all kernels of this level compute it.
float fovea_vectors_dot(const float *a, const float *b, size_t dimensions);
/// The squared distance of two vectors.
float fovea_vectors_l2(const float *a, const float *b, size_t dimensions);
/// The sum of squares in double precision, and the largest magnitude; NaN or infinity if any element is.
double fovea_vectors_length2(const float *vector, size_t dimensions, float *largest);
/// keys[i]: that of row `rows[i]`, or of row `first + i` where `rows` is null.
void fovea_vectors_keys(
    const float *vectors, size_t dimensions, const float *query, int metric, const uint32_t *rows, uint32_t first,
    size_t count, float *keys);
/// Offers `count` rows, as above, to the nearest of each of `queries`, which lie one after the other.
void fovea_vectors_scan(
    const float *vectors, size_t dimensions, const float *queries, size_t query_count, int metric,
    const uint32_t *rows, uint32_t first, size_t count, struct fovea_nearest *nearest);

// MARK: - Codes

/// The numbers that go with a code. A code stands for `scale × (byte - 128)`; in a set for cosines for that of the
/// vector of length 1.
struct fovea_code_head {
    float scale;
    /// The length of what the code stands for; squared for L2.
    float length;
};

/// Codes of 8 bits, a row every `stride` bytes: `dimensions` rounded up to a multiple of 64.
struct fovea_codes {
    uint32_t dimensions, stride;
    int metric;
    uint8_t *codes;
    struct fovea_code_head *heads;
    /// How far, at most, each vector lies from what its code stands for; the greatest float where that is not known.
    float *residuals;
};

/// A query as a code: `stride` signed bytes, zeros behind the last.
struct fovea_code_query {
    int8_t *code;
    /// 128 times the sum of the code.
    int32_t offset;
    float scale, length, residual;
    /// The length of the query itself; 1 for cosines.
    float whole_length;
};

/// Codes the vector of a row.
void fovea_vectors_encode(const struct fovea_codes *codes, uint32_t row, const float *vector);
/// Codes a query into `query->code`.
void fovea_vectors_encode_query(const struct fovea_codes *codes, const float *vector, struct fovea_code_query *query);
/// keys[i]: the key of what the code of row `rows[i]` stands for.
void fovea_vectors_code_keys(
    const struct fovea_codes *codes, const struct fovea_code_query *query, const uint32_t *rows, size_t count,
    float *keys);
/// The sum of products of a code and a query.
int32_t fovea_vectors_code_dot(const struct fovea_codes *codes, const struct fovea_code_query *query, uint32_t row);

/// An exact scan by way of codes under way, for one query: rows that may be among the nearest, with the least key that
/// they can have, and a heap of the `limit` smallest of the largest keys that rows can have.
struct fovea_code_scan {
    struct fovea_neighbour *candidates;
    size_t count, capacity;
    float *bounds;
    uint32_t kept, limit;
};

/// Notes which of `count` rows (`rows[i]`, or `first + i` where `rows` is null) may be among the nearest of each query,
/// by bounds that hold for every vector. There must be room for all of them.
void fovea_vectors_code_scan(
    const struct fovea_codes *codes, const struct fovea_code_query *queries, size_t query_count, const uint32_t *rows,
    uint32_t first, size_t count, struct fovea_code_scan *scans, const struct fovea_nearest *nearest);
/// Drops the candidates that no longer can be among the nearest and sorts the others, the most promising first.
void fovea_vectors_code_sift(struct fovea_code_scan *scan, const struct fovea_nearest *nearest);
/// Compares the candidates, which are sorted, as floats; then there are none. Once all are compared, the nearest are
/// those that `fovea_vectors_scan` finds.
void fovea_vectors_code_compare(
    struct fovea_code_scan *scan, const float *vectors, size_t dimensions, const float *query, int metric,
    struct fovea_nearest *nearest);

// MARK: - Graph

enum { FOVEA_LINKS = 16, FOVEA_LINKS_0 = 32 };
#define FOVEA_NO_ROW UINT32_MAX

/// A graph of links in layers (HNSW). One thread inserts; any number walk meanwhile, over the rows that they know.
struct fovea_graph {
    struct fovea_codes codes;
    /// `FOVEA_LINKS_0` a row, those in use first, then `FOVEA_NO_ROW`.
    uint32_t *links;
    /// For each row the first of its runs of `FOVEA_LINKS` in `upper`, one a layer from 1 on.
    uint32_t *upper_places;
    uint32_t *upper;
    /// Where walks begin: a row of the top layer; `FOVEA_NO_ROW` while the graph is empty.
    uint32_t entry;
    int32_t top_layer;
};

/// The topmost layer of a row: the same for a row always.
int fovea_vectors_layer(uint32_t row);

/// What a walk needs besides the graph; one at a time uses it. All bits of `visited` are clear between walks.
struct fovea_walk_scratch {
    uint64_t *visited;
    size_t words;
    uint32_t *touched;
    size_t touched_count, touched_capacity;
    struct fovea_neighbour *pool, *candidates;
    size_t pool_capacity, candidate_capacity;
};

struct fovea_walk {
    const struct fovea_graph *graph;
    const struct fovea_code_query *query;
    /// Vectors and query to compare as floats on the way, or null for codes.
    const float *vectors, *float_query;
    /// Rows from here on are not looked at.
    uint32_t limit;
    /// Bits of the rows that may be found, `filter_words` words of 64; null: all below `limit`.
    const uint64_t *filter;
    size_t filter_words;
    /// How many of the nearest are kept on the way.
    uint32_t breadth;
    /// How many distances may be computed.
    size_t budget;
    /// Whether only rows of the filter are compared, and links of others followed to them.
    int skips;
    /// How many rows of the filter, spread over it, are compared first and serve as beginnings too: where the rows
    /// around the query are not in the filter, links lead away from it only by chance.
    uint32_t samples;
};

/// Walks to the query's nearest; writes up to `breadth` into `found`, nearest first, and returns how many; SIZE_MAX
/// where the budget did not suffice.
size_t fovea_vectors_walk(
    const struct fovea_walk *walk, struct fovea_walk_scratch *scratch, struct fovea_neighbour *found);
/// How many of the rows that two links lead to from where a walk of the graph would begin are in the filter, and how
/// many they are: whether the filter is as dense near the query as elsewhere.
size_t fovea_vectors_density(const struct fovea_walk *walk, struct fovea_walk_scratch *scratch, size_t *seen);
/// Puts a row whose code is there into the graph. `row_code` has room for a code.
void fovea_vectors_insert(
    struct fovea_graph *graph, uint32_t row, uint32_t breadth, int8_t *row_code, int8_t *other_code,
    struct fovea_walk_scratch *scratch);
/// Whether no link of the first `count` rows, and of `upper_count` runs above them, leads elsewhere than to those.
int fovea_vectors_is_sound(const struct fovea_graph *graph, uint32_t count, uint32_t upper_count);

#endif
