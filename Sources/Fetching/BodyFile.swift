import Base
#if canImport(Glibc)
    import Glibc
#endif
import Synchronization

/// A file that a body is written to as it comes, piece after piece, on a thread that may wait for the disk.
final class BodyFile: Sendable {
    /// Bytes that wait for the disk before no more are read from the network.
    static let waitingLimit = 4 << 20
    /// One thread, so that pieces are written in their order.
    private static let pool = BlockingPool(label: "fovea-bodies", threadCount: 1)

    private struct State {
        var descriptor: CInt
        var failure: FetchFailure?
    }

    private let path: String
    private let state: Mutex<State>

    /// Makes the file, or empties it.
    /// - Throws: ``FetchFailure/Code/notKept``.
    init(_ path: String) throws(FetchFailure) {
        self.path = path
        let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw BodyFile.failure(path, errno) }
        state = Mutex(State(descriptor: descriptor))
    }

    deinit { close() }

    /// Writes a piece behind those before, and tells on the pool's thread what became of it.
    func append(_ bytes: [UInt8], _ completion: @escaping @Sendable (FetchFailure?) -> Void) {
        let refused = BodyFile.pool.submit { [self] in completion(write(bytes)) }
        if refused != nil { completion(FetchFailure(.busy, "too much waits for the disk")) }
    }

    /// Closes it; what is appended afterwards is not written.
    func close() {
        state.withLock { state in
            if state.descriptor >= 0 { Glibc.close(state.descriptor) }
            state.descriptor = -1
        }
    }

    // MARK: - Private

    /// The lock is held while the disk is waited for: nobody else wants it but who closes the file.
    private func write(_ bytes: [UInt8]) -> FetchFailure? {
        state.withLock { state in
            if let failure = state.failure { return failure }
            var written = 0
            while written < bytes.count {
                let count = bytes[written...].withUnsafeBytes {
                    Glibc.write(state.descriptor, $0.baseAddress, $0.count)
                }
                if count < 0, errno == EINTR { continue }
                guard count > 0 else {
                    let failure = BodyFile.failure(path, errno)
                    state.failure = failure
                    return failure
                }
                written += count
            }
            return nil
        }
    }

    private static func failure(_ path: String, _ number: CInt) -> FetchFailure {
        FetchFailure(
            number == ENOSPC || number == EDQUOT ? .diskFull : .notKept,
            "what comes cannot be written to \(path): \(String(cString: strerror(number)))")
    }
}
