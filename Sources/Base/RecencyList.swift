/// Elements by key under a budget: whatever was used longest ago goes first when the sum of costs exceeds it.
///
/// A value type without locks; look-up, insertion and eviction take constant time. An element that alone
/// costs more than the budget is not kept.
public struct RecencyList<Key: Hashable & Sendable, Element: Sendable>: Sendable {
    private struct Node: Sendable {
        var key: Key
        var element: Element
        var cost: Int
        var newer: Int
        var older: Int
    }

    /// What the costs of all elements may sum up to.
    public let budget: Int
    /// The sum of the costs of what is kept.
    public private(set) var cost = 0
    private var places: [Key: Int] = [:]
    private var nodes: [Node?] = []
    private var free: [Int] = []
    private var newest = -1
    private var oldest = -1

    public init(budget: Int) { self.budget = budget }

    public var count: Int { places.count }

    /// The element of `key`, which becomes the most recently used.
    public mutating func use(_ key: Key) -> Element? {
        guard let place = places[key] else { return nil }
        if place != newest {
            unlink(place)
            link(place)
        }
        return nodes[place]!.element
    }

    /// Keeps `element` as the most recently used, in place of any other of `key`; returns what had to go for
    /// it, `element` itself where it alone exceeds the budget.
    public mutating func insert(_ element: Element, for key: Key, cost: Int) -> [(key: Key, element: Element)]
    {
        _ = remove(key)
        guard cost <= budget else { return [(key, element)] }
        let node = Node(key: key, element: element, cost: cost, newer: -1, older: -1)
        let place: Int
        if let reused = free.popLast() {
            place = reused
            nodes[place] = node
        } else {
            place = nodes.count
            nodes.append(node)
        }
        places[key] = place
        self.cost += cost
        link(place)
        var evicted: [(key: Key, element: Element)] = []
        while self.cost > budget, oldest >= 0, let node = nodes[oldest] {
            evicted.append((node.key, node.element))
            _ = remove(node.key)
        }
        return evicted
    }

    /// Takes the element of `key` out.
    public mutating func remove(_ key: Key) -> Element? {
        guard let place = places.removeValue(forKey: key), let node = nodes[place] else { return nil }
        unlink(place)
        cost -= node.cost
        nodes[place] = nil
        free.append(place)
        return node.element
    }

    // MARK: - Private

    private mutating func link(_ place: Int) {
        nodes[place]!.newer = -1
        nodes[place]!.older = newest
        if newest >= 0 { nodes[newest]!.newer = place }
        newest = place
        if oldest < 0 { oldest = place }
    }

    private mutating func unlink(_ place: Int) {
        let (newer, older) = (nodes[place]!.newer, nodes[place]!.older)
        if newer >= 0 { nodes[newer]!.older = older } else { newest = older }
        if older >= 0 { nodes[older]!.newer = newer } else { oldest = newer }
    }
}
