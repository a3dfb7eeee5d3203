public import Base

/// Which parts of a document are returned: MongoDB's projection, in which `_uniqueid` has the part of `_id`.
public struct Projection: Sendable, Hashable, CustomStringConvertible {
    /// The field that is kept unless it is named with 0.
    public static let identifier = "_uniqueid"

    /// Whether only what is named is kept, rather than left out.
    public let isInclusion: Bool
    let keepsIdentifier: Bool
    let branches: Branches

    /// Everything.
    public static let all = Projection(isInclusion: false, keepsIdentifier: true, branches: Branches())

    init(isInclusion: Bool, keepsIdentifier: Bool, branches: Branches) {
        self.isInclusion = isInclusion
        self.keepsIdentifier = keepsIdentifier
        self.branches = branches
    }

    /// Whether every document is returned as it is.
    public var keepsEverything: Bool { self == .all }

    /// Whether any part of the property `name` may be returned: what need not be fetched.
    public func keeps(_ name: String) -> Bool {
        if name == Projection.identifier { return keepsIdentifier }
        guard let branch = branches[name] else { return !isInclusion }
        return isInclusion || branch != .whole
    }

    /// Whether the property `name` is returned as it is, whatever its value, where it is returned at all.
    public func keepsWhole(_ name: String) -> Bool {
        switch branches[name] {
        case nil: !isInclusion
        case .whole?: isInclusion
        default: false
        }
    }

    /// The parts of `document` that are returned, in their order.
    ///
    /// On the way into arrays their objects are projected, arrays within them likewise; other elements are
    /// left out by an inclusion and kept by an exclusion.
    public func apply(to document: Document) -> Document {
        var kept = Document()
        for (key, value) in document.members {
            if key == Projection.identifier {
                if keepsIdentifier { kept.append(key, value) }
            } else if let value = project(value, by: branches[key]) {
                kept.append(key, value)
            }
        }
        return kept
    }

    // MARK: - Private

    private func project(_ value: Value, by branch: Branch?) -> Value? {
        switch branch {
        case nil: return isInclusion ? .none : .some(value)
        case .whole: return isInclusion ? .some(value) : .none
        case .slice(let slice):
            guard case .array(let elements) = value else { return value }
            return .array(slice.apply(to: elements))
        case .elementMatch(let predicate):
            guard case .array(let elements) = value else { return nil }
            return elements.first { predicate.accepts(.array([$0])) }.map { .array([$0]) }
        case .within(let branches): return project(value, by: branches)
        }
    }

    private func project(_ value: Value, by branches: Branches) -> Value? {
        switch value {
        case .object(let document):
            var kept = Document()
            for (key, member) in document.members {
                if let member = project(member, by: branches[key]) { kept.append(key, member) }
            }
            return .object(kept)
        case .array(let elements): return .array(elements.compactMap { project($0, by: branches) })
        default: return isInclusion ? .none : .some(value)
        }
    }

    /// What happens to one field.
    indirect enum Branch: Sendable, Hashable {
        /// All of it is kept, or left out.
        case whole
        case slice(Slice)
        /// The first element that the `$elemMatch` accepts.
        case elementMatch(Predicate)
        case within(Branches)
    }

    /// `$slice`: some elements of an array.
    struct Slice: Sendable, Hashable {
        /// From the end where it is negative.
        var skip: Int
        var count: Int

        func apply(to elements: [Value]) -> [Value] {
            let start =
                skip < 0 ? max(0, elements.count + max(skip, -elements.count)) : min(skip, elements.count)
            return Array(elements[start..<start + min(count, elements.count - start)])
        }
    }

    /// Fields by name, in the order of their bytes.
    struct Branches: Sendable, Hashable {
        private(set) var names: [String] = []
        private(set) var branches: [Branch] = []

        subscript(name: String) -> Branch? {
            get {
                let place = place(of: name)
                return place < names.count && names[place].hasSameBytes(as: name) ? branches[place] : nil
            }
            set {
                guard let newValue else { return }
                let place = place(of: name)
                if place < names.count, names[place].hasSameBytes(as: name) {
                    branches[place] = newValue
                } else {
                    names.insert(name, at: place)
                    branches.insert(newValue, at: place)
                }
            }
        }

        /// Adds what happens at the end of `path`. Returns whether it agrees with what was added before: no
        /// path may lead through the end of another.
        mutating func insert(_ branch: Branch, at path: ArraySlice<String>) -> Bool {
            guard let name = path.first else { return false }
            let existing = self[name]
            if path.count == 1 {
                guard existing == nil else { return false }
                self[name] = branch
                return true
            }
            var within: Branches
            switch existing {
            case nil: within = Branches()
            case .within(let branches): within = branches
            default: return false
            }
            guard within.insert(branch, at: path.dropFirst()) else { return false }
            self[name] = .within(within)
            return true
        }

        private func place(of name: String) -> Int {
            var low = 0
            var high = names.count
            while low < high {
                let middle = (low + high) / 2
                if names[middle].compareBytes(to: name) < 0 { low = middle + 1 } else { high = middle }
            }
            return low
        }
    }
}
