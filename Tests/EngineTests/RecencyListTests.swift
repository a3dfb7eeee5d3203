import Base
import TestSupport
import Testing

@Suite struct RecencyListTests {
    @Test func `the element used longest ago goes first`() {
        var list = RecencyList<String, Int>(budget: 3)
        #expect(list.insert(1, for: "a", cost: 1).isEmpty)
        #expect(list.insert(2, for: "b", cost: 1).isEmpty)
        #expect(list.insert(3, for: "c", cost: 1).isEmpty)
        #expect(list.use("a") == 1)
        #expect(list.insert(4, for: "d", cost: 2).map(\.key) == ["b", "c"])
        #expect(list.count == 2 && list.cost == 3)
        #expect(list.use("b") == nil && list.use("a") == 1 && list.use("d") == 4)
    }

    @Test func `an element that alone exceeds the budget is not kept`() {
        var list = RecencyList<String, Int>(budget: 3)
        _ = list.insert(1, for: "a", cost: 1)
        #expect(list.insert(2, for: "b", cost: 4).map(\.key) == ["b"])
        #expect(list.use("a") == 1)
    }

    @Test(arguments: [1, 2, 3] as [UInt64])
    func `it does what a list that is searched does`(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var list = RecencyList<Int, Int>(budget: 20)
        var model: [(key: Int, element: Int, cost: Int)] = []  // The newest last.
        for step in 0..<2_000 {
            let key = Int.random(in: 0..<12, using: &random)
            switch Int.random(in: 0..<3, using: &random) {
            case 0:
                let cost = Int.random(in: 0...7, using: &random)
                _ = list.insert(step, for: key, cost: cost)
                model.removeAll { $0.key == key }
                model.append((key, step, cost))
                while model.reduce(0, { $0 + $1.cost }) > 20 { model.removeFirst() }
            case 1:
                let expected = model.firstIndex { $0.key == key }
                #expect(list.use(key) == expected.map { model[$0].element }, "seed \(seed), step \(step)")
                if let expected { model.append(model.remove(at: expected)) }
            default:
                #expect(
                    list.remove(key) == model.first { $0.key == key }?.element, "seed \(seed), step \(step)")
                model.removeAll { $0.key == key }
            }
            #expect(list.count == model.count && list.cost == model.reduce(0) { $0 + $1.cost })
        }
    }
}
