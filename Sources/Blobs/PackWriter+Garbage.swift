import Base
import Glibc
import Synchronization
import SystemPackage

extension PackWriter {
    /// Seals all packs that may be collected, and returns their numbers, ascending.
    func beginCollection() throws(BlobError) -> [UInt32] {
        let numbers = try layout.packNumbers(calls)
        return try state.withLock { state throws(BlobError) in
            let candidates = try state.protection.beginCollection(packs: numbers)
            if let active = state.active, state.protection.isSealed(active.number) {
                state.active = nil
                if active.tail <= options.packLimit.bytes / 2 { state.roomy[active.number] = active.tail }
            }
            return candidates
        }
    }

    func endCollection() {
        state.withLock { $0.protection.endCollection() }
    }

    /// Removes a pack that nothing refers to.
    func dropPack(_ number: UInt32) throws(BlobError) {
        try calls.removeFile(layout.pack(number))
        state.withLock { state in
            state.roomy[number] = nil
            state.unsynced[number] = nil
            state.unsyncedDirectories.insert(layout.packs)
        }
    }

    /// Cuts a sealed pack where its last live record ends, for the next record to begin there.
    /// - Returns: the bytes that were cut off; 0 where the pack ends there already.
    func cutPack(_ number: UInt32, at end: Int) throws(BlobError) -> Int {
        let file = try OpenFile(layout.pack(number), O_RDWR, calls: calls)
        let length = try file.status().length
        guard length > end else { return 0 }
        try file.truncate(to: end)
        state.withLock { state in
            if end <= options.packLimit.bytes / 2 { state.roomy[number] = end }
            state.unsynced[number] = file
        }
        return length - end
    }

    /// Removes a large file and its sums, unless it was put again meanwhile; returns whether it did.
    func dropLarge(_ digest: SHA256Digest) throws(BlobError) -> Bool {
        // Under the lock, so that no put of the same bytes comes between the question and the removal.
        try state.withLock { state throws(BlobError) in
            guard !state.protection.protects(large: digest) else { return false }
            state.unsyncedDirectories.insert(layout.largeDirectory(digest))
            try calls.removeFile(layout.largeFile(digest))
            try calls.removeFile(layout.largeSums(digest))
            return true
        }
    }
}
