/// An ordered list of named values: a JSON object, or the properties of an entity.
///
/// Keys are unique, byte for byte, and keep the order they came in. A look-up walks the list: documents are
/// small.
public struct Document: Sendable, Hashable {
    /// The members in order.
    public private(set) var members: [(key: String, value: Value)]

    public init() { members = [] }

    /// Of a key that comes twice the last value counts, in the place of the first (as Python's and
    /// JavaScript's JSON readers do).
    public init(_ members: [(String, Value)]) {
        self.members = []
        self.members.reserveCapacity(members.count)
        if members.count <= 16 {
            for (key, value) in members { self[key] = value }
        } else {
            var places: [ExactName: Int] = [:]
            places.reserveCapacity(members.count)
            for (key, value) in members {
                if let place = places[ExactName(key)] {
                    self.members[place].value = value
                } else {
                    places[ExactName(key)] = self.members.count
                    self.members.append((key, value))
                }
            }
        }
    }

    public var count: Int { members.count }
    public var isEmpty: Bool { members.isEmpty }
    public var keys: [String] { members.map(\.key) }

    /// The place of `key` among ``members``.
    public func index(of key: String) -> Int? {
        for index in members.indices where members[index].key.hasSameBytes(as: key) { return index }
        return nil
    }

    /// The value of `key`; assigning `nil` removes the member, assigning a value to a new key appends it.
    public subscript(key: String) -> Value? {
        get { index(of: key).map { members[$0].value } }
        set {
            switch (index(of: key), newValue) {
            case (let place?, let value?): members[place].value = value
            case (let place?, nil): members.remove(at: place)
            case (nil, let value?): members.append((key, value))
            case (nil, nil): break
            }
        }
    }

    /// Appends without looking whether `key` is there already: for callers who know that it is not.
    public mutating func append(_ key: String, _ value: Value) { members.append((key, value)) }

    /// Equal members in equal order.
    public static func == (left: Document, right: Document) -> Bool {
        left.members.count == right.members.count
            && zip(left.members, right.members).allSatisfy {
                $0.key.hasSameBytes(as: $1.key) && $0.value == $1.value
            }
    }

    public func hash(into hasher: inout Hasher) {
        hasher.combine(members.count)
        for member in members {
            member.key.hashBytes(into: &hasher)
            hasher.combine(member.value)
        }
    }
}

extension Document: ExpressibleByDictionaryLiteral {
    public init(dictionaryLiteral elements: (String, Value)...) { self.init(elements) }
}
