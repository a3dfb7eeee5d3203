import Base
@preconcurrency import Dispatch
import Engine
#if canImport(Glibc)
    import Glibc
#endif
import NIOCore
import Synchronization
import SystemPackage

/// The body of a request on its way to a file, for what is too large to hold. Pieces are written on a thread
/// of their own, in order; what was written is removed unless somebody takes the file away.
final class BodySpool: Sendable {
    /// What was written.
    struct File: Sendable {
        var path: FilePath
        var byteCount: Int
    }

    private struct State {
        var descriptor: SystemPackage.FileDescriptor?
        var byteCount = 0
        var failure: EngineError?
    }

    /// Bytes that may wait to be written before no more are read.
    private static let waitingBytes = 8 << 20

    private let path: FilePath
    private let queue = DispatchQueue(label: "fovea-spool")
    private let state = Mutex(State())
    private let pending = Atomic(0)

    /// - Parameter store: in whose folder `uploads` it lies, which is made at the first piece.
    init(of store: Store) {
        path = store.directory.appending("uploads").appending("\(EntityKey(at: .now())).part")
    }

    deinit {
        let descriptor = state.withLock { $0.descriptor }
        // Nobody has asked for it: it is removed, whatever closing says.
        try? descriptor?.close()
        unlink(path.string)
    }

    /// Whether more should not be read yet.
    var isBehind: Bool { pending.load(ordering: .relaxed) > BodySpool.waitingBytes }

    /// Hands a piece to the thread that writes.
    /// - Parameter onRoom: called on that thread once it is written.
    func write(_ buffer: ByteBuffer, onRoom: @escaping @Sendable () -> Void) {
        pending.add(buffer.readableBytes, ordering: .relaxed)
        queue.async { [self] in
            append(buffer)
            onRoom()
        }
    }

    /// Waits until all is written.
    /// - Throws: ``EngineError/Code/diskFull``, ``EngineError/Code/failed`` where it could not be.
    func finish() async throws -> File {
        try await withCheckedThrowingContinuation { continuation in
            queue.async { [self] in continuation.resume(with: Result { try close() }) }
        }
    }

    // MARK: - Private

    private func append(_ buffer: ByteBuffer) {
        pending.subtract(buffer.readableBytes, ordering: .relaxed)
        state.withLock { state in
            guard state.failure == nil else { return }
            do {
                if state.descriptor == nil {
                    let folder = path.removingLastComponent()
                    guard mkdir(folder.string, 0o700) == 0 || errno == EEXIST else {
                        throw Errno(rawValue: errno)
                    }
                    state.descriptor = try SystemPackage.FileDescriptor.open(
                        path, .writeOnly, options: [.create, .exclusiveCreate, .closeOnExec],
                        permissions: [.ownerReadWrite])
                }
                _ = try state.descriptor?.writeAll(buffer.readableBytesView)
                state.byteCount += buffer.readableBytes
            } catch {
                state.failure = BodySpool.failure(error)
            }
        }
    }

    private func close() throws -> File {
        try state.withLock { state in
            if let failure = state.failure { throw failure }
            if let descriptor = state.descriptor {
                state.descriptor = nil
                do {
                    defer { Glibc.close(descriptor.rawValue) }
                    guard fsync(descriptor.rawValue) == 0 else { throw Errno(rawValue: errno) }
                } catch {
                    throw BodySpool.failure(error)
                }
            }
            return File(path: path, byteCount: state.byteCount)
        }
    }

    private static func failure(_ error: any Error) -> EngineError {
        let isFull = (error as? Errno) == .noSpace
        return EngineError(
            isFull ? .diskFull : .failed, "what was sent cannot be kept: \(error)", cause: error)
    }
}
