public import Base
public import Columns

/// Which members of a class satisfy a condition on a property.
extension CatalogSnapshot {
    /// Members whose value of a property is a scalar that satisfies `predicate`: a memory column answers, or
    /// SQL while there is none. Values within arrays and objects do not count (``path(_:_:_:)``).
    /// - Parameter candidates: members that alone matter: of others the answer may tell or not.
    public func select(
        _ known: ClassSchema, _ property: PropertySchema, _ predicate: ColumnPredicate,
        within candidates: IdSet? = nil
    ) throws -> Selection {
        try check()
        var selection = Selection(ids: IdSet(), source: .version)
        for type in property.types.intersection(SQLSelection.scalars).list {
            guard SQLCondition(predicate, on: type, column: "") != nil else { continue }
            selection.unite(try select(known, property, type, predicate, within: candidates))
        }
        return selection
    }

    /// Members that have a value of a property of one of `types`: nulls that were given, arrays and objects
    /// (`json`), or scalars. With all types it is whoever has the property at all.
    public func select(
        _ known: ClassSchema, _ property: PropertySchema, having types: PropertyTypes
    ) throws -> Selection {
        try check()
        var selection = Selection(ids: IdSet(), source: .version)
        for type in property.types.intersection(types).list {
            selection.unite(try select(known, property, type, .present))
        }
        return selection
    }

    /// The columns of a property's scalar values, one for each type that they have had; built now if they are
    /// not.
    public func columns(_ known: ClassSchema, _ property: PropertySchema) throws -> [Column] {
        try property.types.intersection(SQLSelection.scalars).list.map { type in
            let key = IndexKey.property(classID: known.id, property: property.id, type: type)
            guard case .column(let column)? = try indexes.requiredIndex(key, for: self) else {
                throw CatalogError(.notFound, "'\(known.name)' has no column '\(property.name)'")
            }
            return column.column
        }
    }

    /// What a path leads to within the arrays and objects of a property; built now if it is not. Without
    /// components it is the values themselves: the elements of arrays, and the arrays and objects.
    public func path(
        _ known: ClassSchema, _ property: PropertySchema, _ components: [String]
    ) throws -> PathColumn {
        let key = IndexKey.path(
            classID: known.id, property: property.id, components: components.map(ExactName.init))
        guard case .path(let path)? = try indexes.requiredIndex(key, for: self) else {
            throw CatalogError(.notFound, "'\(known.name)' has no property '\(property.name)'")
        }
        return path
    }

    /// What would answer a predicate on scalar values of a property now.
    public func source(_ known: ClassSchema, _ property: PropertySchema) -> Selection.Source {
        let types = property.types.intersection(SQLSelection.scalars).list
        let areBuilt = types.allSatisfy {
            version.indexes[.property(classID: known.id, property: property.id, type: $0)] != nil
        }
        return areBuilt ? .column : property.isUnique ? .identity : .sql
    }

    // MARK: - Private

    private func select(
        _ known: ClassSchema, _ property: PropertySchema, _ type: PropertyType, _ predicate: ColumnPredicate,
        within candidates: IdSet? = nil
    ) throws -> Selection {
        let key = IndexKey.property(classID: known.id, property: property.id, type: type)
        let sql = SQLSelection(known: known, connection: connection)
        if property.isUnique, case .equal = predicate, version.indexes[key] == nil {
            return Selection(ids: try sql.ids(property, type, predicate), source: .identity)
        }
        switch try indexes.index(key, for: self) {
        case .column(let column)?:
            let ids =
                candidates.map { column.column.select(predicate, within: $0) }
                ?? column.column.select(predicate)
            return Selection(ids: ids, source: .column)
        case .rows(let rows)?: return Selection(ids: rows.idSet, source: .column)
        default: return Selection(ids: try sql.ids(property, type, predicate), source: .sql)
        }
    }
}

extension Selection {
    /// Adds what another part of the same condition has found; SQL counts as the source if any part needed
    /// it.
    fileprivate mutating func unite(_ other: Selection) {
        ids = ids.union(other.ids)
        if source != .sql { source = other.source }
    }
}
