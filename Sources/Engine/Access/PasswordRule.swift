/// What a password must be like.
enum PasswordRule {
    static let leastLength = 10
    /// Longer ones are refused before they are hashed.
    static let byteLimit = 1_024

    /// - Parameter allowsWeak: takes whatever is not empty.
    /// - Throws: ``EngineError/Code/invalidRequest``, never with the password.
    static func check(_ password: String, allowsWeak: Bool, path: String = "password") throws(EngineError) {
        guard !password.isEmpty else {
            throw EngineError(.invalidRequest, "the password is empty", path: path)
        }
        guard password.utf8.count <= byteLimit else {
            throw EngineError(
                .invalidRequest, "the password has \(password.utf8.count) bytes; the limit is \(byteLimit)",
                path: path)
        }
        guard !password.unicodeScalars.contains(where: { $0.value == 0 }) else {
            throw EngineError(.invalidRequest, "the password has a NUL character", path: path)
        }
        if allowsWeak { return }
        var lacks: [String] = []
        if password.count < leastLength { lacks.append("\(leastLength) characters") }
        if !password.contains(where: \.isLetter) { lacks.append("a letter") }
        if !password.contains(where: \.isNumber) { lacks.append("a digit") }
        if !password.contains(where: { !$0.isLetter && !$0.isNumber }) { lacks.append("a symbol") }
        guard lacks.isEmpty else {
            throw EngineError(
                .invalidRequest, "the password needs at least \(lacks.joined(separator: ", "))", path: path)
        }
    }
}
