/// All that is recorded of an image file when it comes in.
public struct ImageFacts: Sendable, Equatable {
    public var format: ImageFormat
    /// What the file says of itself; `nil` where not even that could be read.
    public var header: ImageHeader?
    /// What its pixels say; `nil` where they could not be decoded.
    public var pixels: PixelFacts?
    /// What is wrong with the file: that it could not be decoded, or (with ``pixels``) only in part.
    public var decodeError: String?

    public init(
        format: ImageFormat, header: ImageHeader? = nil, pixels: PixelFacts? = nil, decodeError: String? = nil
    ) {
        self.format = format
        self.header = header
        self.pixels = pixels
        self.decodeError = decodeError
    }
}

/// Fingerprints and statistics of decoded pixels, alpha left aside.
public struct PixelFacts: Sendable, Equatable {
    public var pHash: PerceptualHash
    public var dHash: PerceptualHash
    /// One of gray, three of colour (R, G, B).
    public var channels: [SampleStatistics]
}

/// How the samples of one channel are distributed.
public struct SampleStatistics: Sendable, Equatable {
    /// How often each of the 256 values occurs.
    public var histogram: [UInt32]

    /// - Precondition: `histogram` has 256 counts.
    public init(histogram: [UInt32]) {
        precondition(histogram.count == 256, "a sample of 8 bits has 256 values")
        self.histogram = histogram
    }

    /// The arithmetic mean, `0...255`; `0` of nothing. Exact but for one rounding.
    public var mean: Double {
        let (count, sum, _) = moments
        return count == 0 ? 0 : Double(sum) / Double(count)
    }

    /// The population standard deviation, `0...127.5`; `0` of nothing. The variance is exact but for its
    /// roundings at the end: `n Σv² − (Σv)²` is an integer.
    public var standardDeviation: Double {
        let (count, sum, squares) = moments
        guard count > 0 else { return 0 }
        let scaled = UInt128(count) * UInt128(squares) - UInt128(sum) * UInt128(sum)
        return Double(scaled).squareRoot() / Double(count)
    }

    private var moments: (count: UInt64, sum: UInt64, squares: UInt64) {
        var count: UInt64 = 0, sum: UInt64 = 0, squares: UInt64 = 0
        for (value, occurrences) in histogram.enumerated() {
            let value = UInt64(value), occurrences = UInt64(occurrences)
            count += occurrences
            sum += value * occurrences
            squares += value * value * occurrences
        }
        return (count, sum, squares)
    }
}
