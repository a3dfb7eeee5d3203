public import Base

/// Whether the members of a class are entities, or connections between them.
public enum ClassKind: Int64, Sendable, Hashable, Codable {
    case entity = 0
    case connection = 1
}

/// The classes of the two entities that a connection joins.
public struct ConnectionEnds: Sendable, Hashable {
    /// The number of the class that the connection comes from.
    public var source: UInt32
    /// The number of the class that it leads to.
    public var target: UInt32
}

/// A class of entities or of connections: its name, its number and its properties.
public struct ClassSchema: Sendable {
    /// The catalog's number of the class: the first part of an ``EntityID``. Entity and connection classes
    /// are numbered together.
    public let id: UInt32
    public let kind: ClassKind
    public let name: String
    /// How often the class was begun anew: the second part of an ``EntityID``.
    public let generation: UInt32
    /// In the order in which they were first seen.
    public private(set) var properties: [PropertySchema]
    /// Between which entity classes the connections of this class have led so far; empty for entity classes.
    public internal(set) var ends: [ConnectionEnds] = []
    private var places: [ExactName: Int]
    /// Columns that the properties take in the table.
    private(set) var inlineColumnCount: Int

    init(id: UInt32, kind: ClassKind, name: String, generation: UInt32, properties: [PropertySchema] = []) {
        self.id = id
        self.kind = kind
        self.name = name
        self.generation = generation
        self.properties = properties
        places = Dictionary(uniqueKeysWithValues: properties.enumerated().map { (ExactName($1.name), $0) })
        inlineColumnCount = properties.reduce(0) { $0 + $1.inlineColumnCount }
    }

    /// The property of that name; `nil` where no member of the class ever had it.
    public subscript(name: String) -> PropertySchema? { places[ExactName(name)].map { properties[$0] } }

    /// The property of that number.
    func property(_ id: UInt32) -> PropertySchema? { properties.first { $0.id == id } }

    /// The id of the class's member with the local id `local`.
    public func entityID(_ local: LocalID) -> EntityID {
        EntityID(classNumber: id, generation: generation, local: local)
    }

    // MARK: - SQL

    /// The table of the members.
    var table: String { kind == .entity ? "e\(id)" : "c\(id)" }
    /// The table of the values that found no column.
    var sideTable: String { "s\(id)" }
    var hasSideTable: Bool { properties.contains { !$0.sideTypes.isEmpty } }

    // MARK: - Growth

    mutating func append(_ property: PropertySchema) {
        places[ExactName(property.name)] = properties.count
        properties.append(property)
        inlineColumnCount += property.inlineColumnCount
    }

    mutating func update(_ property: PropertySchema) {
        guard let place = places[ExactName(property.name)] else { return }
        inlineColumnCount += property.inlineColumnCount - properties[place].inlineColumnCount
        properties[place] = property
    }
}
