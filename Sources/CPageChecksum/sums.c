#include "CPageChecksum.h"

#include <string.h>

static uint32_t word(const unsigned char *bytes, int is_big_endian) {
    uint32_t value;
    memcpy(&value, bytes, sizeof value);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    return is_big_endian ? value : __builtin_bswap32(value);
#else
    return is_big_endian ? __builtin_bswap32(value) : value;
#endif
}

void fovea_two_sums(uint32_t sums[2], const void *bytes, size_t count, int is_big_endian) {
    const unsigned char *at = bytes, *end = at + count / 8 * 8;
    uint32_t first = sums[0], second = sums[1];
    if (is_big_endian) {
        for (; at < end; at += 8) {
            first += word(at, 1) + second;
            second += word(at + 4, 1) + first;
        }
    } else {
        for (; at < end; at += 8) {
            first += word(at, 0) + second;
            second += word(at + 4, 0) + first;
        }
    }
    sums[0] = first;
    sums[1] = second;
}

int fovea_page_is_intact(const void *page, size_t count) {
    if (count < 512 || count % 8 != 0) return 0;
    const unsigned char *end = (const unsigned char *)page + count - FOVEA_PAGE_CHECKSUM_BYTES;
    uint32_t sums[2] = {0, 0};
    fovea_two_sums(sums, page, count - FOVEA_PAGE_CHECKSUM_BYTES, 0);
    return sums[0] == word(end, 0) && sums[1] == word(end + 4, 0);
}

int fovea_frame_is_one_bit_off(
    const void *frame, size_t count, const uint32_t before[2], int is_big_endian) {
    enum { HEADER = 24, SUMMED = 8, SUMS = 16 };
    const unsigned char *bytes = frame;
    uint32_t found[2] = {before[0], before[1]};
    fovea_two_sums(found, bytes, SUMMED, is_big_endian);
    fovea_two_sums(found, bytes + HEADER, count - HEADER, is_big_endian);
    uint32_t first = word(bytes + SUMS, 1) - found[0], second = word(bytes + SUMS + 4, 1) - found[1];
    uint32_t turned[2] = {word(bytes + SUMS, 1) ^ found[0], word(bytes + SUMS + 4, 1) ^ found[1]};
    if (__builtin_popcount(turned[0]) + __builtin_popcount(turned[1]) == 1) return 1;
    // Both sums are linear in the words; from the last one back, a word counts for them as Fibonacci's numbers.
    uint32_t in_first = 0, in_second = 1;
    size_t word_count = (SUMMED + count - HEADER) / 4;
    for (size_t back = 0; back < word_count; back++) {
        size_t index = word_count - 1 - back;
        size_t place = index * 4 < SUMMED ? index * 4 : index * 4 - SUMMED + HEADER;
        uint32_t value = word(bytes + place, is_big_endian);
        for (int bit = 0; bit < 32; bit++) {
            uint32_t step = value >> bit & 1 ? -(1u << bit) : 1u << bit;
            if (step * in_first == first && step * in_second == second) return 1;
        }
        uint32_t sum = in_first + in_second;
        in_first = in_second;
        in_second = sum;
    }
    return 0;
}
