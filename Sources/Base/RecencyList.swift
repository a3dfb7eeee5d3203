/// Elements by key under a budget: whatever was used longest ago goes first when the sum of costs exceeds it.
///
/// A value type without locks; look-up, insertion and eviction take constant time. An element that alone
/// costs more than the budget is not kept.
///
/// Inlinable, as every cached answer looks two things up here: a generic type of another module copies and
/// hashes its elements by way of their metadata.
public struct RecencyList<Key: Hashable & Sendable, Element: Sendable>: Sendable {
    @usableFromInline
    struct Node: Sendable {
        @usableFromInline var key: Key
        @usableFromInline var element: Element
        @usableFromInline var cost: Int
        @usableFromInline var newer: Int
        @usableFromInline var older: Int

        @inlinable
        init(key: Key, element: Element, cost: Int) {
            (self.key, self.element, self.cost, newer, older) = (key, element, cost, -1, -1)
        }
    }

    /// What the costs of all elements may sum up to.
    public let budget: Int
    @usableFromInline var places: [Key: Int] = [:]
    @usableFromInline var nodes: [Node?] = []
    @usableFromInline var free: [Int] = []
    @usableFromInline var spent = 0
    @usableFromInline var newest = -1
    @usableFromInline var oldest = -1

    @inlinable
    public init(budget: Int) { self.budget = budget }

    @inlinable
    public var count: Int { places.count }

    /// The sum of the costs of what is kept.
    @inlinable
    public var cost: Int { spent }

    /// The element of `key`, which becomes the most recently used.
    @inlinable
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
    @inlinable
    public mutating func insert(_ element: Element, for key: Key, cost: Int) -> [(key: Key, element: Element)]
    {
        _ = remove(key)
        guard cost <= budget else { return [(key, element)] }
        let node = Node(key: key, element: element, cost: cost)
        let place: Int
        if let reused = free.popLast() {
            place = reused
            nodes[place] = node
        } else {
            place = nodes.count
            nodes.append(node)
        }
        places[key] = place
        spent += cost
        link(place)
        var evicted: [(key: Key, element: Element)] = []
        while spent > budget, oldest >= 0, let node = nodes[oldest] {
            evicted.append((node.key, node.element))
            _ = remove(node.key)
        }
        return evicted
    }

    /// Takes the element of `key` out.
    @inlinable
    public mutating func remove(_ key: Key) -> Element? {
        guard let place = places.removeValue(forKey: key), let node = nodes[place] else { return nil }
        unlink(place)
        spent -= node.cost
        nodes[place] = nil
        free.append(place)
        return node.element
    }

    // MARK: - Private

    @inlinable
    mutating func link(_ place: Int) {
        nodes[place]!.newer = -1
        nodes[place]!.older = newest
        if newest >= 0 { nodes[newest]!.newer = place }
        newest = place
        if oldest < 0 { oldest = place }
    }

    @inlinable
    mutating func unlink(_ place: Int) {
        let (newer, older) = (nodes[place]!.newer, nodes[place]!.older)
        if newer >= 0 { nodes[newer]!.older = older } else { newest = older }
        if older >= 0 { nodes[older]!.newer = newer } else { oldest = newer }
    }
}
