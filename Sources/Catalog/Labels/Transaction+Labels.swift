public import Base

extension Transaction {
    /// Appends a label to the log and makes it current, in the place of its parent if it names one.
    /// - Returns: the number of the label.
    /// - Throws: ``CatalogError/Code/notFound`` where the target or the run does not exist;
    ///   ``CatalogError/Code/conflict`` where the parent is not a current label of the target: someone else
    ///   changed it; ``CatalogError/Code/invalidValue`` for a confidence that is no finite number.
    @discardableResult
    public func addLabel(_ label: NewLabel, to target: EntityID) throws(CatalogError) -> LabelID {
        try begin()
        guard let known = state.schema.entityClass(of: target), known.kind == .entity,
            isAlive(target.local, in: known.id)
        else { throw CatalogError(.notFound, "there is no entity \(target) to label") }
        if let confidence = label.confidence, !confidence.isFinite {
            throw CatalogError(.invalidValue, "a confidence of \(confidence) is no finite number")
        }
        if let run = label.run { try checkRun(run) }
        var replaced: LabelRows.Row?
        if let parent = label.parent { replaced = try currentLabel(parent, of: target) }
        let row = LabelRows.Row(
            id: state.next.label, targetClass: Int64(target.classNumber), target: Int64(target.local),
            kind: label.kind.rawValue,
            name: try label.name.map { name throws(CatalogError) in try textID(name) },
            geometry: try geometry(label.geometry), confidence: label.confidence,
            source: try textID(label.source),
            run: label.run, time: (label.time ?? time).microseconds, parent: label.parent)
        try critical { () throws(CatalogError) in
            state.next.label += 1
            try LabelRows.append(.add, row, commit: commit, on: connection)
            let region = try replaced.flatMap { replaced throws(CatalogError) in
                try leave(replaced, keepingRegion: replaced.kind == row.kind, by: label.source)
            }
            try enter(row, as: region)
        }
        return row.id
    }

    /// Appends to the log that a label no longer holds.
    /// - Throws: ``CatalogError/Code/conflict`` where it is not current.
    public func removeLabel(_ id: LabelID, source: String, run: RunID? = nil) throws(CatalogError) {
        try begin()
        if let run { try checkRun(run) }
        guard let current = try LabelRows.current(id, on: connection) else {
            throw CatalogError(.conflict, "label \(id) does not hold, or no longer")
        }
        let entry = LabelRows.Row(
            id: state.next.label, targetClass: current.targetClass, target: current.target, kind: 0,
            source: try textID(source), run: run, time: time.microseconds, parent: id)
        try critical { () throws(CatalogError) in
            state.next.label += 1
            try LabelRows.append(.remove, entry, commit: commit, on: connection)
            try leave(current, by: source)
        }
    }

    /// The current labels of an entity, oldest first.
    public func labels(of target: EntityID) throws(CatalogError) -> [Label] {
        guard let known = state.schema.entityClass(of: target) else { return [] }
        return try LabelReader(connection: connection).labels(of: target.local, in: known)
    }

    // MARK: - The fold

    /// Makes a label current.
    /// - Parameter region: the region that stood for the label whose place it takes.
    func enter(_ row: LabelRows.Row, as region: RegionRows.Row? = nil) throws(CatalogError) {
        try LabelRows.insert(row, on: connection)
        changes.labels.append(LabelChange(row, isAdded: true))
        try enterRegion(row, as: region)
    }

    /// Takes a label out of the current ones.
    /// - Returns: the region that stood for it, where it is kept for a successor.
    @discardableResult
    func leave(
        _ row: LabelRows.Row, keepingRegion isKept: Bool = false, by who: String
    ) throws(CatalogError) -> RegionRows.Row? {
        try LabelRows.delete(row, on: connection)
        changes.labels.append(LabelChange(row, isAdded: false))
        return try leaveRegion(row, keeping: isKept, by: who)
    }

    /// Takes all labels of a deleted entity out.
    func dropLabels(of target: EntityID, by who: String) throws(CatalogError) {
        for row in try LabelRows.rows(classID: target.classNumber, local: target.local, on: connection) {
            try leave(row, by: who)
        }
    }

    // MARK: - Private

    private func currentLabel(_ id: LabelID, of target: EntityID) throws(CatalogError) -> LabelRows.Row {
        guard let row = try LabelRows.current(id, on: connection), row.target == Int64(target.local),
            row.targetClass == Int64(target.classNumber)
        else {
            throw CatalogError(.conflict, "label \(id) is not, or no longer, a label of \(target)")
        }
        return row
    }

    private func geometry(_ geometry: LabelGeometry?) throws(CatalogError) -> LabelRows.Geometry? {
        switch geometry {
        case nil: return nil
        case .bytes(let bytes)?:
            guard bytes.count <= options.valueLimit.bytes else {
                throw CatalogError(
                    .limitExceeded,
                    "a geometry has \(bytes.count) bytes, the limit is \(options.valueLimit.bytes)")
            }
            return .blob(bytes)
        case .json(let value)?:
            return .text(try StoredCell.jsonText(value, of: "geometry", options.valueLimit))
        }
    }
}

extension LabelChange {
    init(_ row: LabelRows.Row, isAdded: Bool) {
        self.init(
            isAdded: isAdded, id: row.id, targetClass: UInt32(truncatingIfNeeded: row.targetClass),
            target: LocalID(truncatingIfNeeded: row.target), kind: LabelKind(rawValue: row.kind) ?? .class,
            name: row.name, confidence: row.confidence, source: row.source)
    }
}
