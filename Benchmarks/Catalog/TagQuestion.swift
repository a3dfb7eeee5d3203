import Base
import Catalog
import Columns

/// A question about tags and places, drawn anew for each run; the answer is a set of ids, or counts of tags.
enum TagQuestion: Sendable {
    /// Images with both tags.
    case both(Int, Int, probability: Double)
    /// Images with a tag within a box.
    case within(Int, Box, probability: Double)
    /// How many images within a box have each tag.
    case facet(Box, probability: Double)

    /// A box of degrees, its edges part of it.
    struct Box: Sendable {
        var south, north, west, east: Double

        /// Around one of the places where images are.
        init(_ random: inout RandomSource, _ collection: Collection) {
            let image = random.below(collection.count)
            let (height, width) = (2 + 6 * random.unit(), 3 + 9 * random.unit())
            func degrees(_ value: Double) -> Double { (value * 1_000).rounded() / 1_000 }
            south = degrees(collection.latitude[image] - height)
            north = degrees(collection.latitude[image] + height)
            west = degrees(collection.longitude[image] - width)
            east = degrees(collection.longitude[image] + width)
        }

        var sql: String { "lat >= \(south) AND lat <= \(north) AND lon >= \(west) AND lon <= \(east)" }

        func select(_ snapshot: CatalogSnapshot, _ classes: TagClasses) throws -> IdSet {
            func between(_ name: String, _ low: Double, _ high: Double) throws -> IdSet {
                try snapshot.select(
                    classes.image, try classes.property(name),
                    .range(lower: .including(.float(low)), upper: .including(.float(high)))
                ).ids
            }
            return try between("lat", south, north).intersection(try between("lon", west, east))
        }
    }

    static func drawBoth(_ random: inout RandomSource) -> TagQuestion {
        let tags = random.choose(2, below: 30)
        return .both(tags[0], tags[1], probability: TagQuestion.probability(&random))
    }

    static func drawWithin(_ random: inout RandomSource, _ collection: Collection) -> TagQuestion {
        .within(random.below(30), Box(&random, collection), probability: TagQuestion.probability(&random))
    }

    static func drawFacet(_ random: inout RandomSource, _ collection: Collection) -> TagQuestion {
        .facet(Box(&random, collection), probability: TagQuestion.probability(&random))
    }

    // MARK: - Ours

    /// The images asked for; not for facets.
    func select(_ snapshot: CatalogSnapshot) throws -> IdSet {
        let classes = try TagClasses(snapshot)
        switch self {
        case .both(let one, let other, let probability):
            return try tagged(one, probability, snapshot, classes).intersection(
                try tagged(other, probability, snapshot, classes))
        case .within(let tag, let box, let probability):
            return try tagged(tag, probability, snapshot, classes).intersection(
                try box.select(snapshot, classes))
        case .facet(let box, _): return try box.select(snapshot, classes)
        }
    }

    /// The counts of all tags; only of facets.
    func facet(_ snapshot: CatalogSnapshot) throws -> [PostingCount] {
        guard case .facet(let box, _) = self else { return [] }
        let classes = try TagClasses(snapshot)
        guard let postings = try snapshot.postings(of: classes.tagged, classes.ends, keyedBy: .target) else {
            throw BenchmarkFailure("the tags have no postings")
        }
        return postings.facet(over: try box.select(snapshot, classes), where: ranges)
    }

    /// What a connection to a tag must satisfy to count.
    var ranges: [PostingRange] {
        switch self {
        case .both(_, _, let probability), .within(_, _, let probability), .facet(_, let probability):
            [range(probability)]
        }
    }

    /// The most frequent tags first, then the lower number.
    static func first(_ limit: Int, of counts: [PostingCount]) -> [(value: String, count: Int)] {
        counts.sorted { $0.count != $1.count ? $0.count > $1.count : $0.key < $1.key }.prefix(limit).map {
            (String($0.key), $0.count)
        }
    }

    // MARK: - PostgreSQL

    /// The ids in order for two tags and for a tag in a box, tags with their counts for a facet.
    var statement: String {
        switch self {
        case .both(let one, let other, let probability):
            """
            SELECT a.src FROM tagged a JOIN tagged b ON b.src = a.src WHERE a.dst = \(one) AND a.prob >= \(probability) \
            AND b.dst = \(other) AND b.prob >= \(probability)
            """
        case .within(let tag, let box, let probability):
            """
            SELECT id FROM images JOIN tagged ON src = id WHERE dst = \(tag) AND prob >= \(probability) AND \(box.sql)
            """
        case .facet(let box, let probability):
            """
            SELECT dst, count(*) FROM images JOIN tagged ON src = id WHERE prob >= \(probability) AND \(box.sql) \
            GROUP BY dst ORDER BY dst
            """
        }
    }

    /// The same with a count alone, so that nothing but the answer's size is sent.
    var countStatement: String {
        if case .facet = self { return statement }
        return "SELECT count(*) FROM (\(statement)) found"
    }

    // MARK: - Private

    /// At most four decimals, as the probabilities themselves.
    private static func probability(_ random: inout RandomSource) -> Double {
        Double(6_000 + random.below(3_000)) / 10_000
    }

    private func range(_ probability: Double) -> PostingRange {
        PostingRange(LoadedStore.probability, lower: .including(.float(probability)))
    }

    private func tagged(
        _ tag: Int, _ probability: Double, _ snapshot: CatalogSnapshot, _ classes: TagClasses
    ) throws -> IdSet {
        try snapshot.connected(
            by: classes.tagged, classes.ends, .source, to: [LocalID(tag)], where: [range(probability)]
        ).ids
    }
}
