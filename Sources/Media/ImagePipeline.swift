/// A list of operations that makes pixels, or a file of them, out of an image file.
public struct ImagePipeline: Sendable {
    public let decode: DecodeStep
    public let operations: [any ImageOperation]
    public let output: OutputStep

    /// The most operations that a text may have.
    public static let longest = 32

    public init(
        decode: DecodeStep = .init(), operations: [any ImageOperation], output: OutputStep = .automatic
    ) {
        self.decode = decode
        self.operations = operations
        self.output = output
    }

    /// Parses the operations, one text each (`resize=224x224`, `encode=png`), in the order in which they are
    /// done.
    ///
    /// A pipeline that begins with a thumbnail decodes scaled unless it says otherwise.
    ///
    /// - Throws: ``MediaError/Code/invalidOperation`` for a text that is no operation, or one out of place;
    ///   the message names the operation, the parameter, its range and what was given.
    public init(_ texts: [String]) throws(MediaError) {
        guard texts.count <= Self.longest else {
            throw MediaError(
                .invalidOperation,
                "a pipeline has at most \(Self.longest) operations, this one \(texts.count)")
        }
        var decode: DecodeStep?
        var operations: [any ImageOperation] = []
        var output: (name: String, step: OutputStep)?
        for (index, text) in texts.enumerated() {
            let (reference, arguments) = try OperationTable.parse(text)
            if let output {
                throw MediaError(
                    .invalidOperation, "\(reference.name): \(output.name) must be the last operation")
            }
            switch reference.stage {
            case .decode:
                guard index == 0 else { throw reference.failure("it must be the first operation") }
                decode = try DecodeStep(arguments)
            case .pixels:
                guard
                    let type = OperationTable.operations.first(where: { $0.reference.name == reference.name })
                else {
                    throw reference.failure("it is not an operation on pixels")
                }
                operations.append(try type.init(arguments))
            case .output:
                output = (reference.name, try OutputStep(arguments))
            }
        }
        self.init(
            decode: decode ?? DecodeStep(isScaled: operations.first is Thumbnail), operations: operations,
            output: output?.step ?? .automatic)
    }

    /// The canonical texts: with every argument, the same for every spelling of the same pipeline.
    public var texts: [String] {
        [DecodeStep.reference.text(decode.arguments)] + operations.map(\.text) + [output.text]
    }

    /// The canonical texts joined by `&`, as in a URL: a key for caches and entity tags.
    public var text: String { texts.joined(separator: "&") }

    /// The size of the result for an image of `size`, upright.
    ///
    /// - Throws: ``MediaError/Code/invalidOperation`` if an operation cannot be done on it.
    public func outputSize(of size: PixelSize) throws(MediaError) -> PixelSize {
        var size = size
        for operation in operations { size = try operation.outputSize(of: size) }
        return size
    }
}
