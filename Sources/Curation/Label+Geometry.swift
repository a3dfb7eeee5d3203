public import Annotations
import Base
public import Catalog

extension Label {
    /// The box or polygon of a label that has one which can be read.
    var region: Region.Geometry? {
        guard case .json(let value)? = geometry, let regionClass = RegionClass(kind) else { return nil }
        return Region.Geometry(value, regionClass)
    }

    /// The box of a label of the kind `box`.
    var box: Box? {
        if case .box(let box)? = region { box } else { nil }
    }

    /// What a label of the kind `track` says, where it can be read.
    var track: Track? {
        guard kind == .track, case .json(let value)? = geometry else { return nil }
        return Track(value)
    }
}

/// The points of a label of the kind `points`, and the box of what they are points of, where it is told.
public struct KeyPoints: Sendable, Hashable {
    /// In pixels. One that was not seen is `nil`.
    public var points: [Point?]
    public var names: [String]
    public var box: Box?

    /// `nil` for what has no list of points.
    init?(_ value: Value) {
        guard let document = value.objectValue, let list = document["points"]?.arrayValue else { return nil }
        points = list.map { point in
            guard let pair = point.arrayValue, pair.count >= 2, let x = pair[0].floatValue,
                let y = pair[1].floatValue
            else { return nil }
            return Point(x: x, y: y)
        }
        names = (document["names"]?.arrayValue ?? []).map { $0.stringValue ?? "" }
        if let value = document["box"], case .box(let box)? = Region.Geometry(value, .box) { self.box = box }
    }

    /// As people call a point: its name, or its number from 1 on.
    func name(of place: Int) -> String {
        place < names.count && !names[place].isEmpty ? "'\(names[place])'" : "\(place + 1)"
    }
}

/// The size that a mask says it has, and whether its runs add up to that.
public struct MaskSize: Sendable, Hashable {
    public var width, height: Int
    public var addsUp: Bool

    /// `nil` for what is no mask in COCO's compressed form.
    init?(_ value: Value) {
        guard let document = value.objectValue, let size = document["size"]?.arrayValue, size.count == 2,
            let height = size[0].integerValue.flatMap({ Int(exactly: $0) }),
            let width = size[1].integerValue.flatMap({ Int(exactly: $0) }), width > 0, height > 0,
            width <= MaskSize.longest, height <= MaskSize.longest, let text = document["counts"]?.stringValue
        else { return nil }
        (self.width, self.height) = (width, height)
        addsUp = RunLengthMask(width: width, height: height, text: text) != nil
    }

    /// Pixels of a side, so that the area can be counted.
    private static let longest = 1 << 24
}

extension Label {
    /// What a label of the kind `points` says, where it can be read.
    var keyPoints: KeyPoints? {
        guard kind == .points, case .json(let value)? = geometry else { return nil }
        return KeyPoints(value)
    }

    /// The size of a label of the kind `mask`, where it can be read.
    var maskSize: MaskSize? {
        guard kind == .mask, case .json(let value)? = geometry else { return nil }
        return MaskSize(value)
    }
}

extension NewLabel {
    /// A label that says how a box moves, by its keyframes.
    public init(_ track: Track, _ name: String?, source: String, run: RunID? = nil, parent: LabelID? = nil) {
        self.init(
            .track, name, geometry: .json(track.value), source: source, run: run, parent: parent)
    }
}
