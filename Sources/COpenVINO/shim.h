#pragma once

// OpenVINO is half a gigabyte that most stores never need, so it is opened at the first model and never linked.
// The few functions of its C interface that we call are declared here, so that a build needs none of its headers.
// Some are variadic, or take structures by value, which Swift cannot call through pointers: hence the wrappers.

#include <dlfcn.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

typedef struct fovea_ov_core fovea_ov_core;
typedef struct fovea_ov_model fovea_ov_model;
typedef struct fovea_ov_compiled fovea_ov_compiled;
typedef struct fovea_ov_request fovea_ov_request;
typedef struct fovea_ov_tensor fovea_ov_tensor;
typedef struct fovea_ov_port fovea_ov_port;

/// The values of ov_element_type_e that we read and write, as they are in 2025.4 and 2026; in 2025.0 they were others.
enum fovea_ov_element {
    FOVEA_OV_F32 = 4,
    FOVEA_OV_I32 = 9,
    FOVEA_OV_I64 = 10,
    FOVEA_OV_U8 = 16,
};

/// More sides than any tensor has that we feed or read.
enum { FOVEA_OV_MAX_RANK = 8 };

struct fovea_ov_shape {
    int64_t rank;
    int64_t *sides;
};

struct fovea_ov_dimension {
    int64_t least, most;
};

struct fovea_ov_partial_shape {
    struct fovea_ov_dimension rank;
    struct fovea_ov_dimension *sides;
};

struct fovea_ov_version {
    const char *build;
    const char *description;
};

/// The functions of OpenVINO that we call.
struct fovea_openvino {
    int (*get_version)(struct fovea_ov_version *);
    void (*version_free)(struct fovea_ov_version *);
    const char *(*last_error)(void);
    const char *(*status_text)(int);
    void (*free)(const char *);
    int (*core_create)(fovea_ov_core **);
    void (*core_free)(fovea_ov_core *);
    int (*read_file)(const fovea_ov_core *, const char *, const char *, fovea_ov_model **);
    int (*read_memory)(const fovea_ov_core *, const char *, size_t, const fovea_ov_tensor *, fovea_ov_model **);
    int (*compile)(const fovea_ov_core *, const fovea_ov_model *, const char *, size_t, fovea_ov_compiled **, ...);
    void (*model_free)(fovea_ov_model *);
    int (*model_input)(const fovea_ov_model *, size_t, fovea_ov_port **);
    int (*model_inputs_size)(const fovea_ov_model *, size_t *);
    int (*reshape)(const fovea_ov_model *, const size_t *, const struct fovea_ov_partial_shape *, size_t);
    void (*compiled_free)(fovea_ov_compiled *);
    int (*compiled_input)(const fovea_ov_compiled *, size_t, fovea_ov_port **);
    int (*compiled_inputs_size)(const fovea_ov_compiled *, size_t *);
    int (*compiled_output)(const fovea_ov_compiled *, size_t, fovea_ov_port **);
    int (*compiled_outputs_size)(const fovea_ov_compiled *, size_t *);
    int (*create_request)(const fovea_ov_compiled *, fovea_ov_request **);
    void (*port_free)(fovea_ov_port *);
    int (*port_name)(const fovea_ov_port *, char **);
    int (*port_shape)(const fovea_ov_port *, struct fovea_ov_partial_shape *);
    int (*port_element)(const fovea_ov_port *, int *);
    int (*partial_shape_create)(int64_t, const int64_t *, struct fovea_ov_partial_shape *);
    void (*partial_shape_free)(struct fovea_ov_partial_shape *);
    void (*request_free)(fovea_ov_request *);
    int (*set_input)(fovea_ov_request *, size_t, const fovea_ov_tensor *);
    int (*get_output)(const fovea_ov_request *, size_t, fovea_ov_tensor **);
    int (*infer)(fovea_ov_request *);
    int (*tensor_new)(int, struct fovea_ov_shape, fovea_ov_tensor **);
    int (*tensor_create)(int, struct fovea_ov_shape, void *, fovea_ov_tensor **);
    int (*tensor_shape)(const fovea_ov_tensor *, struct fovea_ov_shape *);
    int (*tensor_element)(const fovea_ov_tensor *, int *);
    int (*tensor_byte_size)(const fovea_ov_tensor *, size_t *);
    int (*tensor_data)(const fovea_ov_tensor *, void **);
    void (*tensor_free)(fovea_ov_tensor *);
    int (*shape_free)(struct fovea_ov_shape *);
};

