import Base
import Dispatch
import Synchronization
import TestSupport
import Testing

@Suite(.onOwnThreads) struct ForkJoinTests {
    @Test(arguments: [0, 1, 2, 7, 5_000])
    func `each part is done once, and what it gives stands in its place`(count: Int) {
        let calls = Mutex(0)
        let results = ForkJoin.map(count) { index in
            calls.withLock { $0 += 1 }
            return "\(index)"
        }
        #expect(results == (0..<count).map { "\($0)" })
        #expect(calls.withLock { $0 } == count)
    }

    @Test func `parts of parts are done, whoever is busy`() {
        let sums = ForkJoin.map(20) { outer in
            ForkJoin.map(20) { inner in outer * 100 + inner }.reduce(0, +)
        }
        #expect(sums == (0..<20).map { $0 * 2_000 + 190 })
    }

    @Test func `many threads share the crew at once`() async {
        let pool = BlockingPool(label: "askers", threadCount: 8)
        await withTaskGroup(of: Bool.self) { group in
            for asker in 0..<200 {
                group.addTask {
                    let results = try? await pool.run { _ in ForkJoin.map(9) { asker * $0 } }
                    return results == (0..<9).map { asker * $0 }
                }
            }
            for await isRight in group { #expect(isRight) }
        }
    }

    @Test(.enabled(if: ProcessorCount.available > 1))
    func `another core takes part where one is to be had`() async throws {
        let pool = BlockingPool(label: "asker", threadCount: 1)
        // Neither part ends before the other has begun, so one thread alone could not do both.
        let met = try await pool.run { _ in
            let begun = [DispatchSemaphore(value: 0), DispatchSemaphore(value: 0)]
            return ForkJoin.map(2) { part in
                begun[part].signal()
                return begun[1 - part].wait(timeout: .now() + 30) == .success
            }
        }
        #expect(met == [true, true])
    }
}
