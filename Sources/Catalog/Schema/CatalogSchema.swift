public import Base

/// All classes and their properties, as of one commit.
public struct CatalogSchema: Sendable {
    /// In the order in which they were first seen.
    public private(set) var classes: [ClassSchema] = []
    private var entityPlaces: [ExactName: Int] = [:]
    private var connectionPlaces: [ExactName: Int] = [:]
    private var places: [UInt32: Int] = [:]

    init() {}

    public var entityClasses: [ClassSchema] { classes.filter { $0.kind == .entity } }
    public var connectionClasses: [ClassSchema] { classes.filter { $0.kind == .connection } }

    /// The entity class of that name; `nil` where none was ever made.
    public func entityClass(_ name: String) -> ClassSchema? {
        entityPlaces[ExactName(name)].map { classes[$0] }
    }

    /// The connection class of that name; `nil` where none was ever made.
    public func connectionClass(_ name: String) -> ClassSchema? {
        connectionPlaces[ExactName(name)].map { classes[$0] }
    }

    /// The class of that number.
    public subscript(id: UInt32) -> ClassSchema? { places[id].map { classes[$0] } }

    /// The class that `id` belongs to; `nil` where the number or the generation is another.
    public func entityClass(of id: EntityID) -> ClassSchema? {
        guard let found = self[id.classNumber], found.generation == id.generation else { return nil }
        return found
    }

    /// Whether `id` is of an entity class; copies no schema to find out.
    func isOfEntities(_ id: EntityID) -> Bool {
        guard let place = places[id.classNumber] else { return false }
        return classes[place].generation == id.generation && classes[place].kind == .entity
    }

    mutating func update(_ schema: ClassSchema) {
        if let place = places[schema.id] {
            classes[place] = schema
            return
        }
        places[schema.id] = classes.count
        switch schema.kind {
        case .entity: entityPlaces[ExactName(schema.name)] = classes.count
        case .connection: connectionPlaces[ExactName(schema.name)] = classes.count
        }
        classes.append(schema)
    }
}
