public import Base
public import Media

/// A model that is ready to run.
///
/// Safe to call from several threads; as many images are computed at the same time as ``ModelOptions`` says,
/// further callers wait. Each call blocks its thread for the whole computation, so it belongs on a
/// `BlockingPool`. Images are upright, as Media decodes them; alpha is dropped.
public final class Model: Sendable {
    public let description: ModelDescription
    /// The names of the classes, in their order; empty where the task has none.
    public let labels: [String]
    private let network: Network
    private let tokenizer: WordPiece?

    /// - Parameter files: the bytes of the files that the description names, which are what their SHA-256
    ///   says.
    init(
        _ description: ModelDescription, files: [String: [UInt8]], options: ModelOptions,
        library: OpenVINOLibrary
    ) throws(InferenceError) {
        self.description = description
        labels = try Model.labels(description, files)
        tokenizer = try description.tokens.map { tokens throws(InferenceError) in
            try WordPiece(
                vocabulary: files[tokens.vocabulary.name] ?? [], lowersCase: tokens.lowersCase,
                name: "\(description.id): \(tokens.vocabulary.name)")
        }
        // A description without the format is refused when it is parsed.
        let bytes = ModelBytes(
            format: ModelBytes.Format(fileName: description.file.name) ?? .onnx,
            bytes: files[description.file.name] ?? [], weights: description.weights.flatMap { files[$0.name] }
        )
        network = try Network(
            bytes, name: "the model \(description.id)", options: options, library: library
        ) { ports throws(InferenceError) in
            try Model.shapes(of: ports, description)
        }
    }

    /// What the image shows, the most confident first, equal ones in the model's order.
    /// - Throws: ``InferenceError/Code/wrongTask`` unless the task is `detection`;
    ///   ``InferenceError/Code/invalidOutput`` for an answer that cannot be decoded.
    public func detect(_ image: Raster) throws(InferenceError) -> [Detection] {
        guard case .detections(let decoder) = description.decoder.reading else { throw wrongTask("boxes") }
        let (outputs, input, placement) = try answer(to: image)
        return try decoder.detections(in: outputs, size: input.size, placement: placement, labels: labels)
    }

    /// The classes of the image, the most confident first.
    /// - Throws: as ``detect(_:)``, for the task `classification`.
    public func classify(_ image: Raster) throws(InferenceError) -> [Classification] {
        guard case .classes(let decoder) = description.decoder.reading else { throw wrongTask("classes") }
        return try decoder.classes(in: try answer(to: image).outputs, labels: labels)
    }

    /// The vector of the image.
    /// - Throws: as ``detect(_:)``, for the task `embedding`.
    public func embed(_ image: Raster) throws(InferenceError) -> [Float] {
        guard description.input != nil, case .vector(let decoder) = description.decoder.reading else {
            throw wrongTask("vectors of images")
        }
        return try decoder.vector(in: try answer(to: image).outputs)
    }

    /// How surely the image is not for everybody, in `0...1`.
    /// - Throws: as ``detect(_:)``, for the task `unsafe_score`.
    public func unsafeScore(_ image: Raster) throws(InferenceError) -> Double {
        guard case .score(let decoder) = description.decoder.reading else { throw wrongTask("a score") }
        return try decoder.score(in: try answer(to: image).outputs)
    }

    /// The class of each pixel.
    /// - Throws: as ``detect(_:)``, for the task `segmentation`.
    public func segment(_ image: Raster) throws(InferenceError) -> SegmentationMask {
        guard case .mask(let decoder) = description.decoder.reading else { throw wrongTask("masks") }
        let (outputs, input, placement) = try answer(to: image)
        return try decoder.mask(
            in: outputs, size: input.size, placement: placement, classCount: labels.count)
    }

    /// The vector of a text.
    /// - Throws: as ``detect(_:)``, for the task `text_embedding`.
    public func embed(text: String) throws(InferenceError) -> [Float] {
        guard let tokenizer, let input = description.tokens else { throw wrongTask("vectors of texts") }
        let tokens = tokenizer.tokens(of: text, atMost: input.most)
        let inputs = try network.inputs.map { port throws(InferenceError) in
            try input.fed(tokens, to: port.name, of: network.name)
        }
        let outputs = try OutputSet(try network.run(inputs), of: network.name)
        switch description.decoder.reading {
        case .meanPool(let decoder): return try decoder.meanVector(in: outputs, tokenCount: tokens.count)
        case .vector(let decoder): return try decoder.vector(in: outputs)
        default: throw wrongTask("vectors of texts")
        }
    }

