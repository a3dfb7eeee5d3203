#include "CColumns.h"

#include <string.h>

/// Least significant digit first, eight bits a digit; digits that all keys share are skipped.
void fovea_columns_sort(
    uint64_t *keys, uint32_t *rows, uint64_t *key_scratch, uint32_t *row_scratch, size_t count) {
    uint64_t *from = keys, *to = key_scratch;
    uint32_t *row_from = rows, *row_to = row_scratch;
    static _Thread_local size_t places[8][256];
    memset(places, 0, sizeof places);
    for (size_t i = 0; i < count; i++)
        for (int digit = 0; digit < 8; digit++) places[digit][keys[i] >> (digit * 8) & 255]++;
    for (int digit = 0; digit < 8 && count; digit++) {
        size_t *place = places[digit];
        const int shift = digit * 8;
        if (place[from[0] >> shift & 255] == count) continue;
        size_t sum = 0;
        for (int value = 0; value < 256; value++) {
            size_t next = sum + place[value];
            place[value] = sum;
            sum = next;
        }
        for (size_t i = 0; i < count; i++) {
            size_t at = place[from[i] >> shift & 255]++;
            to[at] = from[i];
            row_to[at] = row_from[i];
        }
        uint64_t *keys_swap = from;
        from = to;
        to = keys_swap;
        uint32_t *rows_swap = row_from;
        row_from = row_to;
        row_to = rows_swap;
    }
    if (from != keys) {
        memcpy(keys, from, count * sizeof *keys);
        memcpy(rows, row_from, count * sizeof *rows);
    }
}

static inline uint64_t mixed(uint64_t a, uint64_t b) {
    __uint128_t product = (__uint128_t)a * b;
    return (uint64_t)product ^ (uint64_t)(product >> 64);
}

/// Folds 16 bytes a step by a 64 x 64 multiplication, as wyhash does (Wang Yi, public domain).
uint64_t fovea_columns_hash(const void *bytes, size_t count, uint64_t seed) {
    const uint8_t *p = bytes;
    uint64_t hash = seed ^ 0xa0761d6478bd642full, a = 0, b = 0;
    size_t rest = count;
    for (; rest > 16; rest -= 16, p += 16) {
        memcpy(&a, p, 8);
        memcpy(&b, p + 8, 8);
        hash = mixed(a ^ 0xe7037ed1a0b428dbull, b ^ hash);
    }
    a = b = 0;
    if (rest > 8) {
        memcpy(&a, p, 8);
        memcpy(&b, p + 8, rest - 8);
    } else if (rest) {
        memcpy(&a, p, rest);
    }
    return mixed(0x8ebc6af09c88c6e3ull ^ count, mixed(a ^ 0xe7037ed1a0b428dbull, b ^ hash));
}
