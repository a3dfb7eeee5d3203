import CTurboJPEG
import Synchronization

/// TurboJPEG handles waiting to be used again: there come to be as many as threads decode at once.
///
/// A handle belongs to one call at a time. Making one costs more than decoding a thumbnail.
final class TurboJPEGHandles: Sendable {
    static let decompressors = TurboJPEGHandles { tjInitDecompress() }
    static let compressors = TurboJPEGHandles { tjInitCompress() }

    private let idle = Mutex<[UInt]>([])
    private let make: @Sendable () -> tjhandle?
    /// Handles beyond these are given back to the system.
    private let idleLimit = 64

    private init(make: @escaping @Sendable () -> tjhandle?) { self.make = make }

    /// Runs `body` with a handle that nobody else holds meanwhile.
    ///
    /// - Parameter isFresh: Whether the handle must never have been used: it keeps the tables of the last
    ///   file.
    func withHandle<Result>(
        isFresh: Bool = false, _ body: (tjhandle) throws(MediaError) -> Result
    ) throws(MediaError) -> Result {
        let kept = isFresh ? nil : idle.withLock { $0.popLast() }.flatMap { tjhandle(bitPattern: $0) }
        guard let handle = kept ?? make() else {
            throw MediaError(
                .unsupported, "libjpeg-turbo did not start: \(String(cString: tjGetErrorStr2(nil)))")
        }
        do throws(MediaError) {
            let result = try body(handle)
            let isKept = idle.withLock { idle in
                guard idle.count < idleLimit else { return false }
                idle.append(UInt(bitPattern: handle))
                return true
            }
            if !isKept { tjDestroy(handle) }
            return result
        } catch {
            // After an error in a header TurboJPEG 2.1 would read the next file as the rest of this one.
            tjDestroy(handle)
            throw error
        }
    }
}
