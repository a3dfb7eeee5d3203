public import Base

/// What a model is for, and how it is fed and read: the content of a `model.json`.
///
/// `docs/models.md` describes every key.
public struct ModelDescription: Sendable, Hashable {
    /// What a model gives.
    public enum Task: String, Sendable, Hashable, CaseIterable {
        /// Classes of the whole image.
        case classification
        /// Boxes with classes, some with key points.
        case detection
        /// A class for each pixel.
        case segmentation
        /// A vector of the whole image.
        case embedding
        /// A vector of a text.
        case textEmbedding = "text_embedding"
        /// How surely an image is not for everybody.
        case unsafeScore = "unsafe_score"
    }

    /// The name of the file that holds a description.
    public static let fileName = "model.json"

    /// 1 to 64 lower-case letters, digits, `.`, `_` and `-`, a letter or digit first.
    public var id: String
    public var version: String
    /// One line for people.
    public var title: String?
    public var task: Task
    /// The licence's SPDX name, or what its owner calls it.
    public var licence: String
    public var file: ModelFile
    /// The second file of OpenVINO's own format.
    public var weights: ModelFile?
    /// Where the file comes from.
    public var source: ModelSource?
    /// How an image becomes the model's input; `nil` for a model of texts.
    public var input: ImageInput?
    /// How a text becomes the model's input; `nil` for a model of images.
    public var tokens: TokenInput?
    public var decoder: ModelDecoder
    public var labels: LabelSource?
    /// The names of a detection's key points, in their order.
    public var points: [String]

    /// What labels that the model gives name as their source: `model:<id>@<version>`.
    public var sourceText: String { "model:\(id)@\(version)" }

    /// All files that the model needs.
    public var files: [ModelFile] {
        [file] + [weights, tokens?.vocabulary, labels?.file].compactMap { $0 }
    }
}

/// A file of a model.
public struct ModelFile: Sendable, Hashable {
    /// Its name in the model's folder.
    public var name: String
    /// What its bytes must be. Only a description that is yet to be added may be without.
    public var sha256: SHA256Digest?
    /// Where this file comes from, if not from where the model does.
    public var source: ModelSource?

    /// The most bytes that a file of a model may have.
    public static let longest = 2 << 30
}

/// Where a file can be had.
public enum ModelSource: Sendable, Hashable {
    /// The file itself.
    case url(String)
    /// A file within a package of Python's index.
    case wheel(package: String, version: String, member: String)
}

/// The names of a model's classes.
public enum LabelSource: Sendable, Hashable {
    case list([String])
    /// One a line.
    case file(ModelFile)

    var file: ModelFile? { if case .file(let file) = self { file } else { nil } }
}
