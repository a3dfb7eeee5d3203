import Annotations

/// What a question about intervals, or a part of it, comes to.
struct FoundStretches {
    /// The label that a stretch is of: a place in a list, and which of the lists.
    struct Origin {
        var list: Int32
        var place: Int32
    }

    /// In order.
    private(set) var stretches: [Stretch]
    /// Of each; `nil` where stretches are made of several labels.
    private(set) var origins: [Origin]?
    /// Of these stretches, where it is there already.
    private let known: StretchIndex?

    init(_ stretches: [Stretch], _ origins: [Origin]?, index: StretchIndex? = nil) {
        self.stretches = stretches
        self.origins = origins
        known = index
    }

    /// Stretches that are made of several labels.
    init(_ set: StretchSet) { self.init(set.stretches, nil) }

    var index: StretchIndex { known ?? StretchIndex(stretches) }

    /// Seconds that are in any of them.
    var duration: Double { Double(StretchSet(stretches).length) / 1e6 }

    /// Those at the places that `isKept` says yes to.
    func keeping(_ isKept: (Int) -> Bool) -> FoundStretches {
        let places = stretches.indices.filter(isKept)
        if places.count == stretches.count { return self }
        return FoundStretches(
            places.map { stretches[$0] }, origins.map { origins in places.map { origins[$0] } })
    }

    /// Those that are among `some`, or those that are not: as many in a row of equal ones as there are.
    /// - Parameter some: Some of the stretches in their order; equal ones all or none.
    func keeping(_ some: [Stretch], isNegated: Bool) -> FoundStretches {
        if some.count == stretches.count {
            return isNegated ? FoundStretches([], origins.map { _ in [] }) : self
        }
        var next = 0
        return keeping { place in
            let isAmong = next < some.count && some[next] == stretches[place]
            if isAmong { next += 1 }
            return isAmong != isNegated
        }
    }

    /// All of several, in order.
    static func merged(_ parts: [FoundStretches]) -> FoundStretches {
        if parts.count == 1 { return parts[0] }
        var all: [(stretch: Stretch, origin: Origin)] = []
        for part in parts { all += zip(part.stretches, part.origins ?? []).map { ($0, $1) } }
        all.sort { $0.stretch < $1.stretch }
        return FoundStretches(all.map(\.stretch), all.map(\.origin))
    }
}
