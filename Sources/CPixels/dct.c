// The DCT-II of 32 samples by way of a real inverse FFT of radices 2, 4, 4, in the order of operations of
// pocketfft, which SciPy uses: where a frequency is zero but for rounding errors, as in an image that is
// constant in one direction, a perceptual hash depends on those errors.

#include "CPixels.h"
#include "kernels.h"

#include <math.h>
#include <pthread.h>

enum { N = 32, CORNER = 8 };

/// Two transforms at once.
typedef double lanes __attribute__((vector_size(16)));

struct complex_number {
    double re, im;
};

/// cos((k + 1) pi / 64), and exp(2 pi i k / 32).
static double cosines[N];
static struct complex_number roots[N / 4];
static pthread_once_t tables_once = PTHREAD_ONCE_INIT;

/// exp(2 pi i x / n) within the first quarter, from the octant in which sine and cosine are most exact.
static struct complex_number unit(int x, int n) {
    const double angle = (double)(0.25L * 3.141592653589793238462643383279502884197L / n);
    if (8 * x < n) return (struct complex_number){cos(8 * x * angle), sin(8 * x * angle)};
    return (struct complex_number){sin((2 * n - 8 * x) * angle), cos((2 * n - 8 * x) * angle)};
}

static void make_tables(void) {
    for (int k = 0; k < N / 4; k++) roots[k] = unit(k, N);
    // pocketfft multiplies a turn of less than 16 steps by one of a multiple of 16.
    for (int k = 1; k <= N; k++) {
        struct complex_number fine = unit(k % 16, 4 * N), coarse = {1, 0};
        if (k / 16 == 1) coarse = unit(16, 4 * N);
        if (k / 16 == 2) coarse = (struct complex_number){0, 1};
        cosines[k - 1] = fine.re * coarse.re - fine.im * coarse.im;
    }
}

/// Radix 2 over 16: `c` to `h`.
ALWAYS_INLINE void stage_2(const lanes *c, lanes *h) {
    const lanes *d = c + 16;
    lanes *g = h + 16;
    h[0] = c[0] + d[15];
    g[0] = c[0] - d[15];
    h[15] = 2 * c[15];
    g[15] = -2 * d[0];
    for (int i = 2; i < 16; i += 2) {
        const struct complex_number w = roots[i / 2];
        h[i - 1] = c[i - 1] + d[15 - i];
        h[i] = c[i] - d[16 - i];
        lanes re = c[i - 1] - d[15 - i], im = c[i] + d[16 - i];
        g[i] = w.re * im + w.im * re;
        g[i - 1] = w.re * re - w.im * im;
    }
}

/// Radix 4: `groups` groups of four runs of `length`, to four times `groups` runs.
ALWAYS_INLINE void stage_4(const lanes *c, lanes *h, const int length, const int groups) {
    const double sqrt2 = 1.414213562373095048801688724209698;
    const int last = length - 1, apart = length * groups;
    for (int k = 0; k < groups; k++, c += 4 * length, h += length) {
        const lanes *c1 = c + length, *c2 = c1 + length, *c3 = c2 + length;
        lanes *h1 = h + apart, *h2 = h1 + apart, *h3 = h2 + apart;
        lanes sum = c[0] + c3[last], difference = c[0] - c3[last];
        lanes twice_1 = 2 * c1[last], twice_2 = 2 * c2[0];
        h[0] = sum + twice_1;
        h2[0] = sum - twice_1;
        h3[0] = difference + twice_2;
        h1[0] = difference - twice_2;
        if (length % 2 != 0) continue;
        lanes im_sum = c3[0] + c1[0], im_difference = c3[0] - c1[0];
        lanes re_sum = c[last] + c2[last], re_difference = c[last] - c2[last];
        h[last] = re_sum + re_sum;
        h1[last] = sqrt2 * (re_difference - im_sum);
        h2[last] = im_difference + im_difference;
        h3[last] = -sqrt2 * (re_difference + im_sum);
        for (int i = 2; i < length; i += 2) {
            const int j = length - i;
            const struct complex_number w1 = roots[groups * i / 2], w2 = roots[groups * i];
            const struct complex_number w3 = roots[3 * groups * i / 2];
            lanes tr2 = c[i - 1] + c3[j - 1], tr1 = c[i - 1] - c3[j - 1];
            lanes ti1 = c[i] + c3[j], ti2 = c[i] - c3[j];
            lanes tr4 = c2[i] + c1[j], ti3 = c2[i] - c1[j];
            lanes tr3 = c2[i - 1] + c1[j - 1], ti4 = c2[i - 1] - c1[j - 1];
            h[i - 1] = tr2 + tr3;
            h[i] = ti2 + ti3;
            lanes re3 = tr2 - tr3, im3 = ti2 - ti3;
            lanes re4 = tr1 + tr4, re2 = tr1 - tr4;
            lanes im2 = ti1 + ti4, im4 = ti1 - ti4;
            h1[i] = w1.re * im2 + w1.im * re2;
            h1[i - 1] = w1.re * re2 - w1.im * im2;
            h2[i] = w2.re * im3 + w2.im * re3;
            h2[i - 1] = w2.re * re3 - w2.im * im3;
            h3[i] = w3.re * im4 + w3.im * re4;
            h3[i - 1] = w3.re * re4 - w3.im * im4;
        }
    }
}

/// The DCT-II of `c`, in place: twice the sum of c[n] cos((2 n + 1) k pi / 64).
static void dct(lanes c[N]) {
    lanes h[N];
    c[0] *= 2;
    c[N - 1] *= 2;
    for (int k = 1; k < N - 1; k += 2) {
        lanes odd = c[k], even = c[k + 1];
        c[k + 1] = even - odd;
        c[k] = even + odd;
    }
    stage_2(c, h);
    stage_4(h, c, 4, 2);
    stage_4(c, h, 1, 8);
    c[0] = h[0];
    for (int k = 1; k < N / 2; k++) {
        lanes near = h[k], far = h[N - k];
        lanes t1 = cosines[k - 1] * far + cosines[N - k - 1] * near;
        lanes t2 = cosines[k - 1] * near - cosines[N - k - 1] * far;
        c[k] = 0.5 * (t1 + t2);
        c[N - k] = 0.5 * (t1 - t2);
    }
    c[N / 2] = h[N / 2] * cosines[N / 2 - 1];
}

void fovea_dct_corner(const uint8_t samples[1024], double corner[64]) {
    pthread_once(&tables_once, make_tables);
    double low_rows[CORNER][N];
    lanes c[N];
    for (int x = 0; x < N; x += 2) {
        for (int y = 0; y < N; y++) c[y] = (lanes){samples[y * N + x], samples[y * N + x + 1]};
        dct(c);
        for (int y = 0; y < CORNER; y++) {
            low_rows[y][x] = c[y][0];
            low_rows[y][x + 1] = c[y][1];
        }
    }
    for (int y = 0; y < CORNER; y += 2) {
        for (int x = 0; x < N; x++) c[x] = (lanes){low_rows[y][x], low_rows[y + 1][x]};
        dct(c);
        for (int x = 0; x < CORNER; x++) {
            corner[y * CORNER + x] = c[x][0];
            corner[(y + 1) * CORNER + x] = c[x][1];
        }
    }
}
