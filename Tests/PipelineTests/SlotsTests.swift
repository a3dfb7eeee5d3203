import Synchronization
import Testing

@testable import Pipeline

@Suite struct SlotsTests {
    private final class Count: Sendable {
        let state = Mutex((now: 0, most: 0, done: 0))

        func enter() {
            state.withLock { state in
                state.now += 1
                state.most = max(state.most, state.now)
            }
        }

        func leave() {
            state.withLock { state in
                state.now -= 1
                state.done += 1
            }
        }
    }

    @Test(.timeLimit(.minutes(5))) func `no more go on at a time than there are places`() async {
        let slots = Slots(3)
        let count = Count()
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<30 {
                group.addTask {
                    guard await slots.take() else { return }
                    count.enter()
                    await Task.yield()
                    count.leave()
                    slots.give()
                }
            }
        }
        #expect(count.state.withLock { $0.done } == 30)
        #expect((1...3).contains(count.state.withLock { $0.most }))
    }

    @Test(.timeLimit(.minutes(5))) func `whoever gives up waiting takes no place`() async {
        let slots = Slots(1)
        #expect(await slots.take())
        let waiting = Task { await slots.take() }
        waiting.cancel()
        #expect(await waiting.value == false)
        slots.give()
        #expect(await slots.take(), "the place went to somebody who had left")
    }
}
