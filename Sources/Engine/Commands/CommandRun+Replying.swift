import Base
import Catalog
import Media
import Query

/// What a find command tells of what it found.
extension CommandRun {
    /// - Parameters:
    ///   - found: all that was found.
    ///   - page: what of it is told one by one.
    ///   - extra: what is told of each besides, such as distances; in the order of the page.
    func reply(
        _ find: FindCommand, _ found: FoundSet, _ page: Page, _ command: Command, extra: [Document]? = nil,
        in snapshot: CatalogSnapshot
    ) throws -> Document {
        let results = find.results
        var reply = Document()
        if let batch = page.batch { reply["batch"] = .object(batch) }
        try aggregate(find, found, in: snapshot, into: &reply)
        let wantsBlobs = find.returnsBlobs(in: query.dialect)
        let member = find.subject == .connection ? "connections" : "entities"
        var documents: [Document]?
        if extra == nil, !results.groupsBySource, !wantsBlobs || page.ids.isEmpty,
            let listing = try listing(find, page.ids, in: snapshot)
        {
            // Becomes text when nobody waits for the store any more.
            listings[command.index] = PlacedListing(member: member, listing: listing)
            reply[member] = []
            reply["returned"] = .integer(Int64(listing.rowCount))
            return ended(reply, find, found)
        }
        if results.listsEntities || extra != nil {
            documents = try self.documents(find, page.ids, in: snapshot)
            if let extra, documents?.count == extra.count {
                for index in extra.indices {
                    for (name, value) in extra[index].members { documents?[index][name] = value }
                }
            }
        }
        if let frames = find.frames {
            try handOutFrames(find, frames, page.ids, &reply, in: snapshot)
        } else if wantsBlobs, !page.ids.isEmpty {
            try handOut(find, page.ids, &documents, &reply, in: snapshot)
        }
        if results.groupsBySource {
            reply[member] = .object(
                try grouped(documents ?? [], page.ids, find.selection.link, in: snapshot))
            reply["returned"] = .integer(Int64(page.ids.count))
        } else if let documents {
            reply[member] = .array(documents.map { .object($0) })
            reply["returned"] = .integer(Int64(documents.count))
        } else if results.group.isEmpty {
            reply["returned"] = .integer(wantsBlobs ? Int64(page.ids.count) : 0)
        }
        return ended(reply, find, found)
    }

    private func ended(_ reply: Document, _ find: FindCommand, _ found: FoundSet) -> Document {
        var reply = reply
        // Of videos VDMS takes nothing for a failure, of the rest it does not.
        reply["status"] = found.isEmpty && !isAperture && find.subject == .video ? -1 : 0
        if found.isEmpty, !isAperture { reply["info"] = "No entities found" }
        return reply
    }

    /// The fields that are listed of each.
    private func fields(_ find: FindCommand) -> [String] {
        let results = find.results
        var fields = results.list ?? []
        if !isAperture { fields.removeAll { ["_coordinates", "_distance"].contains($0) } }
        // ApertureDB's clients go on from all properties by the id among them.
        if results.uniqueIDs || (results.allProperties && isAperture), !fields.contains("_uniqueid") {
            fields.append("_uniqueid")
        }
        if results.shown.contains(.labels), !fields.contains("_label") { fields.append("_label") }
        if results.shown.contains(.sets) { fields.append("_set_name") }
        return fields
    }

    /// What is listed of each, field by field; `nil` where they are of several classes, or where more is told
    /// of them than their properties.
    private func listing(
        _ find: FindCommand, _ ids: [EntityID], in snapshot: CatalogSnapshot
    ) throws -> Listing? {
        let results = find.results
        guard results.listsEntities, !results.allProperties,
            let known = try listedClass(find, ids, in: snapshot),
            RegionClass(rawValue: known.name) == nil, known.name != "DescriptorSet",
            known.kind == .entity || !results.uniqueIDs, VideoPartClass(rawValue: known.name) == nil
        else { return nil }
        let plan = DocumentPlan(fields(find), of: known, names: names, isTable: answersTable)
        return try plan.listing(ids.map(\.local), in: snapshot)
    }

