import CVips

/// libvips, opened and started at the first image that needs it.
///
/// It is set up for foreign bytes: loaders that libvips does not trust are blocked, its cache is off, and it
/// starts no threads of its own.
final class VipsLibrary: Sendable {
    /// The one instance, or why there is none on this machine.
    static let shared = Result { () throws(MediaError) in try VipsLibrary() }

    /// What the C wrappers call through; written once, before anyone else sees it.
    nonisolated(unsafe) let functions: UnsafePointer<fovea_vips>

    private init() throws(MediaError) {
        let functions = UnsafeMutablePointer<fovea_vips>.allocate(capacity: 1)
        functions.initialize(to: fovea_vips())
        let message = CMessage(count: 256)
        guard fovea_vips_open(functions, message.characters) == 0 else {
            functions.deallocate()
            throw MediaError(
                .unsupported,
                "TIFF, HEIF and AVIF need libvips (Debian's libvips42), which did not start: "
                    + message.text)
        }
        self.functions = UnsafePointer(functions)
    }

    /// What libvips complained of since it was last asked, on one line.
    ///
    /// It keeps one list for all threads: when two images fail at once, one message may hold both complaints.
    func complaint() -> String {
        guard let text = fovea_vips_error(functions) else { return "no reason given" }
        defer { fovea_vips_free(functions, text) }
        let lines = String(cString: text).split(whereSeparator: \.isNewline).map { String($0).trimmingBlanks }
        return lines.isEmpty ? "no reason given" : lines.joined(separator: "; ")
    }
}
