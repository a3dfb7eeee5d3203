/// A property of a class: its name, and the types that its values have had so far.
public struct PropertySchema: Sendable, Hashable {
    /// The catalog's number of the property, unique over all classes.
    public let id: UInt32
    public let name: String
    /// Whether no two entities of the class may have the same value of it.
    public internal(set) var isUnique: Bool
    /// Types that have a column in the class's table.
    var inlineTypes: PropertyTypes
    /// Types whose values are in the class's side table, as the table was full.
    var sideTypes: PropertyTypes

    /// Every type that a value of the property has had.
    public var types: PropertyTypes { inlineTypes.union(sideTypes) }

    /// The column that holds the values of `type`.
    func column(_ type: PropertyType) -> String { "p\(id)_\(type.letter)" }

    /// Columns that it takes in the class's table.
    var inlineColumnCount: Int { inlineTypes.list.count + (inlineTypes.contains(.dateTime) ? 1 : 0) }

    /// The column that holds the offsets of the property's date-times.
    var zoneColumn: String { "p\(id)_z" }
}
