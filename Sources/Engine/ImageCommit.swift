import Base
import Blobs
import Catalog

/// The part of adding images that happens within a transaction.
struct ImageCommit {
    let transaction: Transaction
    var run: ImportRun

    mutating func add(_ image: PreparedImage) throws -> CommittedImage {
        if let known = try transaction.entities(of: Store.imageClass, digest: image.digest).first {
            return try merge(image, into: known)
        }
        guard let blob = image.blob else {
            // It was there when it was prepared and has been deleted since.
            throw EngineError(
                .conflict, "'\(image.path)' was deleted while it was added again; add it once more")
        }
        var properties = Document()
        if !image.path.isEmpty { properties.append("path", .string(image.path)) }
        for (name, value) in image.properties.members { properties.append(name, value) }
        properties.append("added_at", .dateTime(transaction.time))
        var notes: [String] = []
        for (name, value) in image.given.members {
            if properties[name] != nil {
                notes.append("the property '\(name)' is the file's own and was not set")
            } else {
                properties.append(name, value)
            }
        }
        let id = try transaction.insert(Store.imageClass, properties, blob: BlobEntry(blob))
        try useFreshCopy(of: blob)
        if !image.details.isEmpty { try transaction.setDetails(image.details, of: id) }
        try label(id, image.labels, current: [])
        return CommittedImage(id: id, isNew: true, note: notes.isEmpty ? nil : notes.joined(separator: "; "))
    }

    // MARK: - Private

    /// Adds to an image what another file of the same content says of it.
    ///
    /// `path` is the least of the paths in byte order and `paths` lists them all, so that the order in which
    /// they came leaves no trace.
    private mutating func merge(_ image: PreparedImage, into id: EntityID) throws -> CommittedImage {
        let known = try transaction.properties(of: id) ?? [:]
        var changes = Document()
        var notes = try repair(image).map { [$0] } ?? []
        if !image.path.isEmpty, known["path"]?.stringValue != image.path {
            var paths = known["paths"]?.arrayValue?.compactMap(\.stringValue) ?? []
            if paths.isEmpty, let path = known["path"]?.stringValue { paths = [path] }
            if !paths.contains(image.path) {
                paths.append(image.path)
                paths.sort { $0.utf8.lexicographicallyPrecedes($1.utf8) }
                changes["path"] = .string(paths[0])
                if paths.count > 1 { changes["paths"] = .array(paths.map { .string($0) }) }
            }
        }
        for (name, value) in image.given.members where known[name] != value {
            if known[name] == nil {
                changes[name] = value
            } else {
                notes.append(
                    "the same content has '\(name)' = \(known[name]?.json ?? "its own") already, which stays")
            }
        }
        if !changes.isEmpty { try transaction.update(id, set: changes) }
        if !image.labels.isEmpty { try label(id, image.labels, current: try transaction.labels(of: id)) }
        return CommittedImage(id: id, isNew: false, note: notes.isEmpty ? nil : notes.joined(separator: "; "))
    }

    /// Points to the bytes that were stored in the place of damaged ones. Returns what to tell of it; `nil`
    /// where nothing was damaged, or somebody else came first.
    private func repair(_ image: PreparedImage) throws -> String? {
        guard let damaged = image.damaged, let blob = image.blob else { return nil }
        let move = (digest: image.digest, from: BlobEntry(damaged.blob).place, to: BlobEntry(blob).place)
        guard try transaction.relocate([move]) == 1 else { return nil }
        return "the copy in the store was damaged and was replaced by this file (\(damaged.reason))"
    }

    /// Where the bytes of a new image are known already, as those of a deleted one, nobody has looked whether
    /// they are sound: the ones that were just stored are.
    private func useFreshCopy(of blob: StoredBlob) throws {
        let fresh = BlobEntry(blob).place
        guard let known = try transaction.blob(blob.digest)?.place, known != fresh,
            fresh.reference == nil || known.reference != nil
        else { return }
        try transaction.relocate([(digest: blob.digest, from: known, to: fresh)])
    }

    private mutating func label(_ id: EntityID, _ labels: [String], current: [Label]) throws {
        let known = Set(current.filter { $0.kind == .class }.compactMap(\.name))
        var added: Set<String> = []
        for name in labels where !known.contains(name) && added.insert(name).inserted {
            if run.id == nil {
                run.id = try transaction.beginRun("import", source: run.source, parameters: run.parameters)
            }
            try transaction.addLabel(NewLabel(.class, name, source: run.source, run: run.id), to: id)
        }
    }
}

extension BlobEntry {
    /// A stored blob as the catalog keeps it.
    init(_ blob: StoredBlob) {
        let columns = blob.location.columns
        var reference: [UInt8]?
        if case .reference(let place, _) = blob.location { reference = place.bytes }
        self.init(
            digest: blob.digest,
            place: BlobPlace(
                kind: columns.kind, pack: columns.pack, offset: columns.offset, length: columns.length,
                reference: reference))
    }

    /// What this says to `Blobs`.
    func stored() throws -> StoredBlob {
        let columns = BlobLocation.Columns(
            kind: place.kind, pack: place.pack, offset: place.offset, length: place.length)
        return StoredBlob(digest: digest, location: try BlobLocation(columns, reference: place.reference))
    }
}
