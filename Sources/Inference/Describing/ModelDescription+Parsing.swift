import Base
import Media

extension ModelDescription {
    /// What a description's text may cost.
    static let limits = JSON.Limits(byteCount: 1 << 20, depth: 8, valueCount: 50_000)
    /// The most classes that a model may have.
    static let mostLabels = 32_768

    /// Reads the text of a `model.json`.
    /// - Throws: ``InferenceError/Code/invalidDescription``; the message names the place of what is wrong.
    public init(json bytes: [UInt8]) throws(InferenceError) {
        let value: Value
        do throws(JSONError) {
            value = try JSON.parse(bytes, limits: ModelDescription.limits)
        } catch {
            throw InferenceError(.invalidDescription, "the description is no JSON: \(error)", cause: error)
        }
        try self.init(DescriptionReader(value: value, path: ""))
    }

    init(_ reader: DescriptionReader) throws(InferenceError) {
        let object = try reader.object(
            "id", "version", "title", "task", "licence", "file", "weights", "source", "input", "tokens",
            "decoder", "labels", "points")
        id = try object.required("id").modelID()
        version = try object.required("version").version()
        title = try object.optional("title")?.text()
        task = try object.required("task").choice(Task.self)
        licence = try object.required("licence").text()
        file = try ModelFile(object.required("file"))
        weights = try object.optional("weights").map { reader throws(InferenceError) in try ModelFile(reader)
        }
        source = try object.optional("source").map { reader throws(InferenceError) in
            try ModelSource(reader)
        }
        input = try object.optional("input").map { reader throws(InferenceError) in try ImageInput(reader) }
        tokens = try object.optional("tokens").map { reader throws(InferenceError) in try TokenInput(reader) }
        decoder = try ModelDecoder(object.required("decoder"), task: task)
        labels = try object.optional("labels").map { reader throws(InferenceError) in try LabelSource(reader)
        }
        points =
            try object.optional("points")?.elements(1...256).map { reader throws(InferenceError) in
                try reader.text(atMost: 256)
            } ?? []
        try check(object)
    }

    // MARK: - Private

    /// What must go together.
    private func check(_ object: DescriptionObject) throws(InferenceError) {
        guard let format = ModelBytes.Format(fileName: file.name) else {
            let endings = ModelBytes.Format.allCases.map { "." + $0.rawValue }.joined(separator: ", ")
            throw InferenceError(
                .invalidDescription, "file.name must end in one of \(endings), not \(file.name)")
        }
        if (format == .xml) != (weights != nil) {
            throw InferenceError(
                .invalidDescription,
                format == .xml
                    ? "weights is missing: a model in .xml has its weights in a second file"
                    : "weights is only for a model in .xml, not for \(file.name)")
        }
        let isOfText = task == .textEmbedding
        if isOfText ? input != nil : tokens != nil {
            throw InferenceError(
                .invalidDescription, "\(isOfText ? "input" : "tokens") is not for the task \(task.rawValue)")
        }
        if isOfText ? tokens == nil : input == nil {
            throw InferenceError(.invalidDescription, "\(isOfText ? "tokens" : "input") is missing")
        }
        let needsLabels = task == .classification || task == .detection || task == .segmentation
        if needsLabels != (labels != nil) {
            throw InferenceError(
                .invalidDescription,
                needsLabels ? "labels is missing" : "labels is not for the task \(task.rawValue)")
        }
        if !points.isEmpty, task != .detection {
            throw InferenceError(.invalidDescription, "points is not for the task \(task.rawValue)")
        }
        if task == .segmentation, case .list(let labels) = labels, labels.count > 256 {
            throw InferenceError(
                .invalidDescription, "labels has \(labels.count) elements, a mask has at most 256 classes")
        }
        if case .detections(let reading) = decoder.reading, let yolox = reading as? YOLOXDecoder, let input,
            let stride = yolox.strides.first(where: {
                input.size.width % $0 != 0 || input.size.height % $0 != 0
            })
        {
            throw InferenceError(
                .invalidDescription,
                "decoder.strides has \(stride), which does not divide the input of \(input.size)")
        }
        let names = files.map(\.name)
        if Set(names).count != names.count {
            throw InferenceError(
                .invalidDescription, "two files of the model have one name: \(names.joined(separator: ", "))")
        }
    }
}

extension DescriptionReader {
    fileprivate func modelID() throws(InferenceError) -> String {
        let text = try text()
        guard ModelDescription.isID(text) else {
            throw failure(
                "must be 1 to 64 lower-case letters, digits, '.', '_' and '-', a letter or digit first, not \(value.json)"
            )
        }
        return text
    }

    fileprivate func version() throws(InferenceError) -> String {
        let text = try text(atMost: 64)
        guard text.utf8.allSatisfy({ (0x21...0x7E).contains($0) && $0 != UInt8(ascii: "@") }) else {
            throw failure("must be printable ASCII without blanks and '@', not \(value.json)")
        }
        return text
    }
}

extension ModelDescription {
    /// Whether a text may be a model's id, and so the name of its folder.
    public static func isID(_ text: String) -> Bool {
        func isPlain(_ byte: UInt8) -> Bool { (0x61...0x7A).contains(byte) || (0x30...0x39).contains(byte) }
        return (1...64).contains(text.utf8.count) && text.utf8.first.map(isPlain) == true
            && text.utf8.allSatisfy { isPlain($0) || [0x2D, 0x2E, 0x5F].contains($0) }
    }
}

extension ModelFile {
    init(_ reader: DescriptionReader) throws(InferenceError) {
        let object = try reader.object("name", "sha256", "source")
        name = try object.required("name").fileName()
        sha256 = try object.optional("sha256")?.digest()
        source = try object.optional("source").map { reader throws(InferenceError) in
            try ModelSource(reader)
        }
    }
}

extension ModelSource {
    init(_ reader: DescriptionReader) throws(InferenceError) {
        let object = try reader.object("url", "package", "version", "member")
        if let url = object.optional("url") {
            let text = try url.text(atMost: 2_048)
            guard text.hasPrefix("https://") || text.hasPrefix("http://") else {
                throw url.failure("must begin with https:// or http://")
            }
            for key in ["package", "version", "member"] where object.optional(key) != nil {
                throw reader.failure("has a url and a \(key); it is one or the other")
            }
            self = .url(text)
            return
        }
        let package = object.optional("package")
        guard let package else { throw reader.failure("must have a url, or package, version and member") }
        func plain(_ reader: DescriptionReader) throws(InferenceError) -> String {
            let text = try reader.text(atMost: 128)
            let allowed = text.utf8.allSatisfy { byte in
                Unicode.Scalar(byte).properties.isAlphabetic || (0x30...0x39).contains(byte)
                    || [0x2D, 0x2E, 0x5F, 0x2B].contains(byte)
            }
            guard allowed, text.utf8.first != 0x2D, text.utf8.allSatisfy({ $0 < 0x80 }) else {
                throw reader.failure(
                    "must be letters, digits, '-', '.', '_' and '+', not \(reader.value.json)")
            }
            return text
        }
        self = .wheel(
            package: try plain(package), version: try plain(object.required("version")),
            member: try object.required("member").text())
    }
}

extension LabelSource {
    init(_ reader: DescriptionReader) throws(InferenceError) {
        if reader.value.objectValue != nil {
            self = .file(try ModelFile(reader))
            return
        }
        self = .list(
            try reader.elements(1...ModelDescription.mostLabels).map { reader throws(InferenceError) in
                try reader.text(atMost: 256)
            })
    }
}
