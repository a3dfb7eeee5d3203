/// How a text becomes the numbers that a model takes: BERT's WordPiece.
public struct TokenInput: Sendable, Hashable {
    /// A token a line; the line's number, from 0, is the token's.
    public var vocabulary: ModelFile
    /// The most tokens of a text, those at its ends included; what is beyond is cut off.
    public var most: Int
    /// Whether letters are made small and accents taken off.
    public var lowersCase: Bool
}

extension TokenInput {
    init(_ reader: DescriptionReader) throws(InferenceError) {
        let object = try reader.object("vocabulary", "most", "lower_case")
        vocabulary = try ModelFile(object.required("vocabulary"))
        most = try object.required("most").integer(in: 3...8_192)
        lowersCase = try object.required("lower_case").flag()
    }
}