/// A tensor over the caller's memory, which must outlive it.
static inline int fovea_ov_tensor_over(
    const struct fovea_openvino *ov, int element, const int64_t *sides, int64_t rank, void *bytes,
    fovea_ov_tensor **tensor) {
    int64_t copy[FOVEA_OV_MAX_RANK];
    if (rank < 0 || rank > FOVEA_OV_MAX_RANK) return -14;
    for (int64_t i = 0; i < rank; i++) copy[i] = sides[i];
    struct fovea_ov_shape shape = {rank, copy};
    return ov->tensor_create(element, shape, bytes, tensor);
}

/// Whether the numbers of `enum fovea_ov_element` mean types of these sizes.
static inline int fovea_ov_knows_elements(const struct fovea_openvino *ov) {
    static const struct {
        int element;
        size_t size;
    } known[] = {{FOVEA_OV_F32, 4}, {FOVEA_OV_I32, 4}, {FOVEA_OV_I64, 8}, {FOVEA_OV_U8, 1}};
    int64_t one = 1;
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        int64_t storage = 0;
        size_t size = 0;
        fovea_ov_tensor *tensor = NULL;
        if (fovea_ov_tensor_over(ov, known[i].element, &one, 1, &storage, &tensor) != 0) return 0;
        int status = ov->tensor_byte_size(tensor, &size);
        ov->tensor_free(tensor);
        if (status != 0 || size != known[i].size) return 0;
    }
    return 1;
}

/// Opens the library at `path`, or by that name. 0 when `ov` is filled in; otherwise `message` says why not.
static inline int fovea_openvino_open(const char *path, struct fovea_openvino *ov, char message[512]) {
    void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    if (library == NULL) {
        snprintf(message, 512, "%s", dlerror());
        return -1;
    }
    const struct {
        const char *name;
        void *place;
    } symbols[] = {
        {"ov_get_openvino_version", &ov->get_version},
        {"ov_version_free", &ov->version_free},
        {"ov_get_last_err_msg", &ov->last_error},
        {"ov_get_error_info", &ov->status_text},
        {"ov_free", &ov->free},
        {"ov_core_create", &ov->core_create},
        {"ov_core_free", &ov->core_free},
        {"ov_core_read_model", &ov->read_file},
        {"ov_core_read_model_from_memory_buffer", &ov->read_memory},
        {"ov_core_compile_model", &ov->compile},
        {"ov_model_free", &ov->model_free},
        {"ov_model_const_input_by_index", &ov->model_input},
        {"ov_model_inputs_size", &ov->model_inputs_size},
        {"ov_model_reshape_by_port_indexes", &ov->reshape},
        {"ov_compiled_model_free", &ov->compiled_free},
        {"ov_compiled_model_input_by_index", &ov->compiled_input},
        {"ov_compiled_model_inputs_size", &ov->compiled_inputs_size},
        {"ov_compiled_model_output_by_index", &ov->compiled_output},
        {"ov_compiled_model_outputs_size", &ov->compiled_outputs_size},
        {"ov_compiled_model_create_infer_request", &ov->create_request},
        {"ov_output_const_port_free", &ov->port_free},
        {"ov_port_get_any_name", &ov->port_name},
        {"ov_port_get_partial_shape", &ov->port_shape},
        {"ov_port_get_element_type", &ov->port_element},
        {"ov_partial_shape_create_static", &ov->partial_shape_create},
        {"ov_partial_shape_free", &ov->partial_shape_free},
        {"ov_infer_request_free", &ov->request_free},
        {"ov_infer_request_set_input_tensor_by_index", &ov->set_input},
        {"ov_infer_request_get_output_tensor_by_index", &ov->get_output},
        {"ov_infer_request_infer", &ov->infer},
        {"ov_tensor_create", &ov->tensor_new},
        {"ov_tensor_create_from_host_ptr", &ov->tensor_create},
        {"ov_tensor_get_shape", &ov->tensor_shape},
        {"ov_tensor_get_element_type", &ov->tensor_element},
        {"ov_tensor_get_byte_size", &ov->tensor_byte_size},
        {"ov_tensor_data", &ov->tensor_data},
        {"ov_tensor_free", &ov->tensor_free},
        {"ov_shape_free", &ov->shape_free},
    };
    for (size_t i = 0; i < sizeof symbols / sizeof symbols[0]; i++) {
        void *address = dlsym(library, symbols[i].name);
        if (address == NULL) {
            snprintf(message, 512, "%s has no %s", path, symbols[i].name);
            return -1;
        }
        *(void **)symbols[i].place = address;
    }
    if (!fovea_ov_knows_elements(ov)) {
        snprintf(message, 512, "%s numbers its types otherwise than OpenVINO 2025.4 and 2026 do", path);
        return -1;
    }
    return 0;
}

