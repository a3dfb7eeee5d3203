public import Media

/// A class of a whole image.
public struct Classification: Sendable, Hashable {
    /// The class, as an index of the model's labels.
    public var classIndex: Int
    /// The name of the class.
    public var label: String
    /// In `0...1`.
    public var confidence: Double

    public init(classIndex: Int, label: String, confidence: Double) {
        self.classIndex = classIndex
        self.label = label
        self.confidence = confidence
    }
}

/// Reads one number for each class.
struct ClassDecoder: Sendable, Hashable {
    var activation: Activation
    /// At most that many classes, the most confident ones.
    var top: Int
    /// Classes must be at least as confident as that.
    var confidence: Double
    var output = 0

    /// The most confident first, of equal ones the first.
    func classes(in outputs: OutputSet, labels: [String]) throws(InferenceError) -> [Classification] {
        let numbers = try outputs[output].numbers
        guard numbers.count == labels.count else {
            throw InferenceError(
                .invalidModel,
                "\(outputs.model) gives \(try outputs[output].shapeText), \(numbers.count) numbers, its description has \(labels.count) labels"
            )
        }
        let confidences = try activation.applied(to: numbers).map { number throws(InferenceError) in
            try outputs.probability(number)
        }
        return confidences.indices.sorted {
            confidences[$0] == confidences[$1] ? $0 < $1 : confidences[$0] > confidences[$1]
        }.prefix(top).filter { confidences[$0] >= confidence }.map {
            Classification(classIndex: $0, label: labels[$0], confidence: confidences[$0])
        }
    }
}

/// Reads a vector.
struct VectorDecoder: Sendable, Hashable {
    var dimensions: Int
    /// Whether the vector is divided by its length.
    var normalises: Bool
    var output = 0

    func vector(in outputs: OutputSet) throws(InferenceError) -> [Float] {
        let numbers = try outputs[output].numbers
        guard numbers.count == dimensions else {
            throw InferenceError(
                .invalidModel,
                "\(outputs.model) gives \(try outputs[output].shapeText), its description says \(dimensions) dimensions"
            )
        }
        return try normalises ? VectorDecoder.normalised(numbers, outputs) : numbers
    }

    static func normalised(_ numbers: [Float], _ outputs: OutputSet) throws(InferenceError) -> [Float] {
        let length = numbers.reduce(0) { $0 + Double($1) * Double($1) }.squareRoot()
        guard length > 0 else { throw outputs.failure("gives a vector of zeros, which has no direction") }
        return numbers.map { Float(Double($0) / length) }
    }
}

/// Reads one probability.
struct ScoreDecoder: Sendable, Hashable {
    var activation: Activation
    /// Which number of the output.
    var index: Int
    var output = 0

    func score(in outputs: OutputSet) throws(InferenceError) -> Double {
        let numbers = try outputs[output].numbers
        guard numbers.indices.contains(index) else {
            throw InferenceError(
                .invalidModel,
                "\(outputs.model) gives \(numbers.count) numbers, its decoder reads number \(index)")
        }
        return try outputs.probability(activation.applied(to: numbers)[index])
    }
}

/// The class of each pixel of an image.
public struct SegmentationMask: Sendable, Hashable {
    /// Of the image, upright.
    public var size: PixelSize
    /// `height × width` indices of the model's labels, row by row.
    public var classes: [UInt8]
}

/// Reads a number for each class and pixel, or one for each pixel.
struct MaskDecoder: Sendable, Hashable {
    var layout: TensorFormat.Layout
    /// For one number a pixel: above which confidence it is class 1, after the sigmoid where
    /// ``appliesSigmoid``.
    var confidence: Double
    var appliesSigmoid: Bool
    var output = 0

    /// The most pixels of an image whose mask is made.
    static let mostPixels = 1 << 28

    func mask(
        in outputs: OutputSet, size: PixelSize, placement: Placement, classCount: Int
    ) throws(InferenceError) -> SegmentationMask {
        let isPlanar = layout == .nchw
        let output = try outputs.output(
            output, sides: 1, nil, nil, nil,
            meaning: "1 × classes × rows × columns (or with the classes last)")
        let channels = output.shape[isPlanar ? 1 : 3]
        let rows = output.shape[isPlanar ? 2 : 1], columns = output.shape[isPlanar ? 3 : 2]
        guard rows > 0, columns > 0, channels == classCount || channels == 1 && classCount == 2 else {
            throw InferenceError(
                .invalidModel,
                "\(outputs.model) gives \(output.shapeText), \(channels) classes, its description has \(classCount) labels"
            )
        }
        let image = placement.size
        guard image.width * image.height <= Self.mostPixels else {
            throw InferenceError(
                .limitExceeded, "the image is \(image), the limit for a mask is \(Self.mostPixels) pixels")
        }
        let cells = classesOfCells(output.numbers, channels: channels, cells: rows * columns)
        // For the middle of each pixel, the cell that it falls into.
        func cell(_ pixel: Int, _ scale: Double, _ offset: Double, _ side: Int, _ count: Int) -> Int {
            let place = ((Double(pixel) + 0.5) * scale + offset) / Double(side) * Double(count)
            return min(max(Int(place.rounded(.down)), 0), count - 1)
        }
        let across = (0..<image.width).map {
            cell($0, placement.scaleX, placement.offsetX, size.width, columns)
        }
        var classes: [UInt8] = []
        classes.reserveCapacity(image.width * image.height)
        for pixel in 0..<image.height {
            let row = cell(pixel, placement.scaleY, placement.offsetY, size.height, rows) * columns
            for column in across { classes.append(cells[row + column]) }
        }
        return SegmentationMask(size: image, classes: classes)
    }

    private func classesOfCells(_ numbers: [Float], channels: Int, cells: Int) -> [UInt8] {
        if channels == 1 {
            return numbers.map { number in
                let value = appliesSigmoid ? Activation.sigmoid(Double(number)) : Double(number)
                return value > confidence ? 1 : 0
            }
        }
        let isPlanar = layout == .nchw
        return (0..<cells).map { cell in
            func number(_ channel: Int) -> Float {
                numbers[isPlanar ? channel * cells + cell : cell * channels + channel]
            }
            var best = 0
            for channel in 1..<channels where number(channel) > number(best) { best = channel }
            return UInt8(best)
        }
    }
}
