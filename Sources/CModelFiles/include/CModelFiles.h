#pragma once

#include <stddef.h>
#include <stdint.h>

/// The description of a model, as it lies in the binary. The bytes live as long as the process.
struct fovea_model_file {
    /// The model's id, which is the name of the file without `.json`.
    const char *_Nonnull id;
    const uint8_t *_Nonnull bytes;
    size_t byte_count;
};

/// The description at `index`, ordered by id; null past the last.
const struct fovea_model_file *_Nullable fovea_model_file_at(size_t index);
