import Base
import Synchronization
import Testing

@testable import Engine

@Suite struct CollectionGateTests {
    /// What the visits count.
    private final class Counts: Sendable {
        let inside = Atomic(0)
        let aloneVisits = Atomic(0)
    }

    /// A visit to the gate that has come in, and stays until it is let out.
    private struct Visit {
        let task: Task<Void, any Error>
        let exit: AsyncStream<Void>.Continuation

        func end() async throws {
            exit.finish()
            try await task.value
        }
    }

    private func visit(_ gate: CollectionGate, alone: Bool) async -> Visit {
        let (entered, hasEntered) = AsyncStream.makeStream(of: Void.self)
        let (exit, leave) = AsyncStream.makeStream(of: Void.self)
        let task = Task {
            let stay: @Sendable () async -> Void = {
                hasEntered.finish()
                for await _ in exit {}
            }
            if alone { try await gate.alone(stay) } else { try await gate.together(stay) }
        }
        for await _ in entered {}
        return Visit(task: task, exit: leave)
    }

    @Test func `several come in together, and one that must be alone waits for all of them`() async throws {
        let gate = CollectionGate()
        let first = await visit(gate, alone: false)
        let second = await visit(gate, alone: false)
        let counts = Counts()
        let collection = Task {
            try await gate.alone { _ = counts.aloneVisits.add(1, ordering: .relaxed) }
        }
        try await first.end()
        let early = counts.aloneVisits.load(ordering: .relaxed)
        #expect(early == 0)
        try await second.end()
        try await collection.value
        let late = counts.aloneVisits.load(ordering: .relaxed)
        #expect(late == 1)
    }

    @Test func `whoever gives up waiting is gone, and does not keep others waiting`() async throws {
        let gate = CollectionGate()
        let backup = await visit(gate, alone: false)
        let collection = Task { try await gate.alone {} }
        collection.cancel()
        await #expect(throws: CancelledError.self) { try await collection.value }
        // Behind a collection that waits, this one would have to wait too.
        let other = await visit(gate, alone: false)
        try await other.end()
        try await backup.end()
        try await gate.alone {}
    }

    @Test func `never is anybody in with one who is alone, however many come and go`() async throws {
        let gate = CollectionGate()
        let counts = Counts()
        try await withThrowingTaskGroup { group in
            for number in 0..<400 {
                group.addTask {
                    if number.isMultiple(of: 3) {
                        try await gate.alone {
                            let before = counts.inside.exchange(1_000, ordering: .sequentiallyConsistent)
                            await Task.yield()
                            let after = counts.inside.exchange(0, ordering: .sequentiallyConsistent)
                            #expect(before == 0 && after == 1_000)
                            counts.aloneVisits.add(1, ordering: .relaxed)
                        }
                    } else {
                        try await gate.together {
                            let count = counts.inside.add(1, ordering: .sequentiallyConsistent).newValue
                            #expect(count < 1_000)
                            await Task.yield()
                            counts.inside.subtract(1, ordering: .sequentiallyConsistent)
                        }
                    }
                }
            }
            try await group.waitForAll()
        }
        let count = counts.aloneVisits.load(ordering: .relaxed)
        #expect(count == 134)
    }
}
