public import Base

extension BlobStore {
    /// Reads each blob, compares checksums, length and SHA-256, and reports those that are not what they
    /// should be. Fastest in the order of packs and offsets. One bad blob never ends the run.
    ///
    /// URLs are passed over: whoever fetches them checks them.
    /// - Parameter progress: Called after each blob.
    /// - Throws: `CancelledError` only.
    public func verify(
        _ blobs: some Sequence<StoredBlob>, cancellation: Cancellation = Cancellation(),
        progress: (BlobProgress) -> Void = { _ in }
    ) throws -> [BlobFinding] {
        var findings: [BlobFinding] = []
        var done = BlobProgress()
        for blob in blobs {
            try cancellation.check()
            do {
                try verify(blob, cancellation)
            } catch let error as BlobError {
                findings.append(BlobFinding(blob: blob, error: error))
            }
            done.count += 1
            // A malformed length was reported above.
            done.bytes += max(0, min(blob.location.length, .max / 2 - done.bytes))
            progress(done)
        }
        return findings
    }

    /// Reads a blob through and compares it with the checksums that every read of it is compared with. Costs
    /// reading it and a CRC-32C; of a referenced file the SHA-256. URLs are passed over.
    /// - Throws: `corrupt`, `missing`, `changed`, `io`; `CancelledError`.
    public func check(_ blob: StoredBlob, cancellation: Cancellation = Cancellation()) throws {
        switch blob.location {
        case .pack:
            _ = try read(blob)
        case .large:
            let reader = try LargeFileReader(blob, layout, calls)
            for index in reader.sums.checksums.indices {
                try cancellation.check()
                _ = try reader.block(index)
            }
        case .reference: try verify(blob, cancellation)
        }
    }

    /// Reads a large file through and compares every block's checksum and the SHA-256 of all.
    func checkLarge(_ blob: StoredBlob, _ cancellation: Cancellation) throws {
        let reader = try LargeFileReader(blob, layout, calls)
        var hasher = BlobHasher()
        for index in reader.sums.checksums.indices {
            try cancellation.check()
            let block = try reader.block(index)
            hasher.update(block.span.bytes)
        }
        let found = hasher.finish()
        guard found == blob.digest else {
            throw BlobError(.corrupt, "the file of large blob \(blob.digest) has SHA-256 \(found)")
        }
    }

    // MARK: - Private

    private func verify(_ blob: StoredBlob, _ cancellation: Cancellation) throws {
        try blob.check(nil)
        switch blob.location {
        case .pack:
            _ = try read(blob, verifyingDigest: true)
        case .large:
            try checkLarge(blob, cancellation)
        case .reference(.url, _):
            break
        case .reference(let reference, let length):
            let file = try openReferenced(reference, length)
            try Self.check(try Self.digest(of: file, length, cancellation), blob, reference)
        }
    }
}
