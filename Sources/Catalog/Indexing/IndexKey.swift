import Base

/// What a memory index is of. Every index is derived from tables: it can be dropped and built again at any
/// time.
enum IndexKey: Sendable, Hashable {
    /// The values of one type of a property: a column; of nulls and of JSON, which members have one.
    case property(classID: UInt32, property: UInt32, type: PropertyType)
    /// What a dotted path leads to within the arrays and objects of a property.
    case path(classID: UInt32, property: UInt32, components: [ExactName])
    /// Which entities of one class connections of a class join with which of another. Keyed by the
    /// connections' targets, or by their sources.
    case connections(classID: UInt32, ends: ConnectionEnds, keyedBySource: Bool)
    /// Which entities of a class have which labels of a kind, by the number of the label's name.
    case labels(classID: UInt32, kind: LabelKind)
    /// Which entities of a class were looked at by which sources, by the number of the source's name.
    case examined(classID: UInt32)
    /// The random part of the entities' keys, as an integer.
    case keys(classID: UInt32)

    /// The class whose members the index is built from.
    var classID: UInt32 {
        switch self {
        case .property(let classID, _, _), .path(let classID, _, _), .connections(let classID, _, _),
            .labels(let classID, _), .examined(let classID), .keys(let classID):
            classID
        }
    }
}
