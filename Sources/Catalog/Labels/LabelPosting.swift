/// How labels stand in postings.
enum LabelPosting {
    /// The name of their one number.
    static let confidence = "confidence"
}
