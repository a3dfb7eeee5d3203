import Base
import Glibc
import Synchronization
import SystemPackage

/// Appends to packs, and knows what is not durable yet. One writer a directory: it holds the lock file.
///
/// Threads reserve their place under the lock and write outside it. A record whose write fails or is lost
/// leaves a hole, which walks over the pack step across (``PackScanner``); nothing is ever written over.
final class PackWriter: Sendable {
    /// The pack that is appended to.
    struct Active {
        var number: UInt32
        var file: OpenFile
        var salt: UInt64
        /// Where the next record goes.
        var tail: Int
    }

    struct State {
        var active: Active?
        var nextNumber: UInt32
        /// Packs with room, and their lengths, that earlier processes or collections have left.
        var roomy: [UInt32: Int]
        var unsynced: [UInt32: OpenFile] = [:]
        var unsyncedDirectories: Set<FilePath>
        /// After a failed sync nobody can tell what has reached the disk.
        var failure: BlobError?
        var protection = PutProtection()
    }

    let layout: BlobLayout
    let options: BlobOptions
    let calls: FileCalls
    let state: Mutex<State>
    private let group = SyncGroup()
    /// Held open for its lock.
    private let lockFile: OpenFile
    let recovery: BlobRecovery

    /// Every hundredth of a second, for two seconds.
    private static let lockAttempts = 200

    /// Takes the lock, makes the directories, and clears what a process that ended early has left.
    init(layout: BlobLayout, options: BlobOptions, calls: FileCalls) throws(BlobError) {
        try options.validate()
        for directory in [layout.root, layout.packs, layout.large, layout.temporary] {
            try calls.makeDirectoryIfMissing(directory)
        }
        let lockFile = try OpenFile(layout.lock, O_RDWR | O_CREAT, calls: calls)
        // Of a process that has just been killed, the kernel lets go of one lock after the other: whoever has
        // got the store's waits a little for this one.
        var locked = 0
        for attempt in 0..<PackWriter.lockAttempts {
            if attempt > 0 { usleep(10_000) }
            locked = calls.retrying { flock(lockFile.descriptor, LOCK_EX | LOCK_NB) == 0 ? 0 : Int(-errno) }
            if locked != Int(-EWOULDBLOCK) { break }
        }
        guard locked != Int(-EWOULDBLOCK) else {
            throw BlobError(.busy, "another process writes to \(layout.root.string)")
        }
        guard locked == 0 else { throw .system(CInt(-locked), .lock, layout.lock) }
        let (recovery, lengths) = try Self.recover(layout, calls)

        self.layout = layout
        self.options = options
        self.calls = calls
        self.lockFile = lockFile
        self.recovery = recovery
        let half = options.packLimit.bytes / 2
        // An earlier process may have been killed before it synced the directories that it made.
        let directories: Set = [layout.parent, layout.root, layout.packs, layout.large]
        self.state = Mutex(
            State(
                nextNumber: (lengths.keys.max() ?? 0) + 1, roomy: lengths.filter { $0.value <= half },
                unsyncedDirectories: directories))
    }

    deinit {
        // Closing alone would not do: a process that another thread is starting holds a copy of every
        // descriptor between its fork and its exec, and with it the lock.
        flock(lockFile.descriptor, LOCK_UN)
    }

    /// Writes a record; it is durable after the next ``sync()``.
    func append(
        _ payload: RawSpan, digest: SHA256Digest, checksum: UInt32
    ) throws(BlobError) -> BlobLocation {
        let place = try reserve(PackFormat.recordLength(payload: payload.byteCount))
        let header = RecordHeader(
            salt: place.salt, offset: place.tail, length: payload.byteCount, digest: digest,
            payloadChecksum: checksum)
        do throws(BlobError) {
            // The header comes last: where a process is killed between the two, no header vouches for the
            // payload.
            try place.file.write(payload, at: header.payloadOffset)
            try place.file.write(header.encoded.span.bytes, at: header.offset)
        } catch {
            giveBack(place, through: PackFormat.aligned(header.end))
            throw error
        }
        // Only a record that is written whole may be marked: a sync between mark and write would clear the
        // mark.
        state.withLock { $0.unsynced[place.number] = place.file }
        return .pack(number: place.number, offset: header.offset, length: header.length)
    }

    /// Makes durable whatever was appended or noted before this call.
    func sync() throws(BlobError) {
        try group.run { () throws(BlobError) in try flush() }
    }

    /// Notes that entries of `directories` have to reach the disk with the next ``sync()``.
    func noteUnsynced(directories: [FilePath]) {
        state.withLock { $0.unsyncedDirectories.formUnion(directories) }
    }