/// The version, such as `2026.4.1-22982-…`, cut to fit.
static inline void fovea_ov_version_text(const struct fovea_openvino *ov, char text[128]) {
    struct fovea_ov_version version = {NULL, NULL};
    text[0] = 0;
    if (ov->get_version(&version) != 0) return;
    snprintf(text, 128, "%s", version.build == NULL ? "" : version.build);
    ov->version_free(&version);
}

/// What OpenVINO says of the call that has just returned `status`, cut to fit.
static inline void fovea_ov_complaint(const struct fovea_openvino *ov, int status, char text[1024]) {
    const char *message = ov->last_error();
    snprintf(text, 1024, "%s", message != NULL && message[0] != 0 ? message : ov->status_text(status));
    if (message != NULL) ov->free(message);
}

static inline int fovea_ov_core_new(const struct fovea_openvino *ov, fovea_ov_core **core) {
    return ov->core_create(core);
}

static inline void fovea_ov_core_free(const struct fovea_openvino *ov, fovea_ov_core *core) { ov->core_free(core); }

/// Reads a model of one file (ONNX), or two (IR, whose `weights` are the second), from memory.
static inline int fovea_ov_read(
    const struct fovea_openvino *ov, const fovea_ov_core *core, const void *bytes, size_t count, const void *weights,
    size_t weight_count, fovea_ov_model **model) {
    fovea_ov_tensor *tensor = NULL;
    int status = 0;
    if (weights != NULL) {
        // A compiled model goes on reading its weights where they are, so they must be OpenVINO's own.
        int64_t sides = (int64_t)weight_count;
        struct fovea_ov_shape shape = {1, &sides};
        void *copy = NULL;
        status = ov->tensor_new(FOVEA_OV_U8, shape, &tensor);
        if (status == 0) status = ov->tensor_data(tensor, &copy);
        if (status == 0) memcpy(copy, weights, weight_count);
    }
    if (status == 0) status = ov->read_memory(core, (const char *)bytes, count, tensor, model);
    if (tensor != NULL) ov->tensor_free(tensor);
    return status;
}

static inline int fovea_ov_read_path(
    const struct fovea_openvino *ov, const fovea_ov_core *core, const char *path, fovea_ov_model **model) {
    return ov->read_file(core, path, NULL, model);
}

static inline void fovea_ov_model_free(const struct fovea_openvino *ov, fovea_ov_model *model) {
    ov->model_free(model);
}

static inline int fovea_ov_model_inputs(const struct fovea_openvino *ov, const fovea_ov_model *model, size_t *count) {
    return ov->model_inputs_size(model, count);
}

/// Gives the inputs at `indexes` one shape of `rank` sides each, one after another in `sides`.
static inline int fovea_ov_reshape(
    const struct fovea_openvino *ov, const fovea_ov_model *model, size_t count, const int64_t *ranks,
    const int64_t *sides) {
    enum { MOST = 8 };
    size_t indexes[MOST];
    struct fovea_ov_partial_shape shapes[MOST];
    if (count > MOST) return -14;
    size_t made = 0;
    int status = 0;
    for (; made < count; made++) {
        indexes[made] = made;
        status = ov->partial_shape_create(ranks[made], sides, &shapes[made]);
        if (status != 0) break;
        sides += ranks[made];
    }
    if (status == 0) status = ov->reshape(model, indexes, shapes, count);
    for (size_t i = 0; i < made; i++) ov->partial_shape_free(&shapes[i]);
    return status;
}

/// Compiles for the processor, in single precision throughout: some processors would round to bfloat16 otherwise.
static inline int fovea_ov_compile(
    const struct fovea_openvino *ov, const fovea_ov_core *core, const fovea_ov_model *model, const char *threads,
    const char *streams, fovea_ov_compiled **compiled) {
    return ov->compile(
        core, model, "CPU", 6, compiled, "INFERENCE_PRECISION_HINT", "f32", "INFERENCE_NUM_THREADS", threads,
        "NUM_STREAMS", streams);
}

static inline void fovea_ov_compiled_free(const struct fovea_openvino *ov, fovea_ov_compiled *compiled) {
    ov->compiled_free(compiled);
}

