import Base
import Blobs
import Foundation
import Glibc
import Synchronization
import SystemPackage
import TestSupport
import Testing

@Suite(.onOwnThreads) struct FailureTests {
    @Test func `short and interrupted transfers change nothing`() throws {
        try withTemporaryDirectory { directory in
            let counter = CallCounter { number, kind in
                switch number % 3 {
                case 0: .fails(EINTR)
                case 1: kind == .write ? .isCut(7) : .passes
                default: .passes
                }
            }
            var calls = counter.calls
            let system = FileCalls()
            let reads = Mutex(0)
            calls.read = { file, buffer, offset in
                let number = reads.withLock { reads in
                    reads += 1
                    return reads
                }
                if number.isMultiple(of: 2) { return Int(-EINTR) }
                return system.read(file, UnsafeMutableRawBufferPointer(rebasing: buffer.prefix(1000)), offset)
            }
            let store = try BlobStore(directory: directory, options: .small, calls: calls)
            let contents = [0, 1, 100, 2000, 3000, 10_000].map { sample($0, count: $0) }
            let blobs = try contents.map { try store.put($0) }
            try store.sync()
            for (blob, bytes) in zip(blobs, contents) { #expect(try store.read(blob) == bytes) }
            let scan = try Scan(store)
            #expect(Set(scan.intact) == Set(blobs))
            #expect(scan.damaged.isEmpty && scan.unreadable.isEmpty)
        }
    }

    /// Each call of a run of puts fails once: that put is refused, all others are read back.
    @Test(arguments: [ENOSPC, EIO, EDQUOT])
    func `a failed write loses its own blob only`(number: CInt) throws {
        var total = Int.max
        var failing = 0
        while failing < total {
            try withTemporaryDirectory { directory in
                let armed = Mutex(false)
                let limit = failing
                let counter = CallCounter { call, kind in
                    // Syncs are not among them: after a failed one nothing more may be written.
                    armed.withLock { $0 } && call == limit && kind != .sync ? .fails(number) : .passes
                }
                let store = try BlobStore(directory: directory, options: .small, calls: counter.calls)
                let before = counter.total
                armed.withLock { $0 = true }
                var kept: [(StoredBlob, [UInt8])] = []
                var refused = 0
                for seed in 0..<12 {
                    let bytes = sample(seed, count: seed == 5 ? 3000 : 1500)
                    do throws(BlobError) {
                        kept.append((try store.put(bytes), bytes))
                    } catch {
                        #expect(error.code == (number == EIO ? .io : .noSpace))
                        refused += 1
                    }
                }
                try store.sync()
                #expect(refused <= 1)
                for (blob, bytes) in kept { #expect(try store.read(blob) == bytes, "call \(failing)") }
                let scan = try Scan(store)
                #expect(Set(scan.intact) == Set(kept.map(\.0)), "call \(failing)")
                #expect(scan.damaged.isEmpty && scan.unreadable.isEmpty, "call \(failing)")
                #expect(files(below: directory.appending("temporary")) == [])
                total = counter.total
                failing = max(failing, before)
            }
            failing += 1
        }
    }

    @Test func `after a failed sync nothing is acknowledged until the store is opened anew`() throws {
        try withTemporaryDirectory { directory in
            let failNow = Mutex(false)
            let counter = CallCounter { _, kind in
                kind == .sync && failNow.withLock { $0 } ? .fails(EIO) : .passes
            }
            do {
                let store = try BlobStore(directory: directory, options: .small, calls: counter.calls)
                let first = try store.put([1, 2, 3])
                try store.sync()
                _ = try store.put([4, 5, 6])
                failNow.withLock { $0 = true }
                #expect(code { try store.sync() } == .io)
                // The kernel would now say that all is well.
                failNow.withLock { $0 = false }
                #expect(code { try store.sync() } == .io)
                #expect(code { _ = try store.put([7]) } == .io)
                #expect(code { _ = try store.put(sample(1, count: 5000)) } == .io)
                let found = code {
                    _ = try store.collectGarbage(live: { try LiveBlobs([first]) }, commit: { _ in })
                }
                #expect(found == .io)
                #expect(try store.read(first) == [1, 2, 3])
            }
            let store = try BlobStore(directory: directory, options: .small)
            let blob = try store.put([7])
            try store.sync()
            #expect(try store.read(blob) == [7])
        }
    }

    @Test func `a read that fails is an error of reading, not damage`() throws {
        try withTemporaryDirectory { directory in
            var calls = FileCalls()
            let blob: StoredBlob
            do { blob = try BlobStore(directory: directory).put([1, 2, 3]) }
            calls.read = { _, _, _ in Int(-EIO) }
            let store = try BlobStore(directory: directory, access: .readOnly, calls: calls)
            #expect(code { _ = try store.read(blob) } == .io)
            #expect(try store.verify([blob]).map(\.error.code) == [.io])
            #expect(code { _ = try Scan(store) } == .io)
        }
    }

    /// A real limit, from the operating system: in a process of its own, as it holds for all of its files.
    @Test func `a file size limit is disk space that has run out`() async {
        await #expect(processExitsWith: .success) {
            try withTemporaryDirectory { directory in
                signal(SIGXFSZ, SIG_IGN)
                var limit = rlimit(rlim_cur: 10_000, rlim_max: 10_000)
                #expect(setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit) == 0)
                var options = BlobOptions()
                options.largeThreshold = .kibibytes(8)
                let store = try BlobStore(directory: directory, options: options)
                try fillUp(store, sizes: [1500, 9000, 12_000])
            }
        }
    }

    @Test(.enabled(if: canMount, "this process may not mount a file system to fill it up"))
    func `a full disk refuses puts, keeps what was put, and takes more once there is room`() throws {
        try withTemporaryDirectory { directory in
            #expect(mount("tmpfs", directory.string, "tmpfs", 0, "size=1m") == 0)
            defer { umount2(directory.string, CInt(MNT_DETACH)) }
            let ballast = directory.appending("ballast")
            try write(sample(0, count: 300_000), to: ballast)
            let store = try BlobStore(directory: directory.appending("blobs"), options: .small)
            try fillUp(store, sizes: [700, 2000, 50_000])
            try FileManager.default.removeItem(atPath: ballast.string)
            let blob = try store.put(sample(99, count: 1500))
            try store.sync()
            #expect(try store.read(blob) == sample(99, count: 1500))
        }
    }

    @Test(.enabled(if: canMount, "this process may not mount a file system to fill it up"))
    func `a pack that a full disk has no room to rewrite is told, and rewritten later`() throws {
        try withTemporaryDirectory { directory in
            #expect(mount("tmpfs", directory.string, "tmpfs", 0, "size=4m") == 0)
            defer { umount2(directory.string, CInt(MNT_DETACH)) }
            let ballast = directory.appending("ballast")
            try write(sample(0, count: 3_000_000), to: ballast)
            let store = try BlobStore(directory: directory.appending("blobs"))
            var table = Table()
            for seed in 0..<10 {
                let bytes = sample(seed, count: 30_000)
                table.add(try store.put(bytes), bytes)
            }
            try store.sync()
            // The last one lives: nothing lies behind it that could be cut off.
            table.remove { $0 < 5 }
            let full = try store.collectGarbage(live: { try table.live }, commit: { table.commit($0) })
            #expect(full.postponedPacks.count == 1 && full.movedCount == 0 && full.droppedPacks.isEmpty)
            #expect(full.postponedBytes >= 150_000 && full.freedBytes == 0)
            try table.check(store)
            try FileManager.default.removeItem(atPath: ballast.string)
            let done = try store.collectGarbage(live: { try table.live }, commit: { table.commit($0) })
            #expect(done.postponedPacks.isEmpty && done.movedCount == 5 && done.droppedPacks.count == 1)
            try table.check(store)
        }
    }

    @Test func `a directory without write permission is read and not written`() async {
        await #expect(processExitsWith: .success) {
            try withTemporaryDirectory { directory in
                let path = directory.appending("blobs")
                let blobs: [StoredBlob]
                do {
                    let store = try BlobStore(directory: path, options: .small)
                    blobs = try [10, 3000].map { try store.put(sample($0, count: $0)) }
                    try store.sync()
                }
                try run("/bin/chmod", ["-R", "a-w,a+rX", directory.string])
                // Root may write everywhere; the rest of this process is an ordinary user.
                let user = geteuid()
                if user == 0 { #expect(seteuid(65534) == 0) }
                defer {
                    if user == 0 { seteuid(0) }
                    chmod(directory.string, 0o755)
                    _ = try? run("/bin/chmod", ["-R", "u+w", directory.string])
                }
                #expect(code { _ = try BlobStore(directory: path, options: .small) } == .readOnly)
                let store = try BlobStore(directory: path, access: .readOnly)
                #expect(try blobs.map { try store.read($0).count } == [10, 3000])
                #expect(try store.verify(blobs).isEmpty)
                #expect(code { _ = try store.put([1]) } == .readOnly)
            }
        }
    }
}

/// Whether this process may mount a file system, found out by doing it.
private let canMount: Bool = {
    let mounted = try? withTemporaryDirectory { directory in
        guard mount("tmpfs", directory.string, "tmpfs", 0, "size=64k") == 0 else { return false }
        umount2(directory.string, CInt(MNT_DETACH))
        return true
    }
    return mounted ?? false
}()

/// Puts blobs of `sizes` in turn until none fits any more, and checks that what was accepted is there.
private func fillUp(_ store: BlobStore, sizes: [Int]) throws {
    var kept: [StoredBlob: Int] = [:]
    var refusals = 0
    for seed in 0..<5000 where refusals < 3 * sizes.count {
        let count = sizes[seed % sizes.count]
        do throws(BlobError) {
            kept[try store.put(sample(seed, count: count))] = seed
        } catch {
            #expect(error.code == .noSpace, "\(error)")
            refusals += 1
        }
    }
    #expect(refusals == 3 * sizes.count)
    #expect(kept.count >= 3)
    try store.sync()
    for (blob, seed) in kept {
        #expect(try store.read(blob) == sample(seed, count: blob.location.length))
    }
    let scan = try Scan(store)
    #expect(Set(scan.intact) == Set(kept.keys))
    #expect(scan.damaged.isEmpty)
}