    /// The class that all of `ids` are of; where there are none, what a table's columns are to be known by.
    private func listedClass(
        _ find: FindCommand, _ ids: [EntityID], in snapshot: CatalogSnapshot
    ) throws -> ClassSchema? {
        if let first = ids.first {
            guard ids.allSatisfy({ $0.classNumber == first.classNumber }) else { return nil }
            return snapshot.schema[first.classNumber]
        }
        guard answersTable else { return nil }
        let name = WireNames.systemClass(find.subject) ?? find.selection.className
        guard let name else { return nil }
        return switch find.subject {
        case .connection: snapshot.schema.connectionClass(name)
        case .entity: snapshot.schema.entityClass(WireNames.catalogClass(ofUser: name))
        default: snapshot.schema.entityClass(name)
        }
    }

    /// What is listed of each.
    func documents(
        _ find: FindCommand, _ ids: [EntityID], in snapshot: CatalogSnapshot
    ) throws -> [Document] {
        let results = find.results
        let fields = fields(find)
        let shown = ShownParts(find, dialect: query.dialect)
        return try inClasses(ids, in: snapshot) { known, locals in
            let plan = DocumentPlan(
                shown.fields(fields, of: known), of: known, names: names, all: results.allProperties,
                isTable: answersTable)
            var documents = try plan.documents(locals, in: snapshot).map(\.1)
            if RegionClass(rawValue: known.name) != nil, shown.needsRegions {
                let regions = try snapshot.regions(of: known, locals)
                for (index, region) in regions.enumerated() where index < documents.count {
                    shown.add(region, to: &documents[index])
                }
            }
            if known.name == "DescriptorSet" {
                if shown.needsCounts { try service.principal.check(.read, class: "_Descriptor") }
                for index in documents.indices {
                    try shown.addSet(
                        known.entityID(locals[index]), of: known, to: &documents[index], in: snapshot)
                }
            }
            try addPlaces(find, known, locals, to: &documents, in: snapshot)
            try addInherited(find, known, locals, to: &documents, in: snapshot)
            if known.kind == .connection, results.uniqueIDs {
                for (index, one) in try snapshot.connections(of: known, locals).enumerated() {
                    documents[index]["_src"] = .string(one.source.description)
                    documents[index]["_dst"] = .string(one.target.description)
                }
            }
            return documents
        }
    }

    /// Reads members class by class, and gives what was read in the order of `ids`.
    func inClasses<Item>(
        _ ids: [EntityID], in snapshot: CatalogSnapshot, _ read: (ClassSchema, [LocalID]) throws -> [Item]
    ) throws -> [Item] {
        guard let first = ids.first else { return [] }
        if ids.allSatisfy({ $0.classNumber == first.classNumber }) {
            guard let known = snapshot.schema[first.classNumber] else { return [] }
            return try read(known, ids.map(\.local))
        }
        var items: [Item?] = Array(repeating: nil, count: ids.count)
        let places = Dictionary(grouping: ids.indices) { ids[$0].classNumber }
        // In an order of their own, so that of several errors it is always the same one that is told.
        for (classID, places) in places.sorted(by: { $0.key < $1.key }) {
            guard let known = snapshot.schema[classID] else { continue }
            let found = try read(known, places.map { ids[$0].local })
            for (place, item) in zip(places, found) { items[place] = item }
        }
        return items.compactMap { $0 }
    }

    // MARK: - Private

    private func grouped(
        _ documents: [Document], _ ids: [EntityID], _ link: LinkCondition?, in snapshot: CatalogSnapshot
    ) throws -> Document {
        let places = Dictionary(ids.enumerated().map { ($1, $0) }) { first, _ in first }
        var groups: [EntityID: [Int]] = [:]
        var pace = CancellationPace(cancellation)
        for one in link?.links ?? [] {
            try forEachPair(one, with: FoundSet(ordered: ids), in: snapshot) { source, id in
                try pace.step()
                if let place = places[id] { groups[source, default: []].append(place) }
            }
        }
        var grouped = Document()
        for source in groups.keys.sorted() {
            let members = Set(groups[source] ?? []).sorted()
            for _ in members { try pace.step() }
            grouped.append(
                source.description,
                .array(members.map { .object(documents.indices.contains($0) ? documents[$0] : [:]) }))
        }
        return grouped
    }

