public import Base

/// A condition on labelled images in the small language of Cortex's later interface: a subset that cannot be
/// expensive, with typed fields.
public indirect enum SampleFilter: Sendable, Hashable {
    /// Every image.
    case all
    case and([SampleFilter])
    case or([SampleFilter])
    case not(SampleFilter)
    /// Objects of one class that an image shows.
    case objects(ObjectCondition)
    /// A number that is known of an image.
    case number(Field, Comparison)
    /// When an image was first seen, between the bounds.
    case collected(Comparison)

    /// The fields with numbers.
    public enum Field: String, Sendable, Hashable, CaseIterable {
        case width
        case height
        /// In `0...1`.
        case labelQuality = "label_quality"
        /// How many objects an image shows, of all classes together.
        case objectCount = "object_count"
    }

    /// A condition on the objects of one class.
    public struct ObjectCondition: Sendable, Hashable {
        public var name: String
        /// How many there are; at least one where `nil`.
        public var count: Comparison?
        /// The area of the largest one, as a part of the image's, in `0...1`.
        public var maxBoxArea: Comparison?

        public init(_ name: String, count: Comparison? = nil, maxBoxArea: Comparison? = nil) {
            self.name = name
            self.count = count
            self.maxBoxArea = maxBoxArea
        }
    }

    /// What a value is held against: each of some predicates, of which there is at least one.
    public struct Comparison: Sendable, Hashable {
        public var predicates: [Predicate]

        public init(_ predicates: [Predicate]) { self.predicates = predicates }

        /// Whether a value satisfies all; a missing one satisfies none.
        public func accepts(_ value: Value?) -> Bool {
            value != nil && predicates.allSatisfy { $0.accepts(value) }
        }
    }

    /// How deep a filter may be.
    public static let depthLimit = 8
    /// How many conditions it may have.
    public static let conditionLimit = 64

    /// Reads a filter from a JSON value.
    /// - Parameter name: what errors' paths begin with.
    /// - Throws: ``FilterError``; its message begins with the path, as in
    ///   `filter.$and[1].count: must be an integer >= 1`.
    public static func parse(_ value: Value, name: String = "filter") throws(FilterError) -> SampleFilter {
        var parser = SampleFilterParser()
        return try parser.node(value, .key(.root, name), depth: 1)
    }
}
