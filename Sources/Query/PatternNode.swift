/// A pattern as it was read. What matches is all that counts here, not which way: greedy and lazy are one.
indirect enum PatternNode: Sendable {
    case scalar(UInt32)
    case set(ScalarSet)
    case assertion(Assertion)
    /// One after the other; none is the empty text.
    case sequence([PatternNode])
    case choice([PatternNode])
    /// So many times; without `most` any number from `least` on.
    case repeated(PatternNode, least: Int, most: Int?)

    /// What holds at a place between two scalars.
    enum Assertion: Sendable {
        case textStart, lineStart
        /// The end, or before a newline that ends the text: `$` and `\Z`.
        case textEnd
        /// Before any newline too: `$` with the option `m`.
        case lineEnd
        /// The end alone: `\z`.
        case veryEnd
        case wordBoundary, noWordBoundary
    }

    /// Whether a match can begin nowhere but at the start of the text.
    var isAnchored: Bool {
        switch self {
        case .scalar, .set: false
        case .assertion(let assertion): assertion == .textStart
        case .sequence(let nodes): nodes.first { !$0.isEmpty }?.isAnchored ?? false
        case .choice(let nodes): nodes.allSatisfy(\.isAnchored)
        case .repeated(let node, let least, _): least > 0 && node.isAnchored
        }
    }

    /// The scalars that a match begins with, if it begins at the start of the text.
    var literalPrefix: String? {
        var prefix = String.UnicodeScalarView()
        var isStarted = false
        appendPrefix(to: &prefix, &isStarted)
        return prefix.isEmpty ? nil : String(prefix)
    }

    /// Whether this is the empty text, in as many pieces as it may be.
    var isEmpty: Bool { if case .sequence(let nodes) = self { nodes.allSatisfy(\.isEmpty) } else { false } }

    /// Returns whether what follows this node goes on with the prefix.
    @discardableResult
    private func appendPrefix(to prefix: inout String.UnicodeScalarView, _ isStarted: inout Bool) -> Bool {
        switch self {
        case .assertion(.textStart) where prefix.isEmpty:
            isStarted = true
            return true
        case .scalar(let number):
            guard isStarted, let scalar = Unicode.Scalar(number) else { return false }
            prefix.append(scalar)
            return true
        case .sequence(let nodes):
            for node in nodes where !node.appendPrefix(to: &prefix, &isStarted) { return false }
            return true
        case .repeated(let node, let least, let most):
            guard isStarted, least > 0, node.appendPrefix(to: &prefix, &isStarted) else { return false }
            return least == 1 && most == 1
        case .assertion, .set, .choice: return false
        }
    }
}
