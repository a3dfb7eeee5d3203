// What walking and inserting share, whatever the instruction set.

/// A row that was found, in the pool of the nearest; the flag says that its links were followed.
#define FOLLOWED 0x80000000u

/// Links are read while another thread changes them: each by itself is whole, and a row is known by the time its
/// number stands anywhere.
INLINE uint32_t link_at(const uint32_t *links, size_t place) {
    return __atomic_load_n(links + place, __ATOMIC_RELAXED);
}

INLINE void set_link(uint32_t *links, size_t place, uint32_t row) {
    __atomic_store_n(links + place, row, __ATOMIC_RELAXED);
}

/// Whether this is the first visit of a row in this walk.
INLINE bool visit(struct fovea_walk_scratch *scratch, uint32_t row) {
    uint64_t *word = scratch->visited + row / 64, bit = (uint64_t)1 << row % 64;
    if (*word & bit) return false;
    // A list that overflowed is answered by clearing everything.
    if (*word == 0 && scratch->touched_count < scratch->touched_capacity)
        scratch->touched[scratch->touched_count] = row / 64;
    scratch->touched_count += *word == 0;
    *word |= bit;
    return true;
}

INLINE void forget_visits(struct fovea_walk_scratch *scratch) {
    if (scratch->touched_count <= scratch->touched_capacity)
        for (size_t i = 0; i < scratch->touched_count; i++) scratch->visited[scratch->touched[i]] = 0;
    else
        memset(scratch->visited, 0, scratch->words * sizeof(uint64_t));
    scratch->touched_count = 0;
}

/// Puts a row into the sorted pool of at most `capacity`; returns its place, or `count` where it is too far. Neither
/// key nor row decides about the flag: rows of a pool are distinct.
INLINE size_t pool_insert(
    struct fovea_neighbour *pool, size_t *count, size_t capacity, float key, uint32_t row) {
    size_t n = *count;
    if (n == capacity) {
        if (!(key < pool[n - 1].key)) return n;
        n--;
    }
    size_t low = 0, high = n;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (pool[middle].key <= key) low = middle + 1; else high = middle;
    }
    memmove(pool + low + 1, pool + low, (n - low) * sizeof *pool);
    pool[low] = (struct fovea_neighbour){key, row};
    *count = n + 1;
    return low;
}

INLINE uint32_t *upper_links(const struct fovea_graph *graph, uint32_t row, int layer) {
    return graph->upper + ((size_t)graph->upper_places[row] + (size_t)(layer - 1)) * FOVEA_LINKS;
}
