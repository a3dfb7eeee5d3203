public import Base
import Glibc
public import SystemPackage

/// What a backup has to copy: every pack up to a length, and large files.
///
/// Packs only grow and large files never change, so this describes a moment although puts go on.
public struct BlobExtents: Sendable, Hashable {
    /// Bytes to copy of each pack.
    public var packs: [UInt32: Int] = [:]
    public var large: Set<SHA256Digest> = []

    public init() {}
}

extension BlobStore {
    /// The extents of everything that was put before this call.
    ///
    /// For a backup under writes: take ``holdCollection()``, copy the catalog, call this, then
    /// ``copy(_:to:cancellation:progress:)``, and end the hold. Whatever the copied catalog refers to is then
    /// in the copied blobs.
    public func extents() throws(BlobError) -> BlobExtents {
        var extents = BlobExtents()
        for number in try layout.packNumbers(calls) {
            extents.packs[number] =
                try OpenFile(layout.pack(number), O_RDONLY, calls: calls).status().length
        }
        extents.large = Set(try layout.largeDigests(calls))
        return extents
    }

    /// Copies `extents` to another directory, which then is a store of blobs, durable when this returns.
    ///
    /// Bytes are copied as they are, damaged ones included: verify the copy.
    /// - Parameter unreadable: Told what a failing disk refuses to read; zeros stand there in the copy, and
    ///   the checksums of a large file may be missing. `nil` to fail at the first of it.
    /// - Parameter directory: Made if needed; its parent must exist, and it must hold no blobs yet.
    /// - Throws: `invalid` when `directory` holds blobs; `missing` when something of `extents` is gone;
    ///   `corrupt` when a pack is shorter than its extent; `noSpace`, `io`; `CancelledError`. A copy that
    ///   failed is to be removed by the caller.
    public func copy(
        _ extents: BlobExtents, to directory: FilePath, cancellation: Cancellation = Cancellation(),
        unreadable: ((FilePath, Range<Int>) -> Void)? = nil, progress: (BlobProgress) -> Void = { _ in }
    ) throws {
        let target = BlobLayout(root: directory)
        guard try target.packNumbers(calls).isEmpty, try target.largeDigests(calls).isEmpty else {
            throw BlobError(.invalid, "\(directory.string) holds blobs already")
        }
        for path in [target.root, target.packs, target.large] { try calls.makeDirectoryIfMissing(path) }
        var done = BlobProgress()
        for (number, length) in extents.packs.sorted(by: { $0.key < $1.key }) {
            try copyFile(
                layout.pack(number), to: target.pack(number), length, cancellation, unreadable, progress,
                &done)
        }
        for digest in extents.large.sorted() {
            let subdirectory = target.largeDirectory(digest)
            try calls.makeDirectoryIfMissing(subdirectory)
            do {
                try copyFile(
                    layout.largeSums(digest), to: target.largeSums(digest), nil, cancellation, unreadable,
                    progress, &done)
            } catch let error as BlobError where error.code == .missing && unreadable != nil {
                // Whoever verifies the copy finds that they are gone.
            }
            try copyFile(
                layout.largeFile(digest), to: target.largeFile(digest), nil, cancellation, unreadable,
                progress, &done)
        }
        let subdirectories = Set(extents.large.map { target.largeDirectory($0) })
        for path in subdirectories + [target.large, target.packs, target.root, target.parent] {
            try calls.syncDirectory(at: path)
        }
    }

    // MARK: - Private

    /// - Parameter length: How many bytes to copy; `nil` for all.
    private func copyFile(
        _ source: FilePath, to target: FilePath, _ length: Int?, _ cancellation: Cancellation,
        _ unreadable: ((FilePath, Range<Int>) -> Void)?, _ progress: (BlobProgress) -> Void,
        _ done: inout BlobProgress
    ) throws {
        let from = try OpenFile(source, O_RDONLY, calls: calls)
        let to = try OpenFile(target, O_RDWR | O_CREAT | O_EXCL, calls: calls)
        let length = try length ?? from.status().length
        var offset = 0
        while offset < length {
            try cancellation.check()
            let piece = try self.piece(of: from, offset, min(1 << 20, length - offset), unreadable)
            guard !piece.isEmpty else {
                throw BlobError(.corrupt, "\(source.string) has \(offset) bytes, \(length) were recorded")
            }
            try to.write(piece.span.bytes, at: offset)
            offset += piece.count
            done.bytes += piece.count
            progress(done)
        }
        try to.sync()
        done.count += 1
        progress(done)
    }

    private func piece(
        of file: OpenFile, _ offset: Int, _ count: Int, _ unreadable: ((FilePath, Range<Int>) -> Void)?
    ) throws(BlobError) -> [UInt8] {
        do throws(BlobError) {
            return try file.bytes(at: offset, count: count)
        } catch {
            guard error.code == .io, let unreadable else { throw error }
            return readable(file, offset, count, unreadable)
        }
    }

    /// A piece that cannot be read at once, block by block; zeros where a block cannot be read either.
    private func readable(
        _ file: OpenFile, _ offset: Int, _ count: Int, _ unreadable: (FilePath, Range<Int>) -> Void
    ) -> [UInt8] {
        let blockLength = 4_096
        var piece: [UInt8] = []
        piece.reserveCapacity(count)
        var lost: Range<Int>?
        for start in stride(from: offset, to: offset + count, by: blockLength) {
            let wanted = min(blockLength, offset + count - start)
            do throws(BlobError) {
                let block = try file.bytes(at: start, count: wanted)
                piece += block
                if block.count < wanted { break }
            } catch {
                piece += [UInt8](repeating: 0, count: wanted)
                lost = (lost?.lowerBound ?? start)..<start + wanted
            }
        }
        if let lost { unreadable(file.path, lost) }
        return piece
    }
}
