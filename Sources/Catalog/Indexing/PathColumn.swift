public import Base
public import Columns

/// What one dotted path leads to within the arrays and objects of a property, for all members of a class.
///
/// A path leads to any number of candidates in one value (MongoDB's rules): scalars, nulls, arrays, objects,
/// or to nothing at all where a name on the way is missing.
public final class PathColumn: Sendable {
    /// The scalar candidates of each member.
    public let values: MultiValueColumn
    let flags: [RowSet]

    /// What a candidate may be, besides a scalar.
    public enum Candidate: Int, Sendable, Hashable, CaseIterable {
        case null, array, object
        /// The path leads nowhere.
        case missing
    }

    init(values: MultiValueColumn, flags: [RowSet]) {
        self.values = values
        self.flags = flags
    }

    /// The members with such a candidate.
    public func members(with candidate: Candidate) -> IdSet { flags[candidate.rawValue].idSet }

    /// Bytes held, those shared with other versions included.
    public var byteCount: Int { flags.reduce(values.byteCount) { $0 + $1.byteCount } }

    /// The next version: this one with the candidates of the given members replaced.
    func applying(_ changes: [(row: LocalID, candidates: PathCandidates)]) throws(ColumnsError) -> PathColumn
    {
        let values = try values.applying(changes.map { ($0.row, $0.candidates.values) })
        let flags = Candidate.allCases.map { candidate in
            let rows = changes.filter { $0.candidates.others.contains(candidate) }.map(\.row)
            let without = changes.filter { !$0.candidates.others.contains(candidate) }.map(\.row)
            return self.flags[candidate.rawValue].removing(without).inserting(rows)
        }
        return PathColumn(values: values, flags: flags)
    }
}

/// The candidates that a path leads to in one value.
struct PathCandidates {
    var values: [ColumnValue] = []
    var others: Set<PathColumn.Candidate> = []

    /// None at all: the member has no array or object there.
    init() {}

    /// Walks from the value of a property down the rest of the path.
    ///
    /// An array at the end is opened: its elements are candidates, then the array itself. On the way an array
    /// leads into each of its objects, and, where the next name is a place in it, into that element, which is
    /// not opened if the path ends there.
    init(in value: Value, along components: [String]) { reach(value, components[...]) }

    // MARK: - Private

    private mutating func reach(_ value: Value, _ rest: ArraySlice<String>) {
        guard !rest.isEmpty else {
            if case .array(let elements) = value { for element in elements { add(element) } }
            return add(value)
        }
        switch value {
        case .object(let document): walk(document, rest)
        case .array(let elements): walk(elements, rest)
        default: others.insert(.missing)
        }
    }

    private mutating func walk(_ document: Document, _ rest: ArraySlice<String>) {
        guard let name = rest.first, let value = document[name] else {
            others.insert(.missing)
            return
        }
        reach(value, rest.dropFirst())
    }

    private mutating func walk(_ elements: [Value], _ rest: ArraySlice<String>) {
        let place = rest.first.flatMap(PathCandidates.place)
        for (index, element) in elements.enumerated() {
            if case .object(let document) = element { walk(document, rest) }
            guard index == place else { continue }
            let further = rest.dropFirst()
            switch element {
            case _ where further.isEmpty: add(element)
            case .object(let document): walk(document, further)
            case .array(let inner): walk(inner, further)
            default: break
            }
        }
    }

    private mutating func add(_ candidate: Value) {
        switch candidate {
        case .null: others.insert(.null)
        case .array: others.insert(.array)
        case .object: others.insert(.object)
        case .boolean(let flag): values.append(.boolean(flag))
        case .integer(let number): values.append(.integer(number))
        case .float(let number): values.append(.float(number))
        case .string(let text): values.append(.string(text))
        case .dateTime(let time): values.append(.dateTime(time.microseconds))
        }
    }

    /// The place in an array that a name spells: digits, without leading zeros.
    private static func place(_ name: String) -> Int? {
        let digits = name.utf8
        guard !digits.isEmpty, digits.count <= 9, digits.allSatisfy({ (0x30...0x39).contains($0) }),
            digits.count == 1 || digits.first != 0x30
        else { return nil }
        return Int(name)
    }
}
