// A file for each description in `files`, ordered by id.
#include "CModelFiles.h"

#pragma clang diagnostic ignored "-Wc23-extensions"

static const uint8_t blazeface_full[] = {
#embed "files/blazeface-full.json"
};

static const uint8_t blazeface_short[] = {
#embed "files/blazeface-short.json"
};

static const uint8_t centerface[] = {
#embed "files/centerface.json"
};

static const uint8_t mediapipe_pose[] = {
#embed "files/mediapipe-pose.json"
};

static const uint8_t minilm_l6_v2[] = {
#embed "files/minilm-l6-v2.json"
};

static const uint8_t mobilenet_v2[] = {
#embed "files/mobilenet-v2.json"
};

static const uint8_t open_nsfw[] = {
#embed "files/open-nsfw.json"
};

static const uint8_t yolox_nano[] = {
#embed "files/yolox-nano.json"
};

static const struct fovea_model_file files[] = {
    {"blazeface-full", blazeface_full, sizeof blazeface_full},
    {"blazeface-short", blazeface_short, sizeof blazeface_short},
    {"centerface", centerface, sizeof centerface},
    {"mediapipe-pose", mediapipe_pose, sizeof mediapipe_pose},
    {"minilm-l6-v2", minilm_l6_v2, sizeof minilm_l6_v2},
    {"mobilenet-v2", mobilenet_v2, sizeof mobilenet_v2},
    {"open-nsfw", open_nsfw, sizeof open_nsfw},
    {"yolox-nano", yolox_nano, sizeof yolox_nano},
};

const struct fovea_model_file *fovea_model_file_at(size_t index) {
    return index < sizeof files / sizeof files[0] ? &files[index] : NULL;
}
