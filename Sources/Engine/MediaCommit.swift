import Base
import Blobs
import Catalog

/// The part of adding images and videos that happens within a transaction.
struct MediaCommit {
    let transaction: Transaction
    var run: ImportRun

    mutating func add(_ image: PreparedMedia) throws -> CommittedMedia {
        if let known = try transaction.entities(of: image.entityClass, digest: image.digest).first {
            return try merge(image, into: known)
        }
        guard let blob = image.blob else {
            // It was there when it was prepared and has been deleted since.
            throw EngineError(
                .conflict, "'\(image.path)' was deleted while it was added again; add it once more")
        }
        var properties = Document()
        if !image.path.isEmpty { properties.append("path", .string(image.path)) }
        if let url = image.url { properties.append("url", .string(url)) }
        for (name, value) in image.properties.members { properties.append(name, value) }
        properties.append("added_at", .dateTime(transaction.time))
        var notes: [String] = []
        for (name, value) in image.given.members {
            if properties[name] != nil
                || image.entityClass == Store.videoClass && Store.videoFields.contains(name)
            {
                notes.append("the property '\(name)' is the file's own and was not set")
            } else {
                properties.append(name, value)
            }
        }
        let id = try transaction.insert(image.entityClass, properties, blob: BlobEntry(blob))
        try useFreshCopy(of: blob)
        if !image.details.isEmpty { try transaction.setDetails(image.details, of: id) }
        try label(id, image, current: [])
        return CommittedMedia(id: id, isNew: true, note: notes.isEmpty ? nil : notes.joined(separator: "; "))
    }

    // MARK: - Private

    /// Adds to an image what another file of the same content says of it.
    ///
    /// `path` is the least of the paths in byte order and `paths` lists them all, so that the order in which
    /// they came leaves no trace; `url` and `urls` are the same of URLs.
    private mutating func merge(_ image: PreparedMedia, into id: EntityID) throws -> CommittedMedia {
        let known = try transaction.properties(of: id) ?? [:]
        var changes = Document()
        var notes = try repair(image).map { [$0] } ?? []
        merge(image.path, into: &changes, "path", "paths", known)
        if let url = image.url { merge(url, into: &changes, "url", "urls", known) }
        for (name, value) in image.given.members where known[name] != value {
            if known[name] == nil {
                changes[name] = value
            } else {
                notes.append(
                    "the same content has '\(name)' = \(known[name]?.json ?? "its own") already, which stays")
            }
        }
        if !changes.isEmpty { try transaction.update(id, set: changes) }
        if !image.labels.isEmpty || !image.captions.isEmpty {
            try label(id, image, current: try transaction.labels(of: id))
        }
        return CommittedMedia(id: id, isNew: false, note: notes.isEmpty ? nil : notes.joined(separator: "; "))
    }

    /// Points to the bytes that were stored in the place of damaged ones. Returns what to tell of it; `nil`
    /// where nothing was damaged, or somebody else came first.
    private func repair(_ image: PreparedMedia) throws -> String? {
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

    /// Adds one name to those that an image is known by.
    private func merge(
        _ name: String, into changes: inout Document, _ least: String, _ all: String, _ known: Document
    ) {
        guard !name.isEmpty, known[least]?.stringValue != name else { return }
        var names = known[all]?.arrayValue?.compactMap(\.stringValue) ?? []
        if names.isEmpty, let one = known[least]?.stringValue { names = [one] }
        if names.contains(name) { return }
        names.append(name)
        names.sort { $0.utf8.lexicographicallyPrecedes($1.utf8) }
        changes[least] = .string(names[0])
        if names.count > 1 { changes[all] = .array(names.map { .string($0) }) }
    }

    private mutating func label(_ id: EntityID, _ image: PreparedMedia, current: [Label]) throws {
        let known = Set(current.filter { $0.kind == .class }.compactMap(\.name))
        var added: Set<String> = []
        for name in image.labels where !known.contains(name) && added.insert(name).inserted {
            try beginRun()
            try transaction.addLabel(NewLabel(.class, name, source: run.source, run: run.id), to: id)
        }
        var captions = Set(
            current.filter { $0.kind == .caption }.compactMap { label -> String? in
                if case .json(.string(let text))? = label.geometry { text } else { nil }
            })
        for text in image.captions where captions.insert(text).inserted {
            try beginRun()
            let caption = NewLabel(
                .caption, nil, geometry: .json(.string(text)), source: run.source, run: run.id)
            try transaction.addLabel(caption, to: id)
        }
    }

    private mutating func beginRun() throws {
        // One that somebody takes back meanwhile stays empty: the rest is said within another.
        if let id = run.id, try !transaction.isReverted(id) { return }
        run.id = try transaction.beginRun("import", source: run.source, parameters: run.parameters)
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
