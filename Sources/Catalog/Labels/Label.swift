public import Base

/// The number of an entry of the label log, by which a current label is known.
public typealias LabelID = Int64

/// The number of a run of a model, a rule or an import.
public typealias RunID = Int64

/// What a label says of its target.
public enum LabelKind: Int64, Sendable, Hashable, CaseIterable, CustomStringConvertible {
    case `class` = 0
    case box = 1
    case polygon = 2
    case mask = 3
    case points = 4
    case caption = 5
    case track = 6
    case interval = 7

    /// The word for it on the wire.
    public var description: String {
        switch self {
        case .class: "class"
        case .box: "box"
        case .polygon: "polygon"
        case .mask: "mask"
        case .points: "points"
        case .caption: "caption"
        case .track: "track"
        case .interval: "interval"
        }
    }
}

/// Where on its target a label applies, or what it says.
public enum LabelGeometry: Sendable, Hashable {
    /// Coordinates, points, a caption's text: whatever JSON can say.
    case json(Value)
    /// Bytes, such as a run-length encoded mask.
    case bytes([UInt8])
}

/// A label to be appended to the log.
public struct NewLabel: Sendable, Hashable {
    public var kind: LabelKind
    /// The label class, such as `cat`; a caption has none.
    public var name: String?
    public var geometry: LabelGeometry?
    /// In `0...1`; `nil` where whoever labelled gave none, as humans do.
    public var confidence: Double?
    /// `human:<user>`, `model:<id>@<version>`, `rule:<id>` or `import:<run>`.
    public var source: String
    /// The run that it belongs to, and with which it can be reverted.
    public var run: RunID?
    /// When it was made; the time of the transaction where `nil`.
    public var time: DateTime?
    /// The current label that this one takes the place of.
    public var parent: LabelID?

    public init(
        _ kind: LabelKind, _ name: String?, geometry: LabelGeometry? = nil, confidence: Double? = nil,
        source: String, run: RunID? = nil, time: DateTime? = nil, parent: LabelID? = nil
    ) {
        self.kind = kind
        self.name = name
        self.geometry = geometry
        self.confidence = confidence
        self.source = source
        self.run = run
        self.time = time
        self.parent = parent
    }
}

/// A label as it stands: one of the fold of the log.
public struct Label: Sendable, Hashable {
    public var id: LabelID
    public var target: EntityID
    public var kind: LabelKind
    public var name: String?
    public var geometry: LabelGeometry?
    public var confidence: Double?
    public var source: String
    public var run: RunID?
    public var time: DateTime
    /// The label that it took the place of.
    public var parent: LabelID?
}

/// A run of a model, a rule or an import: what its labels have in common.
public struct LabelRun: Sendable, Hashable {
    public var id: RunID
    /// `import`, `model` or `rule`.
    public var kind: String
    /// The source that its labels name.
    public var source: String
    public var started: DateTime
    /// `nil` while it runs, or if it was interrupted.
    public var finished: DateTime?
    /// When its labels were taken back; `nil` while they stand.
    public var reverted: DateTime?
    public var parameters: Document
}
