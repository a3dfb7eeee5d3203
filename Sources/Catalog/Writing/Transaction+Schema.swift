import Base

/// Classes and properties as they are needed: whatever is new is made.
extension Transaction {
    /// The entity class of that name, made if it is new, empty.
    @discardableResult
    public func entityClass(_ name: String) throws(CatalogError) -> ClassSchema {
        if let known = state.schema.entityClass(name) { return known }
        try begin()
        try CatalogName.check(name, of: "class")
        return try makeClass(name, .entity)
    }

    /// The connection class of that name, made if it is new.
    func connectionClass(_ name: String) throws(CatalogError) -> ClassSchema {
        if let known = state.schema.connectionClass(name) { return known }
        try CatalogName.check(name, of: "class")
        return try makeClass(name, .connection)
    }

    /// The connection class of ours of that name, made if it is new.
    func systemConnectionClass(_ name: String) throws(CatalogError) -> ClassSchema {
        if let known = state.schema.connectionClass(name) { return known }
        return try makeClass(name, .connection)
    }

    /// The property of that name, made if it is new.
    func property(
        _ name: String, in known: inout ClassSchema, isOfSystem: Bool = false
    ) throws(CatalogError) -> PropertySchema {
        if let property = known[name], CatalogName.isOfSystem(name) == isOfSystem { return property }
        try checkName(name, isOfSystem: isOfSystem)
        let property = try makeProperty(name, in: &known)
        state.schema.update(known)
        return property
    }

    /// Adds `type` to what `property` may have.
    func addType(
        _ type: PropertyType, to property: PropertySchema, in known: inout ClassSchema
    ) throws(CatalogError) -> PropertySchema {
        let grown = try makeRoom(for: type, in: property, of: &known)
        state.schema.update(known)
        return grown
    }

    /// The values of `properties` as cells, with a place for each.
    ///
    /// Names and values are looked at before anything is made, and the schema is put in its place once for
    /// all: to copy it takes as long as it has properties.
    /// - Parameter isOfSystem: whether their names begin with `_`, and are given by us.
    func prepare(
        _ properties: Document, in known: inout ClassSchema, isOfSystem: Bool = false
    ) throws(CatalogError) -> [PropertyCell] {
        var values: [StoredCell] = []
        values.reserveCapacity(properties.count)
        for (name, value) in properties.members {
            if known[name] == nil || CatalogName.isOfSystem(name) != isOfSystem {
                try checkName(name, isOfSystem: isOfSystem)
            }
            values.append(try StoredCell(value, of: name, limit: options.valueLimit))
        }
        var cells: [PropertyCell] = []
        cells.reserveCapacity(properties.count)
        var growth = 0
        // Where it fails halfway, too: what was made is in the database.
        defer { if growth > 0 { state.schema.update(known) } }
        for (member, stored) in zip(properties.members, values) {
            if let property = known[member.key], property.types.contains(stored.type) {
                cells.append(PropertyCell(property: property, stored: stored))
                continue
            }
            if growth & 0x3F == 0x3F { try checkCancelled() }
            growth += 1
            var property = known[member.key]
            if property == nil { property = try makeProperty(member.key, in: &known) }
            guard let property else { continue }
            let grown = try makeRoom(for: stored.type, in: property, of: &known)
            cells.append(PropertyCell(property: grown, stored: stored))
        }
        return cells
    }

    private func checkName(_ name: String, isOfSystem: Bool) throws(CatalogError) {
        if isOfSystem {
            precondition(CatalogName.isOfSystem(name), "'\(name)' is not marked as ours")
        } else {
            try CatalogName.check(name, of: "property")
        }
    }

    /// Makes a property; the caller puts the schema in its place.
    private func makeProperty(
        _ name: String, in known: inout ClassSchema
    ) throws(CatalogError) -> PropertySchema {
        let property = PropertySchema(
            id: state.nextProperty, name: name, isUnique: false, inlineTypes: [], sideTypes: [])
        let classID = known.id
        try critical { () throws(CatalogError) in
            try SchemaStorage.insert(property, ofClass: classID, on: connection)
        }
        state.nextProperty += 1
        known.append(property)
        return property
    }

    /// Adds `type` to a property; the caller puts the schema in its place.
    private func makeRoom(
        for type: PropertyType, in property: PropertySchema, of known: inout ClassSchema
    ) throws(CatalogError) -> PropertySchema {
        let width = type == .dateTime ? 2 : 1
        let isInSideTable = known.inlineColumnCount + width > options.inlineColumnLimit
        if isInSideTable, property.isUnique {
            throw CatalogError(
                .limitExceeded,
                "'\(property.name)' is unique and has a first \(type), but '\(known.name)' has no column left for it"
            )
        }
        var grown = property
        if isInSideTable {
            grown.sideTypes.insert(PropertyTypes(type))
        } else {
            grown.inlineTypes.insert(PropertyTypes(type))
        }
        try critical { () throws(CatalogError) in
            try SchemaStorage.insert(
                type, of: property, in: known, inSideTable: isInSideTable, on: connection)
        }
        known.update(grown)
        return grown
    }

    /// Numbers of a unique property stand in two columns, and each column's index knows only its own.
    func checkNumbersAreUnique(
        _ cells: [PropertyCell], in known: ClassSchema, except local: LocalID?
    ) throws(CatalogError) {
        for cell in cells where cell.property.isUnique {
            let other: PropertyType
            switch cell.stored.type {
            case .integer: other = .float
            case .float: other = .integer
            default: continue
            }
            guard cell.property.inlineTypes.contains(other) else { continue }
            let statement = try connection.statement(
                "SELECT 1 FROM \(known.table) WHERE \(cell.property.column(other)) = ? AND id <> ?")
            defer { statement.reset() }
            cell.stored.bind(to: statement, at: 1)
            statement.bind(local.map(Int64.init) ?? -1, at: 2)
            if try statement.step() { throw uniqueViolation(of: cell.property, in: known) }
        }
    }

    /// The same of all rows at once.
    func checkNumbersAreUnique(_ property: PropertySchema, in known: ClassSchema) throws(CatalogError) {
        guard property.inlineTypes.contains(.integer), property.inlineTypes.contains(.float) else { return }
        let twice = try connection.integer(
            """
            SELECT 1 FROM \(known.table) WHERE \(property.column(.float)) IN
                (SELECT \(property.column(.integer)) FROM \(known.table)) LIMIT 1
            """)
        if twice != nil { throw uniqueViolation(of: property, in: known) }
    }

    func uniqueViolation(of property: PropertySchema, in known: ClassSchema) -> CatalogError {
        CatalogError(
            .uniqueViolation,
            "'\(property.name)' is unique in '\(known.name)', and another has this value already")
    }

    // MARK: - Private

    private func makeClass(_ name: String, _ kind: ClassKind) throws(CatalogError) -> ClassSchema {
        let known = ClassSchema(id: state.nextClass, kind: kind, name: name, generation: 0)
        try critical { () throws(CatalogError) in try SchemaStorage.insert(known, on: connection) }
        state.nextClass += 1
        state.schema.update(known)
        state.counters[known.id] = WriterState.Counter()
        return known
    }
}
