import Base
import Catalog
import Engine
#if canImport(Glibc)
    import Glibc
#endif
import Inference
import Query
import Synchronization
import SystemPackage
import TestSupport
import Testing

@testable import Pipeline

@Suite(.onOwnThreads) struct JobQueueTests {
    private final class Lines: Sendable {
        private let lines = Mutex<[Document]>([])

        func take(_ bytes: [UInt8]) throws {
            for line in bytes.split(separator: 0x0A) {
                let object = try JSON.parse(Array(line)).objectValue ?? [:]
                lines.withLock { $0.append(object) }
            }
        }

        var all: [Document] { lines.withLock { $0 } }
        var verdicts: [Document] { all.filter { $0["verdict"] != nil } }
        var last: Document { all.last?["job"]?.objectValue ?? [:] }
    }

    private struct GivenUp: Error {}

    private func withQueue(
        pictures: Int, worksOnAll: Bool = false, disk: String? = nil,
        _ body: (Store, JobQueue) async throws -> Void
    ) async throws {
        let folder = try TemporaryFolder()
        defer { withExtendedLifetime(folder) {} }
        if let disk { #expect(mount("tmpfs", folder.path.string, "tmpfs", 0, "size=\(disk)") == 0) }
        defer { if disk != nil { umount2(folder.path.string, CInt(MNT_DETACH)) } }
        let directory = folder.path.appending("store")
        try Store.create(at: directory)
        let store = try await Store.open(at: directory)
        let images = try (0..<pictures).map {
            try store.prepare(
                Picture.ppm(width: 8, height: 8, seed: $0), path: "\($0).ppm", properties: [:], labels: [],
                reference: nil)
        }
        var run = ImportRun(parameters: [:])
        _ = try store.commit(images, run: &run)
        let queue = JobQueue(store: store, models: ModelRegistry(), worksOnAll: worksOnAll)
        do {
            try await body(store, queue)
        } catch {
            await queue.stop()
            try await store.close()
            throw error
        }
        await queue.stop()
        try await store.close()
    }

    private func request(_ text: String) throws -> LabelJobRequest {
        try LabelJobRequest(document: try JSON.parse(text).objectValue ?? [:])
    }

    @Test func `a job that is followed tells each picture, and how it ended; a second one does nothing`()
        async throws
    {
        try await withQueue(pictures: 7) { store, queue in
            let asked = try request(#"{"taggers": ["brightness", "resolution"]}"#)
            let lines = Lines()
            try await queue.run(asked, priority: 0, by: "human:ann") { try lines.take($0) }
            #expect(lines.verdicts.count == 7 && lines.verdicts.allSatisfy { $0["labels"] == 2 })
            #expect(lines.all.first?["job"]?.objectValue?["state"] == "waiting")
            #expect(lines.last["state"] == "done" && lines.last["run"] == 1)
            #expect(lines.last["counts"]?.objectValue?["labelled"] == 7)
            let again = Lines()
            try await queue.run(asked, priority: 0, by: "human:ann") { try again.take($0) }
            #expect(again.verdicts.isEmpty && again.last["state"] == "done" && again.last["run"] == nil)
            #expect(try await store.labelRuns().count == 1)
        }
    }

    @Test func `who goes away cancels the job, and resuming it does the rest`() async throws {
        try await withQueue(pictures: 1_200) { store, queue in
            let asked = try request(#"{"taggers": ["brightness"]}"#)
            let first = Lines()
            await #expect(throws: GivenUp.self) {
                try await queue.run(asked, priority: 0, by: "human:ann") { bytes in
                    try first.take(bytes)
                    if !first.verdicts.isEmpty { throw GivenUp() }
                }
            }
            let rest = Lines()
            // It may still be ending: resuming waits for its turn.
            try await queue.resume(1) { try rest.take($0) }
            let job = rest.last
            if job["state"] == "cancelled" { try await queue.resume(1) { try rest.take($0) } }
            #expect(rest.last["state"] == "done")
            let looked = rest.last["counts"]?.objectValue
            #expect(looked?["labelled"] == 1_200 && looked?["labels"] == 1_200)
            #expect(try await store.count(class: "Image", filter: .all) == 1_200)
            #expect(try await store.labelRuns().count == 1)
        }
    }

    @Test func `a job that somebody cancels ends after the group under way, and stays cancelled`()
        async throws
    {
        try await withQueue(pictures: 1_500) { store, queue in
            let asked = try request(#"{"taggers": ["colours"]}"#)
            let lines = Lines()
            let isCancelled = Mutex(false)
            try await queue.run(asked, priority: 0, by: "human:ann") { bytes in
                try lines.take(bytes)
                guard !lines.verdicts.isEmpty, !isCancelled.withLock({ $0 }) else { return }
                isCancelled.withLock { $0 = true }
                _ = try await queue.cancel(1)
            }
            #expect(lines.last["state"] == "cancelled" && lines.last["ended"] != nil)
            let labelled = try await store.labelRuns()
            #expect(labelled.count == 1 && labelled[0]["finished"] == nil)
            #expect(lines.verdicts.count < 1_500)
            let counted = lines.last["counts"]?.objectValue?["labelled"]
            #expect(counted == .integer(Int64(lines.verdicts.count)))
            // To cancel it again changes nothing, as does cancelling what is done.
            #expect(try await queue.cancel(1).state == .cancelled)
        }
    }

    @Test func `a job whose run is reverted ends and leaves none of its labels; resumed, it says all anew`()
        async throws
    {
        try await withQueue(pictures: 1_500) { store, queue in
            let asked = try request(#"{"taggers": ["colours"]}"#)
            let lines = Lines()
            let isReverted = Mutex(false)
            try await queue.run(asked, priority: 0, by: "human:ann") { bytes in
                try lines.take(bytes)
                guard !lines.verdicts.isEmpty, !isReverted.withLock({ $0 }) else { return }
                isReverted.withLock { $0 = true }
                _ = try await store.revert(run: 1, by: "human:ann")
            }
            #expect(lines.last["state"] == "failed")
            #expect(
                lines.last["error"]?.stringValue?.hasPrefix("run 1 was reverted while it went on") == true)
            let labels = try await store.labels(LabelRequest(entityClass: "Image", filter: .all))
            for try await page in labels { #expect(page.isEmpty) }
            let rest = Lines()
            try await queue.resume(1) { try rest.take($0) }
            #expect(rest.last["state"] == "done" && rest.last["run"] == 2)
            #expect(rest.verdicts.count == 1_500)
            #expect(rest.last["counts"]?.objectValue?["labelled"] == 1_500)
        }
    }

    /// Whether this process may mount file systems: root may, outside a container that takes that away.
    private static let canMount: Bool = {
        guard let folder = try? TemporaryFolder(),
            mount("tmpfs", folder.path.string, "tmpfs", 0, "size=64k") == 0
        else { return false }
        return umount2(folder.path.string, CInt(MNT_DETACH)) == 0
    }()

    @Test(.enabled(if: JobQueueTests.canMount, "this process may not mount a file system to fill it up"))
    func `a disk that is full is what ended a job, even where that cannot be noted`() async throws {
        try await withQueue(pictures: 600, disk: "32m") { store, queue in
            let asked = try request(#"{"taggers": ["colours"], "again": true}"#)
            let ballast = store.directory.removingLastComponent().appending("ballast")
            var told: [String] = []
            for pages in 0..<8 {
                let file = try FileDescriptor.open(
                    ballast, .writeOnly, options: [.create, .truncate], permissions: .ownerReadWrite)
                try file.closeAfter {
                    var size: Int64 = 0
                    let page = [UInt8](repeating: 1, count: 4_096)
                    // That there is no room is how it ends.
                    while let count = try? page.withUnsafeBytes({ try file.write($0) }), count > 0 {
                        size += Int64(count)
                    }
                    #expect(ftruncate(file.rawValue, Int(max(0, size - Int64(pages) * 4_096))) == 0)
                }
                let lines = Lines()
                do {
                    try await queue.run(asked, priority: 0, by: "human:ann") { try lines.take($0) }
                    if lines.last["state"] != "done" { told.append(lines.last["error"]?.stringValue ?? "") }
                } catch {
                    told.append("\(error)")
                }
            }
            #expect(!told.isEmpty && told.allSatisfy { $0.contains("full") }, "\(told)")
            unlink(ballast.string)
            let lines = Lines()
            try await queue.run(asked, priority: 0, by: "human:ann") { try lines.take($0) }
            #expect(lines.last["state"] == "done")
        }
    }

    @Test func `a job that its process lets go of waits, and the next process does the rest`() async throws {
        try await withQueue(pictures: 1_500) { store, queue in
            let asked = try request(#"{"taggers": ["colours"]}"#)
            let lines = Lines()
            async let followed: Void = queue.run(asked, priority: 0, by: "human:ann") { try lines.take($0) }
            while lines.verdicts.isEmpty { await Task.yield() }
            await queue.stop()
            try await followed
            #expect(lines.last["state"] == "waiting" && lines.last["ended"] == nil)
            #expect(lines.verdicts.count < 1_500)
            let next = JobQueue(store: store, models: ModelRegistry(), worksOnAll: true)
            next.start()
            while try !store.jobs(onlyOpen: true, limit: 9).isEmpty { await Task.yield() }
            await next.stop()
            let job = try store.job(1)
            #expect(job.state == .done && job.run == 1 && job.counts["labelled"] == 1_500)
            let runs = try await store.labelRuns()
            #expect(runs.count == 1 && runs[0]["finished"] != nil)
        }
    }

    @Test func `jobs that nobody follows are done by who serves, the most urgent first`() async throws {
        try await withQueue(pictures: 3, worksOnAll: true) { store, queue in
            // Added to the store behind the queue's back, as a process that was killed leaves them.
            let slow = try store.addJob("label", ["taggers": ["blur"]], priority: 1, by: "human:ann")
            let quick = try store.addJob("label", ["taggers": ["contrast"]], priority: 5, by: "human:ann")
            let broken = try store.addJob("paint", [:], priority: 9, by: "human:ann")
            try store.updateJob(slow.id) { job in
                job.state = .running
                return true
            }
            #expect(queue.document(try store.job(slow.id))["state"] == "interrupted")
            queue.start()
            while try !store.jobs(onlyOpen: true, limit: 9).isEmpty { await Task.yield() }
            let jobs = try [slow, quick, broken].map { try store.job($0.id) }
            #expect(jobs.map(\.state) == [.done, .done, .failed])
            #expect(jobs[2].error == "this version knows no jobs of the kind 'paint' (at kind)")
            #expect(jobs[1].ended!.microseconds <= jobs[0].started!.microseconds)
        }
    }

    @Test func `a job that cannot be done is refused with what is wrong`() async throws {
        try await withQueue(pictures: 1) { _, queue in
            for (text, code, path) in [
                (#"{"taggers": ["smell"]}"#, EngineError.Code.notFound, "taggers"),
                (#"{"model": "nothing"}"#, .notFound, "model"),
                (#"{"model": "minilm-l6-v2"}"#, .invalidRequest, "model"),
                (#"{"model": "yolox-nano", "class": "Nothing"}"#, .notFound, "class"),
            ] {
                let asked = try request(text)
                let error = await #expect(throws: EngineError.self) {
                    try await queue.add(asked, priority: 0, by: "human:ann")
                }
                #expect(error?.code == code && error?.path == path, "\(text): \(String(describing: error))")
            }
            for text in [
                "{}", #"{"model": 1}"#, #"{"model": "a", "taggers": ["blur"]}"#, #"{"taggers": []}"#,
                #"{"model": "a", "again": true, "retry_failed": true}"#, #"{"model": "a", "limit": -1}"#,
                #"{"model": "a", "filter": {"$no": 1}}"#, #"{"model": "a", "colour": 1}"#,
            ] {
                #expect(throws: EngineError.self, "\(text)") { _ = try request(text) }
            }
        }
    }
}
