import Base

/// What a command found: entities, or connections, of any number of classes.
struct FoundSet: Sendable {
    /// Members of one class. Whether they are entities or connections follows from the class.
    struct Part: Sendable {
        var classID: UInt32
        var ids: IdSet
    }

    /// By rising class number, none of them empty.
    var parts: [Part]
    /// The members one by one, where they have an order of their own: the nearest first.
    var order: [EntityID]?

    init(_ parts: [Part] = [], order: [EntityID]? = nil) {
        self.parts = parts.filter { !$0.ids.isEmpty }.sorted { $0.classID < $1.classID }
        self.order = order
    }

    /// The given entities, in this order.
    init(ordered ids: [EntityID]) {
        var byClass: [UInt32: [LocalID]] = [:]
        for id in ids { byClass[id.classNumber, default: []].append(id.local) }
        self.init(byClass.map { Part(classID: $0.key, ids: IdSet($0.value)) }, order: ids)
    }

    var count: Int { parts.reduce(0) { $0 + $1.ids.count } }
    var isEmpty: Bool { parts.isEmpty }

    /// The members of a class; empty where there are none.
    subscript(classID: UInt32) -> IdSet { parts.first { $0.classID == classID }?.ids ?? IdSet() }

    /// What is in both; the order is this one's.
    func intersection(_ other: FoundSet) -> FoundSet {
        var common = FoundSet(
            parts.map { Part(classID: $0.classID, ids: $0.ids.intersection(other[$0.classID])) })
        common.order = order?.filter { other[$0.classNumber].contains($0.local) }
        return common
    }

    /// What is in either, without an order.
    func union(_ other: FoundSet) -> FoundSet {
        var merged: [UInt32: IdSet] = [:]
        for part in parts + other.parts {
            merged[part.classID] = merged[part.classID]?.union(part.ids) ?? part.ids
        }
        return FoundSet(merged.map { Part(classID: $0.key, ids: $0.value) })
    }
}
