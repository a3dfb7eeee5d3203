/// Width and height in pixels.
public struct PixelSize: Sendable, Hashable, CustomStringConvertible {
    public var width: Int
    public var height: Int

    public init(width: Int, height: Int) {
        self.width = width
        self.height = height
    }

    /// `640×480`.
    public var description: String { "\(width)×\(height)" }

    /// The largest size of this shape that lies within `bounds`: one side is that of `bounds`, the other is
    /// rounded half up, and at least 1.
    func fitted(into bounds: PixelSize) -> PixelSize {
        if bounds.width * height <= bounds.height * width {
            return PixelSize(width: bounds.width, height: PixelSize.proportion(height, bounds.width, width))
        }
        return PixelSize(width: PixelSize.proportion(width, bounds.height, height), height: bounds.height)
    }

    /// `side × new / old`, rounded half up, at least 1.
    static func proportion(_ side: Int, _ new: Int, _ old: Int) -> Int {
        max(1, (2 * side * new + old) / (2 * old))
    }
}

extension Raster {
    /// Width and height in pixels.
    public var size: PixelSize { PixelSize(width: width, height: height) }
}
