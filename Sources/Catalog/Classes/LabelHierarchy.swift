import Base

/// The label classes of one commit: a directed graph without cycles, in which a class may have several
/// parents.
public struct LabelHierarchy: Sendable {
    /// All classes, in order of the bytes of their names.
    public let classes: [LabelClass]
    /// For each class the places of its parents, and of its children.
    private let parents, children: [[Int]]
    private let places: [ExactName: Int]
    /// By what labels may say (name, title, synonym) the classes that it means.
    private let spoken: [ExactName: [Int]]

    /// Parents that are none of the classes are left out.
    public init(_ classes: [LabelClass] = []) {
        let classes = classes.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
        var places: [ExactName: Int] = [:]
        var spoken: [ExactName: [Int]] = [:]
        for (place, one) in classes.enumerated() {
            places[ExactName(one.name)] = place
            for word in one.words { spoken[ExactName(word), default: []].append(place) }
        }
        var children: [[Int]] = Array(repeating: [], count: classes.count)
        parents = classes.map { one in one.parents.compactMap { places[ExactName($0)] } }
        for (place, above) in parents.enumerated() { for parent in above { children[parent].append(place) } }
        self.classes = classes
        self.children = children
        self.places = places
        self.spoken = spoken
    }

    public var isEmpty: Bool { classes.isEmpty }

    /// The class of that name; `nil` where there is none. Titles and synonyms are no names.
    public subscript(name: String) -> LabelClass? { places[ExactName(name)].map { classes[$0] } }

    /// The names of the classes that `word` means: of the one that has it as its name or synonym, otherwise
    /// of all that are called so.
    public func classes(meant word: String) -> [String] {
        let meant = (spoken[ExactName(word)] ?? []).map { classes[$0] }
        if let one = meant.first(where: { $0.name.hasSameBytes(as: word) || $0.has(synonym: word) }) {
            return [one.name]
        }
        return meant.map(\.name)
    }

    /// The names of the classes directly below a class, in order.
    public func children(of name: String) -> [String] {
        places[ExactName(name)].map { children[$0].map { classes[$0].name } } ?? []
    }

    /// The names of a class and of all below it, each once, in order; none where there is no such class.
    public func descendants(of name: String) -> [String] {
        guard let place = places[ExactName(name)] else { return [] }
        return reachable(from: [place], by: children).map { classes[$0].name }
    }

    /// The names of the classes that a label belongs to which says `word`: those that it means, and all above
    /// them, each once, in order.
    public func ancestors(ofLabel word: String) -> [String] {
        reachable(from: spoken[ExactName(word)] ?? [], by: parents).map { classes[$0].name }
    }

    /// What a label may say that belongs to a class: names, titles and synonyms of the class and of all below
    /// it.
    public func words(within name: String) -> [String] {
        guard let place = places[ExactName(name)] else { return [] }
        return reachable(from: [place], by: children).flatMap { classes[$0].words }
    }

    /// A way from a class through parents back to itself, the class at both ends; `nil` where there is none.
    public var cycle: [String]? {
        enum State { case unseen, open, done }
        var states = Array(repeating: State.unseen, count: classes.count)
        for root in classes.indices where states[root] == .unseen {
            // Depth first without recursion: a file may name a chain of any length.
            var way: [(place: Int, next: Int)] = [(root, 0)]
            states[root] = .open
            while let (place, next) = way.last {
                guard next < parents[place].count else {
                    states[place] = .done
                    way.removeLast()
                    continue
                }
                way[way.count - 1].next += 1
                let parent = parents[place][next]
                switch states[parent] {
                case .unseen:
                    states[parent] = .open
                    way.append((parent, 0))
                case .open:
                    let start = way.firstIndex { $0.place == parent } ?? 0
                    return (way[start...].map(\.place) + [parent]).map { classes[$0].name }
                case .done: break
                }
            }
        }
        return nil
    }

    // MARK: - Private

    private func reachable(from start: [Int], by edges: [[Int]]) -> [Int] {
        var seen = Set(start)
        var open = start
        while let place = open.popLast() {
            for next in edges[place] where seen.insert(next).inserted { open.append(next) }
        }
        return seen.sorted()
    }
}

extension LabelClass {
    /// What a label says that means this class: its name first.
    public var words: [String] {
        var words = [name]
        for word in [title].compactMap({ $0 }) + synonyms where !words.contains(where: word.hasSameBytes) {
            words.append(word)
        }
        return words
    }

    func has(synonym word: String) -> Bool { synonyms.contains { $0.hasSameBytes(as: word) } }
}
