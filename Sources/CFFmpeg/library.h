#pragma once

#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
#include <libavutil/crc.h>
#include <libavutil/display.h>
#include <libavutil/opt.h>
#include <libavutil/pixdesc.h>
#include <libswscale/swscale.h>

// The functions that we call: name, library, result, parameters.
#define FOVEA_FFMPEG_FUNCTIONS(X)                                                                                      \
    X(avformat, avformat_alloc_context, AVFormatContext *, (void))                                                     \
    X(avformat, avformat_open_input, int, (AVFormatContext **, const char *, const AVInputFormat *, AVDictionary **)) \
    X(avformat, avformat_close_input, void, (AVFormatContext **))                                                      \
    X(avformat, avformat_find_stream_info, int, (AVFormatContext *, AVDictionary **))                                  \
    X(avformat, avformat_seek_file, int, (AVFormatContext *, int, int64_t, int64_t, int64_t, int))                     \
    X(avformat, av_seek_frame, int, (AVFormatContext *, int, int64_t, int))                                            \
    X(avformat, av_find_best_stream, int, (AVFormatContext *, enum AVMediaType, int, int, const AVCodec **, int))      \
    X(avformat, av_read_frame, int, (AVFormatContext *, AVPacket *))                                                   \
    X(avformat, av_guess_frame_rate, AVRational, (AVFormatContext *, AVStream *, AVFrame *))                           \
    X(avformat, av_guess_sample_aspect_ratio, AVRational, (AVFormatContext *, AVStream *, AVFrame *))                  \
    X(avformat, avio_alloc_context, AVIOContext *,                                                                     \
      (unsigned char *, int, int, void *, int (*)(void *, uint8_t *, int), int (*)(void *, uint8_t *, int),            \
       int64_t (*)(void *, int64_t, int)))                                                                             \
    X(avformat, avio_context_free, void, (AVIOContext **))                                                             \
    X(avformat, av_stream_get_side_data, uint8_t *, (const AVStream *, enum AVPacketSideDataType, size_t *))           \
    X(avformat, avformat_alloc_output_context2, int,                                                                   \
      (AVFormatContext **, const AVOutputFormat *, const char *, const char *))                                        \
    X(avformat, avformat_free_context, void, (AVFormatContext *))                                                      \
    X(avformat, avformat_new_stream, AVStream *, (AVFormatContext *, const AVCodec *))                                 \
    X(avformat, avformat_query_codec, int, (const AVOutputFormat *, enum AVCodecID, int))                              \
    X(avformat, avformat_write_header, int, (AVFormatContext *, AVDictionary **))                                      \
    X(avformat, av_interleaved_write_frame, int, (AVFormatContext *, AVPacket *))                                      \
    X(avformat, av_write_trailer, int, (AVFormatContext *))                                                            \
    X(avformat, avio_flush, void, (AVIOContext *))                                                                     \
    X(avformat, av_stream_new_side_data, uint8_t *, (AVStream *, enum AVPacketSideDataType, size_t))                   \
    X(avcodec, avcodec_find_encoder_by_name, const AVCodec *, (const char *))                                          \
    X(avcodec, avcodec_parameters_copy, int, (AVCodecParameters *, const AVCodecParameters *))                         \
    X(avcodec, avcodec_parameters_from_context, int, (AVCodecParameters *, const AVCodecContext *))                    \
    X(avcodec, avcodec_send_frame, int, (AVCodecContext *, const AVFrame *))                                           \
    X(avcodec, avcodec_receive_packet, int, (AVCodecContext *, AVPacket *))                                            \
    X(avcodec, avcodec_find_best_pix_fmt_of_list, enum AVPixelFormat,                                                  \
      (const enum AVPixelFormat *, enum AVPixelFormat, int, int *))                                                    \
    X(avcodec, av_new_packet, int, (AVPacket *, int))                                                                  \
    X(avcodec, av_packet_ref, int, (AVPacket *, const AVPacket *))                                                     \
    X(avcodec, av_packet_rescale_ts, void, (AVPacket *, AVRational, AVRational))                                       \
    X(avcodec, avcodec_find_decoder, const AVCodec *, (enum AVCodecID))                                                \
    X(avcodec, avcodec_alloc_context3, AVCodecContext *, (const AVCodec *))                                            \
    X(avcodec, avcodec_parameters_to_context, int, (AVCodecContext *, const AVCodecParameters *))                      \
    X(avcodec, avcodec_open2, int, (AVCodecContext *, const AVCodec *, AVDictionary **))                               \
    X(avcodec, avcodec_free_context, void, (AVCodecContext **))                                                        \
    X(avcodec, avcodec_send_packet, int, (AVCodecContext *, const AVPacket *))                                         \
    X(avcodec, avcodec_receive_frame, int, (AVCodecContext *, AVFrame *))                                              \
    X(avcodec, avcodec_flush_buffers, void, (AVCodecContext *))                                                        \
    X(avcodec, avcodec_get_name, const char *, (enum AVCodecID))                                                       \
    X(avcodec, avcodec_descriptor_get, const AVCodecDescriptor *, (enum AVCodecID))                                    \
    X(avcodec, av_packet_alloc, AVPacket *, (void))                                                                    \
    X(avcodec, av_packet_free, void, (AVPacket **))                                                                    \
    X(avcodec, av_packet_unref, void, (AVPacket *))                                                                    \
    X(avutil, av_frame_alloc, AVFrame *, (void))                                                                       \
    X(avutil, av_frame_free, void, (AVFrame **))                                                                       \
    X(avutil, av_frame_unref, void, (AVFrame *))                                                                       \
    X(avutil, av_frame_move_ref, void, (AVFrame *, AVFrame *))                                                         \
    X(avutil, av_frame_ref, int, (AVFrame *, const AVFrame *))                                                         \
    X(avutil, av_frame_get_buffer, int, (AVFrame *, int))                                                              \
    X(avutil, av_get_pix_fmt, enum AVPixelFormat, (const char *))                                                      \
    X(avutil, av_opt_set_int, int, (void *, const char *, int64_t, int))                                               \
    X(avutil, av_rescale_q, int64_t, (int64_t, AVRational, AVRational))                                                \
    X(avutil, av_compare_ts, int, (int64_t, AVRational, int64_t, AVRational))                                          \
    X(avutil, av_dict_parse_string, int, (AVDictionary **, const char *, const char *, const char *, int))             \
    X(avutil, av_malloc, void *, (size_t))                                                                             \
    X(avutil, av_max_alloc, void, (size_t))                                                                            \
    X(avutil, av_freep, void, (void *))                                                                                \
    X(avutil, av_strerror, int, (int, char *, size_t))                                                                 \
    X(avutil, av_log_set_level, void, (int))                                                                           \
    X(avutil, av_dict_set, int, (AVDictionary **, const char *, const char *, int))                                    \
    X(avutil, av_dict_free, void, (AVDictionary **))                                                                   \
    X(avutil, av_dict_get, AVDictionaryEntry *,                                                                        \
      (const AVDictionary *, const char *, const AVDictionaryEntry *, int))                                            \
    X(avutil, av_display_rotation_get, double, (const int32_t *))                                                      \
    X(avutil, av_get_picture_type_char, char, (enum AVPictureType))                                                    \
    X(avutil, av_pix_fmt_desc_get, const AVPixFmtDescriptor *, (enum AVPixelFormat))                                   \
    X(avutil, av_crc_get_table, const AVCRC *, (AVCRCId))                                                              \
    X(avutil, av_crc, uint32_t, (const AVCRC *, uint32_t, const uint8_t *, size_t))                                    \
    X(swscale, sws_alloc_context, struct SwsContext *, (void))                                                         \
    X(swscale, sws_init_context, int, (struct SwsContext *, SwsFilter *, SwsFilter *))                                 \
    X(swscale, sws_getCachedContext, struct SwsContext *,                                                              \
      (struct SwsContext *, int, int, enum AVPixelFormat, int, int, enum AVPixelFormat, int, SwsFilter *,              \
       SwsFilter *, const double *))                                                                                   \
    X(swscale, sws_setColorspaceDetails, int,                                                                          \
      (struct SwsContext *, const int *, int, const int *, int, int, int, int))                                        \
    X(swscale, sws_getCoefficients, const int *, (int))                                                                \
    X(swscale, sws_scale, int,                                                                                         \
      (struct SwsContext *, const uint8_t *const *, const int *, int, int, uint8_t *const *, const int *))             \
    X(swscale, sws_freeContext, void, (struct SwsContext *))

struct fovea_ffmpeg {
#define FOVEA_FFMPEG_MEMBER(library, name, result, parameters) result(*name) parameters;
    FOVEA_FFMPEG_FUNCTIONS(FOVEA_FFMPEG_MEMBER)
#undef FOVEA_FFMPEG_MEMBER
};

/// The functions, or NULL where the libraries are missing.
const struct fovea_ffmpeg *fovea_ffmpeg_functions(void);