    // MARK: - Private

    private func reserve(_ byteCount: Int) throws(BlobError) -> Active {
        try state.withLock { state throws(BlobError) -> Active in
            if let failure = state.failure { throw failure }
            if let active = state.active, active.tail + byteCount > options.packLimit.bytes {
                state.active = nil
            }
            // Opening or making a pack under the lock is slow, but happens once in hundreds of megabytes, and
            // nobody could go on without it.
            let place = if let active = state.active { active } else { try nextPack(&state, byteCount) }
            state.protection.notePut(pack: place.number)
            state.active = place
            state.active?.tail += byteCount
            return place
        }
    }

    /// A pack with room for `byteCount` more: one that is there, or else a new one.
    private func nextPack(_ state: inout State, _ byteCount: Int) throws(BlobError) -> Active {
        for number in state.roomy.keys.sorted() where !state.protection.isSealed(number) {
            // A length on disk may end in the middle of a lost record: what comes next goes behind it.
            let tail = PackFormat.aligned(state.roomy[number, default: 0])
            guard tail + byteCount <= options.packLimit.bytes else { continue }
            state.roomy[number] = nil
            let file = try OpenFile(layout.pack(number), O_RDWR, calls: calls)
            let bytes = try file.bytes(at: 0, count: PackFormat.headerLength)
            guard let header = try PackHeader(decoding: bytes), header.number == number else { continue }
            return Active(number: number, file: file, salt: header.salt, tail: tail)
        }
        // Not given again should the rest fail: the file may then be there and not go away.
        let header = PackHeader(number: state.nextNumber, salt: .random(in: .min ... .max))
        state.nextNumber += 1
        let path = layout.pack(header.number)
        let file = try OpenFile(path, O_RDWR | O_CREAT | O_EXCL, calls: calls)
        do throws(BlobError) {
            try file.write(header.encoded.span.bytes, at: 0)
        } catch {
            // It holds nothing; left behind, it would be removed at the next opening.
            try? calls.removeFile(path)
            throw error
        }
        state.unsynced[header.number] = file
        state.unsyncedDirectories.insert(layout.packs)
        return Active(number: header.number, file: file, salt: header.salt, tail: PackFormat.headerLength)
    }

    /// Takes back the last reservation after a failed write, so that a full disk does not grow the pack by
    /// holes.
    private func giveBack(_ place: Active, through end: Int) {
        state.withLock { state in
            guard let active = state.active, active.number == place.number, active.tail == end else { return }
            // Under the lock, as the next record may be written here; if it fails, a hole stays.
            guard (try? active.file.truncate(to: place.tail)) != nil else { return }
            state.active?.tail = place.tail
        }
    }

    private func flush() throws(BlobError) {
        let (files, directories) = try state.withLock { state throws(BlobError) in
            if let failure = state.failure { throw failure }
            let unsynced = (state.unsynced, state.unsyncedDirectories)
            state.unsynced = [:]
            state.unsyncedDirectories = []
            return unsynced
        }
        do throws(BlobError) {
            for (_, file) in files.sorted(by: { $0.key < $1.key }) { try file.sync() }
            for directory in directories { try calls.syncDirectory(at: directory) }
        } catch {
            // The kernel reports a failed write-back once and then forgets the pages: to sync again would
            // succeed and mean nothing. (LWN 752063, "PostgreSQL's fsync() surprise".)
            let failure = BlobError(
                error.code,
                "\(error.message); nothing more is written until the store is opened anew", cause: error)
            state.withLock { $0.failure = failure }
            throw failure
        }
    }

    private static func recover(
        _ layout: BlobLayout, _ calls: FileCalls
    ) throws(BlobError) -> (BlobRecovery, lengths: [UInt32: Int]) {
        var recovery = BlobRecovery()
        for name in try calls.names(in: layout.temporary) {
            try calls.removeFile(layout.temporary.appending(name))
            recovery.removedTemporaries += 1
        }
        var lengths: [UInt32: Int] = [:]
        for number in try layout.packNumbers(calls) {
            let length = try OpenFile(layout.pack(number), O_RDONLY, calls: calls).status().length
            if length < PackFormat.headerLength {
                try calls.removeFile(layout.pack(number))
                recovery.removedPacks += 1
            } else {
                lengths[number] = length
            }
        }
        return (recovery, lengths)
    }
}

/// What an opening for writing has cleared away.
public struct BlobRecovery: Sendable, Hashable {
    /// Large files that were never finished.
    public var removedTemporaries = 0
    /// Packs that were begun and hold nothing.
    public var removedPacks = 0
}
