import Base

/// Which packs and large files garbage collection must leave alone: what was put under a hold that lasts, or
/// while the collection runs, may not be in the catalog yet.
struct PutProtection {
    private var clock: UInt64 = 0
    private var nextHold = 0
    private var holds: [Int: UInt64] = [:]
    private var lastPut: [UInt32: UInt64] = [:]
    private var lastLargePut: [SHA256Digest: UInt64] = [:]
    /// While a collection runs, what was put later than this is protected from it. Holds that end meanwhile
    /// do not lower it: the collection may have asked for the live blobs before their commit.
    private var protectedAfter: UInt64?
    /// Packs that are being looked through: nothing is appended to them.
    private var sealed: Set<UInt32> = []
    private var suspensions = 0

    func isSealed(_ pack: UInt32) -> Bool { sealed.contains(pack) }

    mutating func notePut(pack: UInt32) {
        clock += 1
        if isRecording { lastPut[pack] = clock }
    }

    mutating func notePut(large digest: SHA256Digest) {
        clock += 1
        if isRecording { lastLargePut[digest] = clock }
    }

    mutating func beginHold() -> Int {
        nextHold += 1
        holds[nextHold] = clock
        return nextHold
    }

    mutating func endHold(_ hold: Int) {
        holds[hold] = nil
        forgetUnlessRecording()
    }

    mutating func suspendCollection() throws(BlobError) {
        guard protectedAfter == nil else {
            throw BlobError(.busy, "garbage collection is running")
        }
        suspensions += 1
    }

    mutating func resumeCollection() { suspensions -= 1 }

    /// Seals and returns those of `packs` that no hold protects.
    mutating func beginCollection(packs: [UInt32]) throws(BlobError) -> [UInt32] {
        guard protectedAfter == nil else { throw BlobError(.busy, "garbage collection is running already") }
        guard suspensions == 0 else { throw BlobError(.busy, "garbage collection waits for a backup") }
        let boundary = min(holds.values.min() ?? .max, clock)
        protectedAfter = boundary
        let candidates = packs.filter { lastPut[$0, default: 0] <= boundary }
        sealed = Set(candidates)
        return candidates
    }

    /// Whether the large file was put where the running collection cannot know if it is live.
    func protects(large digest: SHA256Digest) -> Bool {
        lastLargePut[digest, default: 0] > protectedAfter ?? 0
    }

    mutating func endCollection() {
        protectedAfter = nil
        sealed = []
        forgetUnlessRecording()
    }

    private var isRecording: Bool { !holds.isEmpty || protectedAfter != nil }

    private mutating func forgetUnlessRecording() {
        guard !isRecording else { return }
        lastPut = [:]
        lastLargePut = [:]
    }
}