static inline int fovea_ov_port_count(
    const struct fovea_openvino *ov, const fovea_ov_compiled *compiled, int is_output, size_t *count) {
    return is_output ? ov->compiled_outputs_size(compiled, count) : ov->compiled_inputs_size(compiled, count);
}

/// What is known of an input or output: its name, cut to fit and empty if it has none; its type; its sides, -1 for
/// one that is open. `rank` is -1 if that is open, or more than FOVEA_OV_MAX_RANK.
struct fovea_ov_port_facts {
    char name[256];
    int element;
    int64_t rank;
    int64_t sides[FOVEA_OV_MAX_RANK];
};

static inline int fovea_ov_facts(
    const struct fovea_openvino *ov, fovea_ov_port *port, struct fovea_ov_port_facts *facts) {
    char *name = NULL;
    facts->name[0] = 0;
    if (ov->port_name(port, &name) == 0 && name != NULL) {
        snprintf(facts->name, sizeof facts->name, "%s", name);
        ov->free(name);
    }
    int status = ov->port_element(port, &facts->element);
    struct fovea_ov_partial_shape shape = {{0, 0}, NULL};
    if (status == 0) status = ov->port_shape(port, &shape);
    if (status == 0) {
        facts->rank = shape.rank.least == shape.rank.most ? shape.rank.least : -1;
        if (facts->rank > FOVEA_OV_MAX_RANK) facts->rank = -1;
        for (int64_t i = 0; i < facts->rank; i++) {
            facts->sides[i] = shape.sides[i].least == shape.sides[i].most ? shape.sides[i].least : -1;
        }
        ov->partial_shape_free(&shape);
    }
    ov->port_free(port);
    return status;
}

static inline int fovea_ov_compiled_facts(
    const struct fovea_openvino *ov, const fovea_ov_compiled *compiled, int is_output, size_t index,
    struct fovea_ov_port_facts *facts) {
    fovea_ov_port *port = NULL;
    int status = is_output ? ov->compiled_output(compiled, index, &port) : ov->compiled_input(compiled, index, &port);
    return status == 0 ? fovea_ov_facts(ov, port, facts) : status;
}

static inline int fovea_ov_model_input_facts(
    const struct fovea_openvino *ov, const fovea_ov_model *model, size_t index, struct fovea_ov_port_facts *facts) {
    fovea_ov_port *port = NULL;
    int status = ov->model_input(model, index, &port);
    return status == 0 ? fovea_ov_facts(ov, port, facts) : status;
}

static inline int fovea_ov_request_new(
    const struct fovea_openvino *ov, const fovea_ov_compiled *compiled, fovea_ov_request **request) {
    return ov->create_request(compiled, request);
}

static inline void fovea_ov_request_free(const struct fovea_openvino *ov, fovea_ov_request *request) {
    ov->request_free(request);
}

/// Lets an input read the caller's memory until it is given other.
static inline int fovea_ov_set_input(
    const struct fovea_openvino *ov, fovea_ov_request *request, size_t index, int element, const int64_t *sides,
    int64_t rank, void *bytes) {
    fovea_ov_tensor *tensor = NULL;
    int status = fovea_ov_tensor_over(ov, element, sides, rank, bytes, &tensor);
    if (status != 0) return status;
    status = ov->set_input(request, index, tensor);
    ov->tensor_free(tensor);
    return status;
}

static inline int fovea_ov_infer(const struct fovea_openvino *ov, fovea_ov_request *request) {
    return ov->infer(request);
}

/// An output after a run. `bytes` lives until the request runs again or goes. `facts` as of ports, without a name.
static inline int fovea_ov_output(
    const struct fovea_openvino *ov, fovea_ov_request *request, size_t index, struct fovea_ov_port_facts *facts,
    const void **bytes, size_t *byte_count) {
    fovea_ov_tensor *tensor = NULL;
    int status = ov->get_output(request, index, &tensor);
    if (status != 0) return status;
    struct fovea_ov_shape shape = {0, NULL};
    void *data = NULL;
    facts->name[0] = 0;
    status = ov->tensor_element(tensor, &facts->element);
    if (status == 0) status = ov->tensor_shape(tensor, &shape);
    if (status == 0) {
        facts->rank = shape.rank <= FOVEA_OV_MAX_RANK ? shape.rank : -1;
        for (int64_t i = 0; i < facts->rank; i++) facts->sides[i] = shape.sides[i];
        ov->shape_free(&shape);
        status = ov->tensor_byte_size(tensor, byte_count);
    }
    if (status == 0) status = ov->tensor_data(tensor, &data);
    *bytes = data;
    ov->tensor_free(tensor);
    return status;
}
