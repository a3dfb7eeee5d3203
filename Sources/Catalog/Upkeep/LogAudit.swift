import CPageChecksum

/// Checks SQLite's write-ahead log beside a database (https://sqlite.org/fileformat2.html#walformat) against
/// its own checksums.
///
/// SQLite looks at them when it recovers a log that a process has left, and takes the first wrong one for the
/// end: a write that a crash cut short. A turned bit in the middle would so undo, without a word, all commits
/// from there on.
struct LogAudit {
    private static let headerLength = 32
    private static let frameHeaderLength = 24

    /// The database's path.
    let path: String

    /// What was found in a log.
    struct Report {
        var damaged: [PageDamage] = []
        /// The pages whose newest content is in the log and nowhere else.
        var pages: Set<UInt32> = []
        /// Where a log must be cut so that what comes before the first damage can be used.
        var soundLength = 0
    }

    /// Checks the log of a database that connections use, as long as they say it is.
    func report(_ state: () -> fovea_log_state?) -> Report {
        // A log that is begun anew meanwhile is looked through again.
        for _ in 0..<16 {
            guard let before = state() else { break }
            guard before.frames > 0, let log = Log(path) else { return Report() }
            var report = Report()
            let isSound = log.isSound
            if !isSound { report.damaged.append(PageDamage(page: 0, frame: 1)) }
            for frame in 1...before.frames {
                guard let content = log.frame(frame) else {
                    report.damaged.append(PageDamage(page: 0, frame: frame))
                    break
                }
                let isIntact = (content.salts == log.salts || !isSound) && content.isIntact
                if !isIntact { report.damaged.append(PageDamage(page: content.page, frame: frame)) }
                if frame > before.copied { report.pages.insert(content.page) }
            }
            if let after = state(), after.salts == before.salts, after.frames >= before.frames {
                return report
            }
        }
        return reportBeforeRecovery()
    }

    /// Checks a log that nobody uses, for which SQLite will decide where it ends.
    func reportBeforeRecovery() -> Report {
        for attempt in 0..<16 {
            guard let log = Log(path) else { return Report() }
            let report = reportBeforeRecovery(log)
            // Whoever writes to it at this moment may have begun it anew.
            if report.damaged.isEmpty || attempt == 15 || Log(path)?.header == log.header { return report }
        }
        return Report()
    }

    /// - Throws: ``CatalogError/Code/corrupt`` where SQLite would take damage for the end of the log, and
    ///   lose commits.
    func checkBeforeRecovery() throws(CatalogError) {
        let report = reportBeforeRecovery()
        guard let first = report.damaged.first else { return }
        throw CatalogError(
            .corrupt,
            "\(first.description(in: path)), and the commits from there on are only in that file; restore a backup, or, to do without them, copy the store and cut the file to \(report.soundLength) bytes"
        )
    }

    // MARK: - Private

    private func reportBeforeRecovery(_ log: Log) -> Report {
        var report = Report()
        guard log.isSound else {
            // The header is durable before the first frame is written.
            if log.frame(1) != nil { report.damaged = [PageDamage(page: 0, frame: 1)] }
            return report
        }
        report.soundLength = Self.headerLength
        var number: UInt32 = 1
        var pending: Set<UInt32> = []
        while let frame = log.frame(number) {
            guard frame.salts == log.salts, frame.isIntact else {
                if isDamage(frame, number, log) {
                    report.damaged.append(PageDamage(page: frame.page, frame: number))
                }
                break
            }
            pending.insert(frame.page)
            if frame.isCommit {
                report.pages.formUnion(pending)
                pending = []
                report.soundLength = log.end(of: number)
            }
            number += 1
        }
        return report
    }

    /// Whether the first frame that is not as it should be was damaged, or its writing cut short.
    ///
    /// Each commit is durable before the next frame is written. Where a commit and a sound frame follow, the
    /// frame was whole once. So it was where all of its commit is there but for one bit: of a write that is
    /// cut short more is wrong. One frame alone may be wrong by one bit then too, as a sector that did not
    /// arrive holds what an earlier log had in its place, which may differ in no more than the number of
    /// pages.
    private func isDamage(_ frame: Frame, _ number: UInt32, _ log: Log) -> Bool {
        let turned =
            (frame.salts[0] ^ log.salts[0]).nonzeroBitCount + (frame.salts[1] ^ log.salts[1]).nonzeroBitCount
        if turned == 1, frame.isIntact { return true }
        if frame.salts == log.salts, frame.isOneBitOff, isElseWhole(frame, number, log) { return true }
        var hasCommit = false
        var next = number
        while let later = log.frame(next) {
            if next > number, hasCommit, later.salts == log.salts, later.isIntact { return true }
            if later.isCommit, later.salts == log.salts { hasCommit = true }
            next += 1
        }
        return false
    }

