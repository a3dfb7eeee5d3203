public import Base
import Glibc

/// Something that a walk over all packs and large files has come across.
public enum BlobScanEntry: Sendable {
    /// A blob that matches its checksums; a large one its SHA-256 as well.
    case intact(StoredBlob)
    /// A blob whose header can be read and whose bytes do not match it. Where nothing refers to it, it may be
    /// a write that a crash cut short.
    case damaged(StoredBlob, BlobError)
    /// Bytes of a pack in which no record begins: what a crash has left of a write, or a damaged header and
    /// its payload. Records behind it are found.
    case unreadable(pack: UInt32, offset: Int, length: Int)
}

extension BlobStore {
    /// Walks over every record of every pack, then every large file, whether anything refers to them or not.
    ///
    /// From what is intact the table from digest to location can be built anew; what it holds more than the
    /// catalog does is garbage. Records that are being written at this moment show as unreadable.
    /// - Parameter visit: Called for each entry, packs and offsets ascending, then digests.
    /// - Throws: `CancelledError`; `io` when a file cannot be read; `unsupported` for a pack of another
    ///   version; what `visit` throws.
    public func scan(
        cancellation: Cancellation = Cancellation(), _ visit: (BlobScanEntry) throws -> Void
    ) throws {
        for number in try layout.packNumbers(calls) {
            try cancellation.check()
            guard let file = try openIfThere(number) else { continue }
            var scanner = try PackScanner(file)
            while let entry = try scanner.next(cancellation) { try visit(BlobScanEntry(entry, number)) }
        }
        try cancellation.check()
        for digest in try layout.largeDigests(calls) {
            guard let length = try lengthIfThere(digest) else { continue }
            let blob = StoredBlob(digest: digest, location: .large(length: length))
            do {
                try checkLarge(blob, cancellation)
            } catch let error as BlobError where error.code == .corrupt {
                try visit(.damaged(blob, error))
                continue
            }
            try visit(.intact(blob))
        }
    }

    // MARK: - Private

    /// A pack, or `nil` if a collection has just dropped it.
    private func openIfThere(_ number: UInt32) throws(BlobError) -> OpenFile? {
        do throws(BlobError) {
            return try OpenFile(layout.pack(number), O_RDONLY, calls: calls)
        } catch {
            guard error.code == .missing else { throw error }
            return nil
        }
    }

    private func lengthIfThere(_ digest: SHA256Digest) throws(BlobError) -> Int? {
        do throws(BlobError) {
            return try OpenFile(layout.largeFile(digest), O_RDONLY, calls: calls).status().length
        } catch {
            guard error.code == .missing else { throw error }
            return nil
        }
    }
}

extension BlobScanEntry {
    fileprivate init(_ entry: PackScanner.Entry, _ number: UInt32) {
        switch entry {
        case .record(let header): self = .intact(header.blob(in: number))
        case .damaged(let header):
            let error = BlobError.corrupt(
                pack: number, at: header.offset, header.digest, "the payload does not match its CRC-32C")
            self = .damaged(header.blob(in: number), error)
        case .unreadable(let offset, let length):
            self = .unreadable(pack: number, offset: offset, length: length)
        }
    }
}

extension RecordHeader {
    fileprivate func blob(in pack: UInt32) -> StoredBlob {
        StoredBlob(digest: digest, location: .pack(number: pack, offset: offset, length: length))
    }
}
