/// A part of an image: `x`, `y` of its top-left corner, then `width` and `height`, in pixels and fractions of
/// them.
public struct PixelBox: Sendable, Hashable {
    public var x, y, width, height: Double

    public init(x: Double, y: Double, width: Double, height: Double) {
        self.x = x
        self.y = y
        self.width = width
        self.height = height
    }

    /// The box that covers the same part of an image of another size.
    func scaled(from size: PixelSize, to other: PixelSize) -> PixelBox {
        guard size != other else { return self }
        let across = Double(other.width) / Double(size.width),
            down = Double(other.height) / Double(size.height)
        return PixelBox(x: x * across, y: y * down, width: width * across, height: height * down)
    }
}