    /// Whether of the commit of a frame that is wrong by one bit all else is as it should be.
    private func isElseWhole(_ frame: Frame, _ number: UInt32, _ log: Log) -> Bool {
        if frame.isCommit { return true }
        var next = number + 1
        while let later = log.frame(next), later.salts == log.salts {
            // Where the bit is one of the frame's sums, the next continues those that it should have.
            let follows = later.isIntact || next == number + 1 && later.isIntact(after: frame.sums)
            guard follows else { return false }
            if later.isCommit { return true }
            next += 1
        }
        // The bit may be what made it a commit.
        return next == number + 1
    }

    /// The bytes of a frame, and the sums that its own continue.
    private struct Frame {
        let bytes: [UInt8]
        let before: (UInt32, UInt32)
        let isBigEndian: Bool

        var page: UInt32 { bytes.bigEndianWord(0) }
        var isCommit: Bool { bytes.bigEndianWord(4) != 0 }
        var salts: [UInt32] { [bytes.bigEndianWord(8), bytes.bigEndianWord(12)] }

        var isIntact: Bool { isIntact(after: before) }

        func isIntact(after before: (UInt32, UInt32)) -> Bool {
            sums(after: before) == (bytes.bigEndianWord(16), bytes.bigEndianWord(20))
        }

        /// What its sums should be.
        var sums: (UInt32, UInt32) { sums(after: before) }

        private func sums(after before: (UInt32, UInt32)) -> (UInt32, UInt32) {
            var sums = before
            let order: CInt = isBigEndian ? 1 : 0
            bytes.withUnsafeBytes { bytes in
                withUnsafeMutableBytes(of: &sums) { sums in
                    let sums = sums.assumingMemoryBound(to: UInt32.self).baseAddress
                    fovea_two_sums(sums, bytes.baseAddress, 8, order)
                    // A frame is longer than its header, so it has an address.
                    fovea_two_sums(
                        sums, bytes.baseAddress! + LogAudit.frameHeaderLength,
                        bytes.count - LogAudit.frameHeaderLength, order)
                }
            }
            return sums
        }

        var isOneBitOff: Bool {
            var sums = before
            return bytes.withUnsafeBytes { bytes in
                withUnsafeBytes(of: &sums) {
                    fovea_frame_is_one_bit_off(
                        bytes.baseAddress, bytes.count, $0.assumingMemoryBound(to: UInt32.self).baseAddress,
                        isBigEndian ? 1 : 0) != 0
                }
            }
        }
    }

    /// The file, and its header.
    private struct Log {
        let file: RawFile
        let header: [UInt8]
        let pageSize: Int

        /// `nil` where there is no log, or it is empty.
        init?(_ path: String) {
            guard let file = RawFile(path + "-wal") else { return nil }
            let header = file.bytes(at: 0, count: LogAudit.headerLength)
            guard header.count == LogAudit.headerLength else { return nil }
            self.file = file
            self.header = header
            let size = Int(header.bigEndianWord(8))
            // With a damaged header the size that stores have; it only serves to see if there are frames.
            pageSize = (512...65536).contains(size) && size.nonzeroBitCount == 1 ? size : 4096
        }

        var salts: [UInt32] { [header.bigEndianWord(16), header.bigEndianWord(20)] }
        private var isBigEndian: Bool { header[3] & 1 == 1 }

        /// Whether the header matches its checksum.
        var isSound: Bool {
            var sums: [UInt32] = [0, 0]
            fovea_two_sums(&sums, header, 24, isBigEndian ? 1 : 0)
            return header.bigEndianWord(0) & ~1 == 0x377F_0682
                && sums == [header.bigEndianWord(24), header.bigEndianWord(28)]
        }

        func end(of frame: UInt32) -> Int {
            LogAudit.headerLength + Int(frame) * (LogAudit.frameHeaderLength + pageSize)
        }

        /// A frame, from 1; `nil` where the file ends.
        func frame(_ number: UInt32) -> Frame? {
            let length = LogAudit.frameHeaderLength + pageSize
            let start = end(of: number) - length
            let bytes = file.bytes(at: start, count: length)
            let before = file.bytes(at: number == 1 ? 24 : start - length + 16, count: 8)
            guard bytes.count == length, before.count == 8 else { return nil }
            return Frame(
                bytes: bytes, before: (before.bigEndianWord(0), before.bigEndianWord(4)),
                isBigEndian: isBigEndian)
        }
    }
}
