public import Base

/// Boxes and polygons as entities. The label log has the truth about them; their rows follow it, within the
/// same transaction.
extension Transaction {
    /// Adds a label with a geometry to an image, and properties to the region that stands for it.
    /// - Parameter label: must be a box or a polygon, with a geometry that ``Region/Geometry`` reads.
    /// - Throws: as ``addLabel(_:to:)`` and ``insert(_:_:system:blob:key:)``.
    public func addRegion(
        _ label: NewLabel, to image: EntityID, _ properties: Document = Document()
    ) throws(CatalogError) -> EntityID {
        let added = try addLabel(label, to: image)
        guard let row = try RegionRows.row(standingFor: added, on: connection),
            let known = state.schema[row.classID]
        else {
            throw CatalogError(.invalidValue, "a label without a box or a polygon makes no region")
        }
        let id = known.entityID(row.local)
        if !properties.isEmpty { try update(id, set: properties) }
        return id
    }

    /// The label that a region stands for; `nil` where there is no such region.
    public func label(ofRegion id: EntityID) throws(CatalogError) -> Label? {
        guard let known = state.schema.entityClass(of: id),
            let entry = try RegionReader(known, on: connection).labelID(of: id.local),
            let row = try LabelRows.current(entry, on: connection),
            let target = state.schema[UInt32(truncatingIfNeeded: row.targetClass)]
        else { return nil }
        return try LabelReader(connection: connection).labels(
            of: LocalID(truncatingIfNeeded: row.target), in: target
        ).first { $0.id == entry }
    }

    // MARK: - What follows the fold

    /// Makes the region that stands for a label that became current.
    /// - Parameter region: the one that stood for the label before it.
    func enterRegion(_ row: LabelRows.Row, as region: RegionRows.Row?) throws(CatalogError) {
        guard let kind = LabelKind(rawValue: row.kind), let regionClass = RegionClass(kind),
            case .text(let text)? = row.geometry,
            let geometry = Region.Geometry(try StoredCell.json(text), regionClass)
        else { return }
        var system = geometry.properties
        system["_label_id"] = .integer(row.id)
        if let name = row.name, let text = try LabelRows.text(name, on: connection) {
            system["_label"] = .string(text)
        }
        if let confidence = row.confidence { system["_confidence"] = .float(confidence) }
        if let region, let known = state.schema[region.classID], known.name == regionClass.rawValue {
            let gone = ["_label", "_confidence"].filter { system[$0] == nil }
            try update(known.entityID(region.local), set: [:], system: system, remove: gone)
            return try RegionRows.insert(region, standingFor: row.id, on: connection)
        }
        let id = try insert(regionClass.rawValue, system: system)
        guard let target = state.schema[UInt32(truncatingIfNeeded: row.targetClass)] else { return }
        try connect(
            in: try systemConnectionClass(regionClass.connectionClass),
            from: target.entityID(LocalID(truncatingIfNeeded: row.target)), to: id)
        try RegionRows.insert(
            RegionRows.Row(classID: id.classNumber, local: id.local), standingFor: row.id, on: connection)
    }

    /// Takes away the region that stood for a label.
    /// - Parameter isKept: whether the label's successor takes it over.
    func leaveRegion(
        _ row: LabelRows.Row, keeping isKept: Bool, by who: String
    ) throws(CatalogError) -> RegionRows.Row? {
        guard row.kind == LabelKind.box.rawValue || row.kind == LabelKind.polygon.rawValue,
            let region = try RegionRows.row(standingFor: row.id, on: connection)
        else { return nil }
        try RegionRows.delete(standingFor: row.id, on: connection)
        if isKept { return region }
        guard let known = state.schema[region.classID] else { return nil }
        if let regionClass = RegionClass(rawValue: known.name),
            let joined = state.schema.connectionClass(regionClass.connectionClass),
            let target = state.schema[UInt32(truncatingIfNeeded: row.targetClass)]
        {
            // Found from the image, which a B-tree does; from the region all would have to be looked at.
            let image = target.entityID(LocalID(truncatingIfNeeded: row.target))
            let rows = try ConnectionRows.rows(of: joined, from: image, on: connection)
            try remove(
                rows.filter { $0.target == region.local && $0.targetClass == region.classID }, from: joined)
        }
        try delete([region.local], of: known, by: who)
        return nil
    }

    /// Deletes regions: appends to the log that their labels no longer hold.
    func removeRegions(_ ids: IdSet, of known: ClassSchema, by who: String) throws(CatalogError) -> Int {
        let reader = RegionReader(known, on: connection)
        var count = 0
        for local in ids.ids {
            guard let entry = try reader.labelID(of: local) else { continue }
            try removeLabel(entry, source: who)
            count += 1
        }
        return count
    }
}
