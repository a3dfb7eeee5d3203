/// How labels stand in postings: by the number of their name, each with two numbers.
enum LabelPosting {
    /// The name of the confidence; NaN where a label has none.
    static let confidence = "confidence"
    /// The name of the number that the label's source has in `texts`.
    static let source = "source"

    /// The numbers' names, in their order.
    static let properties = [confidence, source]

    /// The numbers of one label.
    static func values(confidence: Double?, source: Int64) -> [Double] {
        [confidence ?? .nan, Double(source)]
    }
}
