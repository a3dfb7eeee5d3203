import Base
import Blobs
import Dispatch
import Glibc
import Synchronization
import SystemPackage
import TestSupport
import Testing

@Suite(.onOwnThreads) struct ConcurrencyTests {
    @Test func `many threads put, sync and read at once`() throws {
        try withTemporaryDirectory { directory in
            let store = try BlobStore(directory: directory, options: .small)
            let blobs = Mutex<[Int: StoredBlob]>([:])
            DispatchQueue.concurrentPerform(iterations: 8) { thread in
                for step in 0..<100 {
                    let seed = thread << 16 | step
                    let bytes = sample(seed, count: seed * 7919 % 2600)
                    do {
                        let blob = try store.put(bytes)
                        if step % 10 == 9 { try store.sync() }
                        #expect(try store.read(blob) == bytes)
                        blobs.withLock { $0[seed] = blob }
                    } catch {
                        Issue.record(error)
                    }
                }
            }
            let all = blobs.withLock { $0 }
            #expect(all.count == 800)
            #expect(try store.verify(all.values).isEmpty)
            let scan = try Scan(store)
            #expect(Set(scan.intact) == Set(all.values))
            #expect(scan.damaged.isEmpty && scan.unreadable.isEmpty)
        }
    }

    @Test func `the same large blob put by many threads at once is whole`() throws {
        try withTemporaryDirectory { directory in
            let store = try BlobStore(directory: directory, options: .fewLarge)
            let bytes = sample(1, count: 1_500_000)
            DispatchQueue.concurrentPerform(iterations: 8) { _ in
                do {
                    let blob = try store.put(bytes)
                    #expect(try store.read(blob) == bytes)
                } catch {
                    Issue.record(error)
                }
            }
            #expect(files(below: directory).count == 3)
        }
    }

    @Test func `all who come during one flush share the next`() throws {
        let group = SyncGroup()
        let flushes = Mutex(0)
        let firstRuns = DispatchSemaphore(value: 0)
        let firstMayEnd = DispatchSemaphore(value: 0)
        let done = DispatchGroup()
        let waiters = 10
        startThread(done) {
            try group.run { () throws(BlobError) in
                flushes.withLock { $0 += 1 }
                firstRuns.signal()
                firstMayEnd.wait()
            }
        }
        firstRuns.wait()
        for _ in 0..<waiters {
            startThread(done) {
                try group.run { () throws(BlobError) in flushes.withLock { $0 += 1 } }
            }
        }
        while group.waitingCount < waiters { sched_yield() }
        firstMayEnd.signal()
        done.wait()
        #expect(flushes.withLock { $0 } == 2)
    }

    @Test func `a failed flush fails all who shared it, and not the next`() throws {
        let group = SyncGroup()
        let firstRuns = DispatchSemaphore(value: 0)
        let firstMayEnd = DispatchSemaphore(value: 0)
        let done = DispatchGroup()
        let failures = Mutex(0)
        startThread(done) {
            try group.run { () throws(BlobError) in
                firstRuns.signal()
                firstMayEnd.wait()
            }
        }
        firstRuns.wait()
        for _ in 0..<5 {
            startThread(done) {
                do {
                    try group.run { () throws(BlobError) in throw BlobError(.io, "no") }
                } catch {
                    failures.withLock { $0 += 1 }
                }
            }
        }
        while group.waitingCount < 5 { sched_yield() }
        firstMayEnd.signal()
        done.wait()
        #expect(failures.withLock { $0 } == 5)
        try group.run { () throws(BlobError) in }
    }

    /// Runs `body` on a thread of its own.
    private func startThread(_ group: DispatchGroup, _ body: @escaping @Sendable () throws -> Void) {
        DispatchQueue(label: "test").async(group: group) {
            do { try body() } catch { Issue.record(error) }
        }
    }
}