    /// Computes `body` for each of `images` on the threads of `pool`, as many at a time as the model computes
    /// at the same time; each one's answer or error, in their order.
    public func forEach<Answer: Sendable>(
        _ images: [Raster], on pool: BlockingPool,
        _ body: @escaping @Sendable (Model, Raster) throws -> Answer
    ) async -> [Result<Answer, any Error>] {
        var answers = [Result<Answer, any Error>?](repeating: nil, count: images.count)
        await withTaskGroup(of: (Int, Result<Answer, any Error>).self) { group in
            for (index, image) in images.enumerated() {
                if index >= requestCount, let (done, answer) = await group.next() { answers[done] = answer }
                group.addTask {
                    do {
                        return (index, .success(try await pool.run { _ in try body(self, image) }))
                    } catch {
                        return (index, .failure(error))
                    }
                }
            }
            for await (done, answer) in group { answers[done] = answer }
        }
        // Each index was given to one task of the group.
        return answers.map { $0! }
    }

    /// Computes a gray image, or a word, to see whether the model is what its description says.
    /// - Throws: ``InferenceError/Code/invalidModel`` where it is not. What an answer says is not looked at:
    ///   gray may well have none.
    func tryOut() throws(InferenceError) {
        do throws(InferenceError) {
            guard let size = description.input?.size else {
                _ = try embed(text: "gray")
                return
            }
            let gray = [UInt8](repeating: 114, count: size.width * size.height)
            let image = Raster(width: size.width, height: size.height, channels: 1, pixels: gray)
            switch description.task {
            case .classification: _ = try classify(image)
            case .detection: _ = try detect(image)
            case .segmentation: _ = try segment(image)
            case .embedding: _ = try embed(image)
            case .unsafeScore: _ = try unsafeScore(image)
            case .textEmbedding: break
            }
        } catch {
            guard error.code == .invalidOutput else { throw error }
        }
    }

    /// How many images are computed at the same time.
    public var requestCount: Int { network.requestCount }

    // MARK: - Private

    private func wrongTask(_ wanted: String) -> InferenceError {
        InferenceError(
            .wrongTask,
            "the model \(description.id) gives no \(wanted): its task is \(description.task.rawValue)")
    }

    private func answer(
        to image: Raster
    ) throws(InferenceError) -> (outputs: OutputSet, input: ImageInput, placement: Placement) {
        guard let input = description.input else { throw wrongTask("answer to images") }
        let (numbers, placement) = try input.fed(image)
        return (try OutputSet(try network.run([numbers]), of: network.name), input, placement)
    }

    /// The shapes that the description gives the inputs; `nil` where they stay open.
    private static func shapes(
        of ports: [NetworkPort], _ description: ModelDescription
    ) throws(InferenceError) -> [[Int]]? {
        guard let input = description.input else { return nil }
        guard ports.count == 1 else {
            throw InferenceError(
                .invalidModel, "the model \(description.id) has \(ports.count) inputs, one of an image has 1")
        }
        return [input.shape]
    }

    private static func labels(
        _ description: ModelDescription, _ files: [String: [UInt8]]
    ) throws(InferenceError) -> [String] {
        switch description.labels {
        case nil: return []
        case .list(let labels): return labels
        case .file(let file): return try LabelSource.labels(in: files[file.name] ?? [], of: file.name)
        }
    }
}

extension LabelSource {
    /// The lines of a file of labels; the last may end without a line feed.
    static func labels(in bytes: [UInt8], of name: String) throws(InferenceError) -> [String] {
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw InferenceError(.invalidDescription, "\(name) is not UTF-8")
        }
        var lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).map(String.init)
        if lines.last == "" { lines.removeLast() }
        guard (1...ModelDescription.mostLabels).contains(lines.count) else {
            throw InferenceError(
                .invalidDescription,
                "\(name) has \(lines.count) labels, it may have 1 to \(ModelDescription.mostLabels)")
        }
        if let empty = lines.firstIndex(where: { $0.isEmpty || $0.utf8.count > 256 }) {
            throw InferenceError(.invalidDescription, "line \(empty + 1) of \(name) must have 1 to 256 bytes")
        }
        return lines
    }
}