    private func handOut(
        _ find: FindCommand, _ ids: [EntityID], _ documents: inout [Document]?, _ reply: inout Document,
        in snapshot: CatalogSnapshot
    ) throws {
        let start = query.commands.isEmpty ? 0 : requests.count
        var index = start
        let isVideo = find.subject == .video || find.subject == .clip
        let videoWork =
            isVideo
            ? try VideoWork(find.operations, codec: find.codec, container: find.container) : nil
        let work =
            isVideo ? nil : try PixelWork(find.operations, format: find.format, quality: find.quality)
        var hasAny = false
        var places: [Int?] = []
        for id in ids {
            let request =
                try videoWork.map { try videoRequest(id, $0, in: snapshot) }
                ?? blobRequest(id, work, isAlone: ids.count == 1, in: snapshot)
            if let request {
                requests.append(request)
                places.append(index)
                index += 1
                hasAny = true
            } else {
                places.append(nil)
            }
        }
        if isAperture, hasAny { reply["blobs_start"] = .integer(Int64(start)) }
        guard documents != nil else { return }
        let isRegion = find.subject == .boundingBox || find.subject == .polygon
        let lacksSome = places.contains(nil)
        for (place, blob) in places.enumerated() where documents!.indices.contains(place) {
            if isAperture {
                if let blob { documents?[place]["_blob_index"] = .integer(Int64(blob)) }
            } else if find.subject == .descriptor || find.subject == .entity || isRegion && lacksSome {
                documents?[place]["blob"] = .boolean(blob != nil)
            }
        }
    }

    /// What an entity hands out as its blob; `nil` where it has none, as a region outside its image.
    /// - Throws: ``EngineError/Code/invalidOperation`` for such a region where nothing else is handed out.
    private func blobRequest(
        _ id: EntityID, _ work: PixelWork?, isAlone: Bool, in snapshot: CatalogSnapshot
    ) throws -> BlobRequest? {
        guard let known = snapshot.schema[id.classNumber], known.kind == .entity else { return nil }
        if WireNames.setName(ofClass: known.name) != nil {
            return .bytes(try service.vectors.bytes(of: id.local, in: known, snapshot))
        }
        if RegionClass(rawValue: known.name) != nil {
            guard let region = try snapshot.regions(of: known, [id.local]).first,
                let owner = snapshot.schema[region.image.classNumber]
            else { return nil }
            // A region has no pixels of its own.
            try service.principal.check(.read, class: names.wireClass(owner.name))
            let part = PixelWork(croppingTo: region.geometry.bounds, then: work)
            if owner.name == VideoPartClass.frame.rawValue {
                return try frameRequest(region.image, owner, part, in: snapshot)
            }
            guard try snapshot.blob(of: region.image) != nil else { return nil }
            if let size = try imageSize(region.image, of: owner, in: snapshot),
                Crop(touching: region.geometry.bounds, width: size.width, height: size.height) == nil
            {
                if !isAlone { return nil }
                throw EngineError(
                    .invalidOperation,
                    "\(names.wireClass(known.name)) \(id) \(region.geometry.bounds.place) lies outside its image \(region.image) of \(size.width) × \(size.height)"
                )
            }
            let stored = try snapshot.storedBytes(region.image, class: owner.name)
            return .stored(stored, part)
        }
        if known.name == VideoPartClass.frame.rawValue {
            return try frameRequest(id, known, work, in: snapshot)
        }
        guard try snapshot.blob(of: id) != nil else { return nil }
        let stored = try snapshot.storedBytes(id, class: known.name)
        return .stored(stored, known.name == Store.imageClass ? work : nil)
    }

    /// The size of an image in pixels; `nil` where it is not known, as of a file that could not be read.
    private func imageSize(
        _ id: EntityID, of known: ClassSchema, in snapshot: CatalogSnapshot
    ) throws -> PixelSize? {
        let row = try snapshot.entities(of: known, [id.local], properties: ["width", "height"]).first
        guard let width = row?.properties["width"]?.integerValue,
            let height = row?.properties["height"]?.integerValue
        else { return nil }
        return PixelSize(width: Int(width), height: Int(height))
    }
}
