import COpenVINO
import Glibc

/// The bytes of a model's files, as they were when their SHA-256 was compared.
struct ModelBytes: Sendable {
    /// What the file's name ends in says how it is read.
    enum Format: String, Sendable, CaseIterable {
        case onnx
        case tflite
        /// OpenVINO's own, whose weights are a file of their own.
        case xml

        init?(fileName: String) {
            guard let dot = fileName.lastIndex(of: ".") else { return nil }
            self.init(rawValue: fileName[fileName.index(after: dot)...].lowercased())
        }
    }

    var format: Format
    var bytes: [UInt8]
    var weights: [UInt8]?

    /// Calls `body` with the model as OpenVINO reads it.
    ///
    /// Not the file is read, whose bytes may be others by now, but these bytes.
    func withModel<Result>(
        _ library: OpenVINOLibrary, name: String,
        _ body: (OpaquePointer) throws(InferenceError) -> Result
    ) throws(InferenceError) -> Result {
        var model: OpaquePointer?
        defer { if let model { fovea_ov_model_free(library.functions, model) } }
        let status: CInt
        if format == .tflite {
            let file = try PassingFile(ending: "tflite")
            try file.write(bytes)
            status = withExtendedLifetime(file) { file in
                fovea_ov_read_path(library.functions, library.core, file.path, &model)
            }
        } else {
            status = bytes.withUnsafeBytes { bytes in
                (weights ?? []).withUnsafeBytes { given in
                    fovea_ov_read(
                        library.functions, library.core, bytes.baseAddress, bytes.count,
                        weights == nil ? nil : given.baseAddress, given.count, &model)
                }
            }
        }
        try library.check(status, .invalidModel, "\(name) cannot be read as a model (\(format.rawValue))")
        guard let model else { throw InferenceError(.invalidModel, "\(name) cannot be read as a model") }
        return try body(model)
    }
}

/// A file that only this user sees, for as long as the value lives: OpenVINO reads TFLite from files alone.
private struct PassingFile: ~Copyable {
    let path: String
    private let folder: String

    /// Makes a folder for it.
    init(ending: String) throws(InferenceError) {
        let temporary = getenv("TMPDIR").map { String(cString: $0) } ?? P_tmpdir
        var template = (temporary + "/fovea-model-XXXXXX").utf8CString.map(UInt8.init(bitPattern:))
        let isMade = template.withUnsafeMutableBytes {
            $0.baseAddress.map { mkdtemp($0.assumingMemoryBound(to: CChar.self)) != nil } ?? false
        }
        guard isMade else {
            throw InferenceError(
                .fileFailed, "cannot make a folder in \(temporary): \(String(cString: strerror(errno)))")
        }
        folder = String(decoding: template.dropLast(), as: UTF8.self)
        path = folder + "/model." + ending
    }

    func write(_ bytes: [UInt8]) throws(InferenceError) {
        let file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        defer { if file >= 0 { close(file) } }
        var written = 0
        while file >= 0, written < bytes.count {
            let count = bytes.withUnsafeBytes {
                Glibc.write(file, $0.baseAddress! + written, $0.count - written)
            }
            if count < 0 && errno == EINTR { continue }
            if count <= 0 { break }
            written += count
        }
        guard file >= 0, written == bytes.count else {
            throw InferenceError(
                .fileFailed,
                "cannot write \(bytes.count) bytes to \(path): \(String(cString: strerror(errno)))")
        }
    }

    deinit {
        unlink(path)
        rmdir(folder)
    }
}
