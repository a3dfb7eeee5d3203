#include "resample.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static void *allocate(size_t bytes) {
    // A multiple of the alignment, as aligned_alloc demands, and never nothing.
    return aligned_alloc(64, (bytes + 64) & ~(size_t)63);
}

static bool init_across(struct resample *r, const fovea_resample_spec *spec) {
    const float *box = spec->box;
    if (!axis_init(&r->x, spec->in_width, box[0], box[2], spec->out_width, spec->filter, r->kernels))
        return false;
    struct row_program *program = &r->program;
    *program = (struct row_program){
        .axis = &r->x, .channels = r->channels,
        .in_bytes = (size_t)spec->in_width * (size_t)r->channels, .out_bytes = r->row_bytes,
    };
    size_t table_bytes, base_count;
    r->kernels->measure_rows(program, &table_bytes, &base_count);
    program->table = allocate(table_bytes);
    program->bases = malloc((base_count + 1) * sizeof(int64_t));
    if (!program->table || !program->bases) return false;
    memset(program->table, 0, table_bytes);
    r->kernels->fill_rows(program);
    return true;
}

static bool init_down(struct resample *r, const fovea_resample_spec *spec) {
    const float *box = spec->box;
    if (!axis_init(&r->y, spec->in_height, box[1], box[3], spec->out_height, spec->filter, r->kernels))
        return false;
    const int last = spec->out_height - 1;
    r->first_row = r->y.first[0];
    r->end_row = r->y.first[last] + r->y.count[last];
    // Whole batches, so that one never wraps: the widest window, less the row that is not there yet, and the
    // batch that brings it.
    r->ring_rows = (r->y.widest + 2 * ROWS_AT_ONCE - 2) / ROWS_AT_ONCE * ROWS_AT_ONCE;
    r->ring = allocate((size_t)r->ring_rows * r->row_bytes);
    r->scratch = allocate(((size_t)r->y.widest + 4) * 4);
    r->taps = malloc(((size_t)r->y.widest + 4) * sizeof(uint8_t *));
    return r->ring && r->scratch && r->taps;
}

bool resample_init(struct resample *r, const fovea_resample_spec *spec, uint8_t *dst) {
    const float *box = spec->box;
    *r = (struct resample){
        .kernels = fovea_kernels(), .channels = spec->channels, .dst = dst, .out_height = spec->out_height,
        .end_row = spec->in_height, .row_bytes = (size_t)spec->out_width * (size_t)spec->channels,
        .across = spec->out_width != spec->in_width || box[0] != 0 || box[2] != (float)spec->out_width,
        .down = spec->out_height != spec->in_height || box[1] != 0 || box[3] != (float)spec->out_height,
    };
    return (!r->across || init_across(r, spec)) && (!r->down || init_down(r, spec));
}

void resample_free(struct resample *r) {
    axis_free(&r->x);
    axis_free(&r->y);
    free(r->program.table);
    free(r->program.bases);
    free(r->ring);
    free(r->scratch);
    free(r->taps);
}

/// Writes the output rows whose windows have arrived.
static void emit(struct resample *r) {
    for (; r->next_output < r->out_height; r->next_output++) {
        const int first = r->y.first[r->next_output], count = r->y.count[r->next_output];
        if (first + count > r->next_row) return;
        for (int i = 0; i < count; i++)
            r->taps[i] = r->ring + (size_t)((first - r->first_row + i) % r->ring_rows) * r->row_bytes;
        for (int i = count; i < (count + 3) / 4 * 4; i++) r->taps[i] = r->taps[count - 1];
        const int32_t *weights = r->y.weights + (size_t)r->next_output * (size_t)r->y.widest;
        uint8_t *target = r->dst + (size_t)r->next_output * r->row_bytes;
        r->kernels->columns(r->taps, weights, count, r->row_bytes, r->scratch, target);
    }
}

