/// What a pipeline makes of the pixels at its end.
public enum OutputStep: Sendable, Hashable {
    /// A JPEG file of quality 90 if the image file is one, otherwise PNG.
    case automatic
    case encode(Encoding)
    case tensor(TensorFormat)

    /// The quality of JPEG files unless another is asked for.
    static let jpegQuality = 90

    /// Reads the output that `arguments` of ``encodeReference`` or ``tensorReference`` describe.
    init(_ arguments: OperationArguments) throws(MediaError) {
        if arguments.operation == Self.tensorReference.name {
            self = .tensor(try TensorFormat(arguments))
            return
        }
        let name = try arguments.value("format", \.wordValue)
        let allowed = [
            "jpeg": ["quality", "subsampling"], "png": ["compression"], "webp": ["quality", "lossless"],
        ]
        for parameter in Self.encodeReference.parameters.dropFirst()
        where arguments[parameter.name] != nil && allowed[name]?.contains(parameter.name) != true {
            throw Self.encodeReference.failure("\(name) takes no \(parameter.name)")
        }
        let quality = try arguments.optional("quality", \.integerValue)
        switch name {
        case "jpeg":
            let subsampling =
                try arguments.optional("subsampling") {
                    $0.wordValue.flatMap(ChromaSubsampling.init(rawValue:))
                }
            self = .encode(.jpeg(quality: quality ?? Self.jpegQuality, subsampling: subsampling ?? .half))
        case "png":
            self = .encode(.png(compression: try arguments.optional("compression", \.integerValue) ?? 6))
        case "webp":
            let lossless = try arguments.optional("lossless", \.booleanValue) ?? false
            self = .encode(.webp(quality: quality ?? 80, lossless: lossless))
        default:
            self = .automatic
        }
    }

    public var arguments: OperationArguments {
        let encode = Self.encodeReference.name
        switch self {
        case .automatic:
            return OperationArguments(of: encode, ["format": .word("auto")])
        case .encode(.jpeg(let quality, let subsampling)):
            return OperationArguments(
                of: encode,
                [
                    "format": .word("jpeg"), "quality": .integer(quality),
                    "subsampling": .word(subsampling.rawValue),
                ])
        case .encode(.png(let compression)):
            return OperationArguments(
                of: encode, ["format": .word("png"), "compression": .integer(compression)])
        case .encode(.webp(let quality, let lossless)):
            return OperationArguments(
                of: encode,
                ["format": .word("webp"), "quality": .integer(quality), "lossless": .boolean(lossless)])
        case .tensor(let format):
            return format.arguments
        }
    }

    public var text: String {
        if case .tensor = self {
            Self.tensorReference.text(arguments)
        } else {
            Self.encodeReference.text(arguments)
        }
    }

    /// Whether an alpha channel survives.
    var holdsAlpha: Bool {
        switch self {
        case .automatic, .encode(.png), .encode(.webp): true
        case .encode(.jpeg), .tensor: false
        }
    }

    public static let encodeReference = OperationReference(
        name: "encode",
        stage: .output,
        summary: "Writes an image file. Stands last; `encode=auto` if no output is given.",
        formula: """
            `auto` writes a JPEG file of quality \(jpegQuality) if the image file is one, otherwise PNG. \
            `jpeg` is baseline JPEG by libjpeg-turbo (`quality` 1 to 100, \(jpegQuality) if not given; \
            `subsampling` 420 if not given) without alpha. `png` has 8 bits a channel and is exact \
            (`compression` 0 to 9, 6 if not given). `webp` takes `quality` (80 if not given) and `lossless`. \
            The file's colour profile goes along if it is of the result's colours; no other metadata does.
            """,
        parameters: [
            .required("format", .choice(["auto", "jpeg", "png", "webp"]), summary: "The file format."),
            OperationParameter("quality", .integer(1...100), summary: "Of JPEG and WebP."),
            OperationParameter(
                "subsampling", .choice(ChromaSubsampling.allCases.map(\.rawValue)),
                summary: "Colour resolution of JPEG: 444 keeps all, 420 a quarter."),
            OperationParameter("compression", .integer(0...9), summary: "Effort of PNG."),
            OperationParameter("lossless", .boolean, summary: "Whether WebP keeps every sample."),
        ],
        positional: ["format"],
        examples: ["encode=jpeg,quality=90", "encode=png", "encode=webp,quality=80"])

    public static let tensorReference = OperationReference(
        name: "tensor",
        stage: .output,
        summary: "Writes the samples as an array of numbers. Stands last.",
        formula: """
            `u8` gives the samples, 0 to 255. `f32` gives (v · scale − mean) / std for a sample v, computed \
            in double precision and rounded once to single: without arguments 0.0 to 255.0. `mean` and `std` \
            are one number for all channels, or one for each. The shape is 1 × height × width × channels for \
            `nhwc` and 1 × channels × height × width for `nchw`; numbers are little-endian, the last side \
            runs fastest, nothing precedes them. There are 1, 3 or 4 channels: `decode=full,channels=rgb` \
            makes it 3 for every file.
            """,
        parameters: [
            .required(
                "element", .choice(TensorFormat.Element.allCases.map(\.rawValue)),
                summary: "The type of a number."),
            OperationParameter(
                "layout", .choice(TensorFormat.Layout.allCases.map(\.rawValue)), default: .word("nhwc"),
                summary: "The order of the sides."),
            OperationParameter(
                "scale", .number(-1e6...1e6),
                summary: "Factor of samples, 1 if not given; such as 1/255. Only f32."),
            OperationParameter(
                "mean", .numbers(-1e6...1e6), summary: "Subtracted, 0 if not given. Only f32."),
            OperationParameter("std", .numbers(1e-6...1e6), summary: "Divides, 1 if not given. Only f32."),
        ],
        positional: ["element"],
        examples: [
            "tensor=u8", "tensor=f32,layout=nchw,scale=1/255,mean=0.485:0.456:0.406,std=0.229:0.224:0.225",
        ])
}

extension TensorFormat {
    fileprivate init(_ arguments: OperationArguments) throws(MediaError) {
        let reference = OutputStep.tensorReference
        self.init(element: try arguments.choice("element"), layout: try arguments.choice("layout"))
        if element == .uint8 {
            for name in ["scale", "mean", "std"] where arguments[name] != nil {
                throw reference.failure("u8 takes no \(name)")
            }
        }
        scale = try arguments.optional("scale", \.numberValue) ?? scale
        mean = try arguments.optional("mean", \.numbersValue) ?? mean
        std = try arguments.optional("std", \.numbersValue) ?? std
    }

    fileprivate var arguments: OperationArguments {
        var arguments = OperationArguments(
            of: OutputStep.tensorReference.name,
            ["element": .word(element.rawValue), "layout": .word(layout.rawValue)])
        if element == .float32 {
            arguments["scale"] = .number(scale)
            arguments["mean"] = .numbers(mean)
            arguments["std"] = .numbers(std)
        }
        return arguments
    }
}
