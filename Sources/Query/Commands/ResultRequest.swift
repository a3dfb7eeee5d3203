public import Base

/// What a search tells of what it found.
public struct ResultRequest: Sendable, Hashable {
    /// Whether there was a `results` at all: without it, and without `_ref`, ApertureDB sends blobs.
    public var isGiven = false
    /// The properties to list, in this order; `nil` for none. `_uniqueid` and the other system properties may
    /// be among them. Of VDMS also `_id`, `_label`, `_distance`, `_coordinates`.
    public var list: [String]?
    /// Whether every property is listed.
    public var allProperties = false
    /// Whether the number of those found is told.
    public var count = false
    /// Properties to add up. VDMS has at most one, answered under `sum`.
    public var sum: [String] = []
    /// Properties to average. VDMS has at most one, answered under `average`.
    public var average: [String] = []
    /// Properties whose least value is told.
    public var min: [String] = []
    /// Properties whose greatest value is told.
    public var max: [String] = []
    /// Properties by whose values the aggregates are grouped; empty for one group of all.
    public var group: [String] = []
    /// How many are told at most; `nil` for no limit.
    public var limit: Int?
    /// How many are passed over first.
    public var offset = 0
    /// The order, the most significant key first; empty for that of `_uniqueid`, or of distance.
    public var sort: [ResultSortKey] = []
    /// Whether they are told for each entity of the earlier result that they are connected to.
    public var groupsBySource = false
    /// One page of many, with how many there are.
    public var batch: ResultBatch?
    /// Whether `_uniqueid` is told (`uniqueids`, and `ids` of older clients).
    public var uniqueIDs = false
    /// Whether blobs are returned; `nil` where the query does not say, see ``FindCommand/returnsBlobs(in:)``.
    public var blobs: Bool?
    /// What else is told.
    public var shown: ShownFields = []

    /// Nothing but how many were returned.
    public init() {}

    /// Whether sums, averages, extremes or a count are asked for.
    public var hasAggregates: Bool {
        count || !sum.isEmpty || !average.isEmpty || !min.isEmpty || !max.isEmpty || !group.isEmpty
    }

    /// Whether something is told of each entity.
    public var listsEntities: Bool { list != nil || allProperties || uniqueIDs || !shown.isEmpty }
}

/// One key of an order of results.
public struct ResultSortKey: Sendable, Hashable {
    /// The property.
    public var key: String
    /// From small to great; without meaning if there is a sequence.
    public var ascending: Bool
    /// The values in the order they are to come in, whatever their size; others come after them. `nil` for
    /// the order of values.
    public var sequence: [Value]?

    /// Makes a key.
    public init(_ key: String, ascending: Bool = true, sequence: [Value]? = nil) {
        self.key = key
        self.ascending = ascending
        self.sequence = sequence
    }
}

/// A page of results (`batch`).
public struct ResultBatch: Sendable, Hashable {
    /// How many a page has; `nil` where only the number of results is asked for (`"batch": {}`).
    public var size: Int?
    /// Which page, from 0.
    public var id: Int

    /// Makes a page.
    public init(size: Int? = nil, id: Int = 0) {
        self.size = size
        self.id = id
    }
}

/// What ApertureDB's searches tell of an entity beyond its properties, each asked for by a flag.
public struct ShownFields: OptionSet, Sendable, Hashable {
    /// One bit a field.
    public let rawValue: UInt32

    /// The set of the given bits.
    public init(rawValue: UInt32) { self.rawValue = rawValue }

    /// `_coordinates` of a bounding box.
    public static let coordinates = ShownFields(rawValue: 1 << 0)
    /// `_area` of a region.
    public static let areas = ShownFields(rawValue: 1 << 1)
    /// `_label`.
    public static let labels = ShownFields(rawValue: 1 << 2)
    /// `_bounds` of a polygon.
    public static let bounds = ShownFields(rawValue: 1 << 3)
    /// `_vertices` of a polygon.
    public static let vertices = ShownFields(rawValue: 1 << 4)
    /// `_hull` of a polygon.
    public static let hulls = ShownFields(rawValue: 1 << 5)
    /// `_decomposition` of a polygon.
    public static let decompositions = ShownFields(rawValue: 1 << 6)
    /// `_distance` of a neighbour.
    public static let distances = ShownFields(rawValue: 1 << 7)
    /// `_metrics` of a descriptor set.
    public static let metrics = ShownFields(rawValue: 1 << 8)
    /// `_engines` of a descriptor set.
    public static let engines = ShownFields(rawValue: 1 << 9)
    /// `_dimensions` of a descriptor set.
    public static let dimensions = ShownFields(rawValue: 1 << 10)
    /// `_count` of a descriptor set.
    public static let counts = ShownFields(rawValue: 1 << 11)
    /// `_url`.
    public static let urls = ShownFields(rawValue: 1 << 12)
    /// `_set_name` of a descriptor.
    public static let sets = ShownFields(rawValue: 1 << 13)
    /// Where a clip or a frame lies by frame numbers.
    public static let frameNumbers = ShownFields(rawValue: 1 << 14)
    /// Where a clip or a frame lies by time.
    public static let timeOffsets = ShownFields(rawValue: 1 << 15)
    /// Where a clip or a frame lies as a part of the whole.
    public static let timeFractions = ShownFields(rawValue: 1 << 16)
}