void resample_push(struct resample *r, const uint8_t *rows, size_t stride, int count) {
    if (r->next_row < r->first_row) {
        int skipped = r->first_row - r->next_row < count ? r->first_row - r->next_row : count;
        rows += (size_t)skipped * stride;
        count -= skipped;
        r->next_row += skipped;
    }
    if (count > r->end_row - r->next_row) count = r->end_row - r->next_row;
    while (count > 0) {
        const int at = r->next_row - r->first_row;
        const int until_batch = ROWS_AT_ONCE - at % ROWS_AT_ONCE;
        const int batch = count < until_batch ? count : until_batch;
        uint8_t *target = r->down ? r->ring + (size_t)(at % r->ring_rows) * r->row_bytes
                                  : r->dst + (size_t)at * r->row_bytes;
        if (r->across) {
            r->kernels->rows(&r->program, rows, stride, batch, target, r->row_bytes);
        } else {
            for (int y = 0; y < batch; y++)
                memcpy(target + (size_t)y * r->row_bytes, rows + (size_t)y * stride, r->row_bytes);
        }
        rows += (size_t)batch * stride;
        count -= batch;
        r->next_row += batch;
        if (r->down) emit(r);
    }
}

static int resample_premultiplied(struct resample *r, const fovea_resample_spec *spec, const uint8_t *src) {
    const size_t stride = (size_t)spec->in_width * 4;
    uint8_t *batch = allocate(stride * ROWS_AT_ONCE);
    if (!batch) return ENOMEM;
    for (int y = 0; y < spec->in_height; y += ROWS_AT_ONCE) {
        const int count = spec->in_height - y < ROWS_AT_ONCE ? spec->in_height - y : ROWS_AT_ONCE;
        r->kernels->premultiply(src + (size_t)y * stride, (size_t)count * (size_t)spec->in_width, batch);
        resample_push(r, batch, stride, count);
    }
    free(batch);
    r->kernels->unpremultiply(r->dst, (size_t)spec->out_width * (size_t)spec->out_height);
    return 0;
}

int fovea_resample(const fovea_resample_spec *spec, const uint8_t *src, uint8_t *dst) {
    struct resample r;
    int status = ENOMEM;
    if (resample_init(&r, spec, dst)) {
        status = 0;
        if (!r.across && !r.down)
            memcpy(dst, src, (size_t)spec->in_height * r.row_bytes);
        else if (spec->channels == 4)
            status = resample_premultiplied(&r, spec, src);
        else
            resample_push(&r, src, (size_t)spec->in_width * (size_t)spec->channels, spec->in_height);
    }
    resample_free(&r);
    return status;
}

/// The source index of each output, or -1 where rounding carried the sum past the end.
static void nearest_indices(int in_size, float low, float high, int out_size, int32_t *indices) {
    const double step = (double)(high - low) / out_size;
    double at = low + step * 0.5;
    for (int i = 0; i < out_size; i++, at += step) {
        int index = at < 0 ? -1 : (int)at;
        indices[i] = index < in_size ? index : -1;
    }
}

ALWAYS_INLINE void pick(
    const uint8_t *row, const int32_t *columns, int width, uint8_t *dst, const int channels
) {
    for (int x = 0; x < width; x++, dst += channels)
        for (int channel = 0; channel < channels; channel++)
            dst[channel] = columns[x] < 0 ? 0 : row[(size_t)columns[x] * (size_t)channels + (size_t)channel];
}

int fovea_resample_nearest(const fovea_resample_spec *spec, const uint8_t *src, uint8_t *dst) {
    int32_t *columns = malloc(((size_t)spec->out_width + (size_t)spec->out_height) * sizeof(int32_t));
    if (!columns) return ENOMEM;
    int32_t *lines = columns + spec->out_width;
    nearest_indices(spec->in_width, spec->box[0], spec->box[2], spec->out_width, columns);
    nearest_indices(spec->in_height, spec->box[1], spec->box[3], spec->out_height, lines);
    const size_t stride = (size_t)spec->in_width * (size_t)spec->channels;
    const size_t out_stride = (size_t)spec->out_width * (size_t)spec->channels;
    for (int y = 0; y < spec->out_height; y++, dst += out_stride) {
        if (lines[y] < 0) {
            memset(dst, 0, out_stride);
            continue;
        }
        if (y > 0 && lines[y] == lines[y - 1]) {
            memcpy(dst, dst - out_stride, out_stride);
            continue;
        }
        const uint8_t *row = src + (size_t)lines[y] * stride;
        switch (spec->channels) {
        case 1: pick(row, columns, spec->out_width, dst, 1); break;
        case 3: pick(row, columns, spec->out_width, dst, 3); break;
        default: pick(row, columns, spec->out_width, dst, 4); break;
        }
    }
    free(columns);
    return 0;
}
