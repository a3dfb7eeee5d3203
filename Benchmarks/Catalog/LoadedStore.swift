import Base
import Catalog
import Columns
import Glibc
import SystemPackage

/// The collection in a catalog, put there through the calls that an import makes.
enum LoadedStore {
    static let image = "Image"
    static let tag = "autotag"
    static let tagged = "tagged"
    static let probability = "prob"
    /// The properties that the filters and the facets are about.
    static let queried = [
        "owner", "camera", "country", "license", "width", "height", "bytes", "captured_at", "lat", "lon",
        "quality",
    ]
    /// Images of one transaction: what a writer may hold up the others for.
    private static let block = 100_000

    /// - Parameter pictures: the bytes that the images stand for, in turn; none where empty.
    static func insertImages(
        _ collection: Collection, pictures: [BlobEntry] = [], into catalog: Catalog
    ) throws {
        try catalog.write { transaction in
            let names = (0..<Collection.tagCount).map(Collection.tagName)
            try transaction.insert(
                tag, rows: BulkRows(count: names.count, columns: [.init("name", .strings(names))]))
        }
        for start in stride(from: 0, to: collection.count, by: block) {
            let range = start..<min(start + block, collection.count)
            let rows = rows(collection, range)
            let blobs = pictures.isEmpty ? nil : range.map { pictures[$0 % pictures.count] }
            try catalog.write { try $0.insert(image, rows: rows, blobs: blobs) }
        }
    }

    static func connectTags(_ collection: Collection, in catalog: Catalog) throws {
        let perImage = Collection.tagsPerImage
        for start in stride(from: 0, to: collection.count, by: block) {
            let range = start * perImage..<min(start + block, collection.count) * perImage
            let sources = range.map { LocalID($0 / perImage) }
            let targets = collection.tags[range].map { LocalID($0) }
            let rows = BulkRows(
                count: range.count,
                columns: [.init(probability, .floats(Array(collection.probabilities[range])))])
            try catalog.write {
                try $0.connect(tagged, from: image, sources, to: tag, targets, rows: rows)
            }
        }
    }

    /// What the queries need: columns of the queried properties, postings of the tags.
    static func buildIndexes(_ catalog: Catalog) throws {
        for property in queried { try catalog.buildIndex(of: image, property: property) }
        try catalog.read { snapshot in
            let classes = try TagClasses(snapshot)
            _ = try snapshot.postings(of: classes.tagged, classes.ends, keyedBy: .target)
        }
    }

    /// Adds one image with its tags.
    static func insert(_ drawn: DrawnImage, _ transaction: Transaction) throws {
        let source = try transaction.insert(
            image,
            [
                "path": .string(drawn.path), "owner": .string(drawn.owner), "camera": .string(drawn.camera),
                "country": .string(drawn.country), "license": .string(drawn.license),
                "width": .integer(drawn.width), "height": .integer(drawn.height),
                "bytes": .integer(drawn.byteCount),
                "captured_at": .dateTime(DateTime(microseconds: drawn.captured)),
                "lat": .float(drawn.latitude), "lon": .float(drawn.longitude),
                "quality": .float(drawn.quality),
            ])
        guard let known = transaction.schema.entityClass(tag) else { return }
        for tag in drawn.tags {
            try transaction.connect(
                tagged, from: source, to: known.entityID(LocalID(tag.number)),
                [probability: .float(tag.probability)])
        }
    }

    // MARK: - Private

    private static func rows(_ collection: Collection, _ range: Range<Int>) -> BulkRows {
        BulkRows(
            count: range.count,
            columns: [
                .init("path", .strings(Array(collection.paths[range]))),
                .init("owner", .strings(Array(collection.owners[range]))),
                .init("camera", .strings(Array(collection.camera[range]))),
                .init("country", .strings(Array(collection.country[range]))),
                .init("license", .strings(Array(collection.license[range]))),
                .init("width", .integers(Array(collection.width[range]))),
                .init("height", .integers(Array(collection.height[range]))),
                .init("bytes", .integers(Array(collection.byteCounts[range]))),
                .init("captured_at", .dateTimes(Array(collection.captured[range]), zone: DateTime.utc)),
                .init("lat", .floats(Array(collection.latitude[range]))),
                .init("lon", .floats(Array(collection.longitude[range]))),
                .init("quality", .floats(Array(collection.quality[range]))),
            ])
    }
}

/// The classes that the queries are about, as one snapshot knows them.
struct TagClasses {
    let image: ClassSchema
    let tagged: ClassSchema
    let ends: ConnectionEnds

    init(_ snapshot: CatalogSnapshot) throws {
        guard let image = snapshot.schema.entityClass(LoadedStore.image),
            let tagged = snapshot.schema.connectionClass(LoadedStore.tagged), let ends = tagged.ends.first
        else { throw BenchmarkFailure("the store has no tagged images") }
        self.image = image
        self.tagged = tagged
        self.ends = ends
    }

    func property(_ name: String) throws -> PropertySchema {
        guard let property = image[name] else {
            throw BenchmarkFailure("images have no property '\(name)'")
        }
        return property
    }
}

/// Why a benchmark gave up.
struct BenchmarkFailure: Error, CustomStringConvertible {
    var description: String
    init(_ description: String) { self.description = description }
}
