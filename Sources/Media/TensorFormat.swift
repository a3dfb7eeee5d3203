/// How an image becomes an array of numbers.
public struct TensorFormat: Sendable, Hashable {
    /// The type of a number.
    public enum Element: String, Sendable, Hashable, CaseIterable {
        /// The samples as they are, `0...255`.
        case uint8 = "u8"
        /// Single precision, little-endian.
        case float32 = "f32"

        /// The name by which NumPy knows the type.
        public var numpyName: String {
            switch self {
            case .uint8: "uint8"
            case .float32: "float32"
            }
        }

        /// Bytes of one number.
        public var byteCount: Int { self == .uint8 ? 1 : 4 }
    }

    /// The order of the numbers.
    public enum Layout: String, Sendable, Hashable, CaseIterable {
        /// `1 × height × width × channels`.
        case nhwc
        /// `1 × channels × height × width`.
        case nchw
    }

    public var element: Element
    public var layout: Layout
    /// A sample `v` of channel `c` becomes `(v × scale − mean[c]) ÷ std[c]`, computed in double precision and
    /// rounded once. Only for ``Element/float32``.
    public var scale: Double
    /// One value for each channel, or one for all.
    public var mean: [Double]
    /// One value for each channel, or one for all; none is 0.
    public var std: [Double]

    public init(
        element: Element = .uint8, layout: Layout = .nhwc, scale: Double = 1, mean: [Double] = [0],
        std: [Double] = [1]
    ) {
        self.element = element
        self.layout = layout
        self.scale = scale
        self.mean = mean
        self.std = std
    }

    /// The shape that an image of `size` and `channels` takes.
    public func shape(of size: PixelSize, channels: Int) -> [Int] {
        switch layout {
        case .nhwc: [1, size.height, size.width, channels]
        case .nchw: [1, channels, size.height, size.width]
        }
    }
}

/// An image as an array of numbers.
public struct Tensor: Sendable, Equatable {
    /// Four sides, the outermost first.
    public var shape: [Int]
    public var element: TensorFormat.Element
    /// The numbers, little-endian, the last side running fastest.
    public var bytes: [UInt8]
}
