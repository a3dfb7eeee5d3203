#include "video.h"

#include <stdio.h>
#include <string.h>

uint32_t fovea_video_luma_crc(fovea_video *video) {
    const struct fovea_ffmpeg *f = video->functions;
    const AVFrame *frame = video->frame;
    const AVPixFmtDescriptor *pixels = f->av_pix_fmt_desc_get(frame->format);
    if (!pixels || !frame->data[0]) return 0;
    int64_t bits = pixels->flags & AV_PIX_FMT_FLAG_BITSTREAM ? pixels->comp[0].step : 8 * pixels->comp[0].step;
    size_t count = (size_t)((frame->width * bits + 7) / 8);
    const AVCRC *table = f->av_crc_get_table(AV_CRC_32_IEEE_LE);
    uint32_t crc = UINT32_MAX;
    for (int row = 0; row < frame->height; row++)
        crc = f->av_crc(table, crc, frame->data[0] + (ptrdiff_t)row * frame->linesize[0], count);
    return ~crc;
}

int fovea_video_rgb(fovea_video *video, int width, int height, uint8_t *out, int64_t capacity, char message[256]) {
    const struct fovea_ffmpeg *f = video->functions;
    if (width <= 0 || height <= 0 || capacity - FOVEA_VIDEO_SLACK < (int64_t)width * height * 3) {
        snprintf(message, 256, "there is not enough room for its pixels");
        return FOVEA_VIDEO_OUT_OF_MEMORY;
    }
    const AVFrame *frame = video->frame;
    // Bicubic where sizes differ, as FFmpeg's own program does it.
    video->scaler = f->sws_getCachedContext(video->scaler, frame->width, frame->height, frame->format, width, height,
                                            AV_PIX_FMT_RGB24, SWS_BICUBIC, NULL, NULL, NULL);
    if (!video->scaler) {
        snprintf(message, 256, "its pixels come in a form that cannot be converted");
        return FOVEA_VIDEO_MALFORMED;
    }
    // Unspecified matrices are those of ITU-R BT.601, unspecified ranges are limited, as there.
    const int *matrix = f->sws_getCoefficients(frame->colorspace);
    f->sws_setColorspaceDetails(video->scaler, matrix, frame->color_range == AVCOL_RANGE_JPEG, matrix, 1, 0, 1 << 16,
                                1 << 16);
    const size_t row = (size_t)width * 3;
    uint8_t *planes[4] = {out, NULL, NULL, NULL};
    int strides[4] = {width * 3, 0, 0, 0};
    if (width % 16) {
        // Some of swscale's kernels leave out the last pixels of a row behind which there is no room for as many as
        // they make at a time.
        const size_t stride = (row + 127) / 64 * 64, size = stride * (size_t)height + FOVEA_VIDEO_SLACK;
        if (size > video->rows_size) {
            f->av_freep(&video->rows);
            video->rows = f->av_malloc(size);
            video->rows_size = video->rows ? size : 0;
        }
        if (!video->rows) {
            snprintf(message, 256, "there is not enough memory for its pixels");
            return FOVEA_VIDEO_OUT_OF_MEMORY;
        }
        planes[0] = video->rows;
        strides[0] = (int)stride;
    }
    int rows = f->sws_scale(video->scaler, (const uint8_t *const *)frame->data, frame->linesize, 0, frame->height,
                            planes, strides);
    if (rows != height) {
        snprintf(message, 256, "its pixels could not be converted");
        return FOVEA_VIDEO_MALFORMED;
    }
    if (planes[0] != out)
        for (int index = 0; index < height; index++)
            memcpy(out + (size_t)index * row, planes[0] + (size_t)index * (size_t)strides[0], row);
    return FOVEA_VIDEO_OK;
}

int fovea_video_tell_planes(const fovea_video *video, struct fovea_video_planes *out) {
    const struct fovea_ffmpeg *f = video->functions;
    const AVFrame *frame = video->frame;
    const AVPixFmtDescriptor *pixels = f->av_pix_fmt_desc_get(frame->format);
    const uint64_t without =
        AV_PIX_FMT_FLAG_RGB | AV_PIX_FMT_FLAG_PAL | AV_PIX_FMT_FLAG_BITSTREAM | AV_PIX_FMT_FLAG_HWACCEL;
    if (!pixels || pixels->flags & without || (pixels->nb_components != 1 && pixels->nb_components != 3)) return 0;
    memset(out, 0, sizeof *out);
    for (int index = 0; index < pixels->nb_components; index++) {
        const AVComponentDescriptor *part = &pixels->comp[index];
        if (part->depth != 8 || part->step != 1 || part->plane != index || part->offset || part->shift) return 0;
        if (!frame->data[index]) return 0;
        out->planes[index] = frame->data[index];
        out->strides[index] = frame->linesize[index];
    }
    // These have three planes too, of something else than Y, Cb and Cr.
    if (frame->colorspace == AVCOL_SPC_RGB || frame->colorspace == AVCOL_SPC_YCGCO ||
        frame->colorspace == AVCOL_SPC_BT2020_CL || frame->colorspace == AVCOL_SPC_ICTCP)
        return 0;
    out->width = frame->width;
    out->height = frame->height;
    out->shift_across = pixels->log2_chroma_w;
    out->shift_down = pixels->log2_chroma_h;
    out->is_full_range = frame->color_range == AVCOL_RANGE_JPEG || frame->format == AV_PIX_FMT_YUVJ420P ||
        frame->format == AV_PIX_FMT_YUVJ422P || frame->format == AV_PIX_FMT_YUVJ444P ||
        frame->format == AV_PIX_FMT_YUVJ440P || frame->format == AV_PIX_FMT_YUVJ411P ||
        frame->format == AV_PIX_FMT_GRAY8;  // as swscale has it, whatever is told
    // ITU-T H.273, table 4; unspecified ones are those of ITU-R BT.601, as for RGB.
    switch (frame->colorspace) {
    case AVCOL_SPC_BT709: out->red = 0.2126, out->blue = 0.0722; break;
    case AVCOL_SPC_FCC: out->red = 0.30, out->blue = 0.11; break;
    case AVCOL_SPC_SMPTE240M: out->red = 0.212, out->blue = 0.087; break;
    case AVCOL_SPC_BT2020_NCL: out->red = 0.2627, out->blue = 0.0593; break;
    default: out->red = 0.299, out->blue = 0.114; break;
    }
    return 1;
}
