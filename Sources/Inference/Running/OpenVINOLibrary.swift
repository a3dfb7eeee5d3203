import COpenVINO

/// OpenVINO's C library, opened at the first model that needs it, and the one core of this process.
///
/// Both stay for as long as the process lives: OpenVINO's threads do not survive being closed.
final class OpenVINOLibrary: Sendable {
    /// The one instance, or why there is none on this machine.
    static let shared = Result { () throws(InferenceError) in
        try OpenVINOLibrary(OpenVINOSearch.ofThisProcess().candidates)
    }

    /// What the C wrappers call through; written once, before anyone else sees it.
    nonisolated(unsafe) let functions: UnsafePointer<fovea_openvino>
    /// OpenVINO says of it that it may be called from several threads.
    nonisolated(unsafe) let core: OpaquePointer
    /// Where the library was found.
    let path: String
    /// Such as `2026.4.1-22982-…`.
    let version: String

    /// Opens the first of `candidates` that opens.
    init(_ candidates: [String]) throws(InferenceError) {
        let functions = UnsafeMutablePointer<fovea_openvino>.allocate(capacity: 1)
        var complaints: [String] = []
        for candidate in candidates {
            functions.initialize(to: fovea_openvino())
            let complaint = CText.filled(512) { fovea_openvino_open(candidate, functions, $0) }
            guard complaint.status == 0 else {
                complaints.append(complaint.text)
                continue
            }
            var core: OpaquePointer?
            let status = fovea_ov_core_new(functions, &core)
            guard status == 0, let core else {
                complaints.append(CText.filled(1_024) { fovea_ov_complaint(functions, status, $0) }.text)
                continue
            }
            self.functions = UnsafePointer(functions)
            self.core = core
            path = candidate
            version = CText.filled(128) { fovea_ov_version_text(functions, $0) }.text
            return
        }
        functions.deallocate()
        throw InferenceError(.runtimeMissing, OpenVINOSearch.advice(after: complaints))
    }

    /// Throws what OpenVINO says of the call that has just returned `status`, unless that is 0.
    func check(
        _ status: CInt, _ code: InferenceError.Code, _ what: @autoclosure () -> String
    ) throws(InferenceError) {
        guard status != 0 else { return }
        let complaint = CText.filled(1_024) { fovea_ov_complaint(functions, status, $0) }.text
        // Where in its own source it failed is of no use to whoever has the model.
        let lines = complaint.split(whereSeparator: \.isNewline)
            .filter { !$0.hasPrefix("Exception from src") && !$0.hasPrefix("Check '") }
        let said = lines.isEmpty ? complaint : lines.joined(separator: " ")
        throw InferenceError(code, "\(what()): OpenVINO says: \(said)")
    }
}

/// Text that C writes into a buffer of ours.
enum CText {
    /// What `write` wrote into `count` bytes, damaged UTF-8 mended, and what it returned.
    static func filled<Status>(
        _ count: Int, _ write: (UnsafeMutablePointer<CChar>) -> Status
    ) -> (status: Status, text: String) {
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: count) { buffer in
            buffer.initialize(repeating: 0)
            // A buffer of at least one byte has an address.
            let status = write(buffer.baseAddress!)
            let bytes = buffer.prefix { $0 != 0 }.map(UInt8.init(bitPattern:))
            return (status, String(decoding: bytes, as: UTF8.self))
        }
    }
}
