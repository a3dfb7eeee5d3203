public import Annotations
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

extension NewLabel {
    /// A label that says how a box moves, by its keyframes.
    public init(_ track: Track, _ name: String?, source: String, run: RunID? = nil, parent: LabelID? = nil) {
        self.init(
            .track, name, geometry: .json(track.value), source: source, run: run, parent: parent)
    }
}
