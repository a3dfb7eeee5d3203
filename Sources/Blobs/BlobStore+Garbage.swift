public import Base
import Glibc
import SystemPackage

extension BlobStore {
    /// Removes what nothing refers to: packs without live records, large files, what lies behind the last
    /// live record of a pack, and, where the dead part of a pack is `minimumDeadFraction` or more of it, that
    /// pack, after its live records have been copied to another. Where the disk has no room for the copies
    /// the pack stays as it is, unless every pack is to be emptied.
    ///
    /// The order makes every crash harmless. Copies are durable before `commit` is called, a pack is removed
    /// after its `commit` has returned, and what is left of either is garbage for the next run: there is
    /// never a reference without bytes. Puts go on meanwhile, into packs of their own; those under a hold
    /// (``holdPuts()``) are spared even though the catalog does not know them yet. Blobs that were put
    /// without a hold must have been committed before this is called.
    ///
    /// - Parameters:
    ///   - minimumDeadFraction: In `0...1`.
    ///   - live: Called once, after the packs are sealed: everything that is referred to.
    ///   - commit: Called for each pack that is emptied, to replace the old locations in the catalog by the
    ///     new ones; when it throws, nothing of that pack is removed.
    /// - Throws: `busy` while another collection or a ``holdCollection()`` lasts; `readOnly`; `noSpace` when
    ///   live records cannot be copied; `CancelledError`; what `live` and `commit` throw.
    public func collectGarbage(
        minimumDeadFraction: Double = 0.25, cancellation: Cancellation = Cancellation(),
        live: () throws -> LiveBlobs, commit: ([BlobMove]) throws -> Void
    ) throws -> GarbageReport {
        guard (0...1).contains(minimumDeadFraction) else {
            throw BlobError(.invalid, "a dead fraction of \(minimumDeadFraction) is not within 0 and 1")
        }
        let writer = try openWriter()
        let candidates = try writer.beginCollection()
        defer { writer.endCollection() }
        let live = try live()
        var report = GarbageReport()

        // What is wholly dead goes first: it makes room for the copies on a disk that is nearly full.
        for number in candidates where live.packs[number] == nil {
            try cancellation.check()
            try drop(number, writer, &report)
        }
        try dropLarge(live, writer, cancellation, &report)
        // So does what lies behind the last live record of a pack: after an ingest that ended as the disk was
        // full that may be nearly all.
        for number in candidates {
            try cancellation.check()
            guard let pack = live.packs[number] else { continue }
            report.freedBytes += try writer.cutPack(number, at: pack.end)
        }
        try writer.sync()

        for number in candidates {
            try cancellation.check()
            guard let pack = live.packs[number] else { continue }
            let length = try OpenFile(layout.pack(number), O_RDONLY, calls: calls).status().length
            let used = max(1, length - PackFormat.headerLength)
            let deadFraction = Double(used - pack.byteCount) / Double(used)
            guard deadFraction >= max(minimumDeadFraction, .leastNonzeroMagnitude) else { continue }
            // Whoever wants all that is dead to be gone must hear that it is not.
            if minimumDeadFraction > 0, !hasRoom(forCopies: pack.byteCount) {
                report.postponedPacks.append(number)
                report.postponedBytes += used - pack.byteCount
                continue
            }
            let damagedBefore = report.damaged.count
            let moves = try copy(pack, number, writer, cancellation, &report)
            try writer.sync()
            if !moves.isEmpty { try commit(moves) }
            if report.damaged.count == damagedBefore { try drop(number, writer, &report) }
        }
        // A purge promises that the bytes are gone: the removals are made durable too.
        try writer.sync()
        return report
    }

    // MARK: - Private

    /// Whether the disk has room for so many bytes of records, and for what is written beside them.
    private func hasRoom(forCopies byteCount: Int) -> Bool {
        var disk = statvfs()
        guard statvfs(layout.root.string, &disk) == 0 else { return true }
        return Int(disk.f_bavail) * Int(disk.f_frsize) >= byteCount + byteCount / 50 + (1 << 20)
    }

    /// Copies the live records of a pack; those that cannot be read are reported and left.
    private func copy(
        _ pack: LiveBlobs.Pack, _ number: UInt32, _ writer: PackWriter, _ cancellation: Cancellation,
        _ report: inout GarbageReport
    ) throws -> [BlobMove] {
        var moves: [BlobMove] = []
        var previous: UInt32?
        for units in pack.offsets.sorted() where units != previous {
            previous = units
            try cancellation.check()
            let offset = Int(units) * PackFormat.alignment
            let header: RecordHeader
            let payload: [UInt8]
            do throws(BlobError) {
                (header, payload) = try record(number, offset)
            } catch {
                report.damaged.append(error)
                continue
            }
            let from = BlobLocation.pack(number: number, offset: offset, length: header.length)
            let to = try writer.append(
                payload.span.bytes, digest: header.digest, checksum: header.payloadChecksum)
            moves.append(BlobMove(digest: header.digest, from: from, to: to))
            report.movedCount += 1
            report.movedBytes += header.length
            report.freedBytes -= PackFormat.recordLength(payload: header.length)
        }
        return moves
    }

    private func drop(
        _ number: UInt32, _ writer: PackWriter, _ report: inout GarbageReport
    ) throws(BlobError) {
        let length = try OpenFile(layout.pack(number), O_RDONLY, calls: calls).status().length
        try writer.dropPack(number)
        cache.forget(number)
        report.droppedPacks.append(number)
        report.freedBytes += length
    }

    private func dropLarge(
        _ live: LiveBlobs, _ writer: PackWriter, _ cancellation: Cancellation, _ report: inout GarbageReport
    ) throws {
        for digest in try layout.largeDigests(calls) where !live.large.contains(digest) {
            try cancellation.check()
            let length = try OpenFile(layout.largeFile(digest), O_RDONLY, calls: calls).status().length
            guard try writer.dropLarge(digest) else { continue }
            report.droppedLarge.append(digest)
            report.freedBytes += length
        }
        // Sums whose file is gone: a crash came between the two removals, or between the two renames of a
        // put.
        let files = Set(try layout.largeDigests(calls))
        for digest in try layout.largeDigests(sums: true, calls) where !files.contains(digest) {
            if !live.large.contains(digest) { _ = try writer.dropLarge(digest) }
        }
    }
}
