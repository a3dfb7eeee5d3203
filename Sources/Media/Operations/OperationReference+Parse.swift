extension OperationReference {
    /// The arguments in `text`, the part after the operation's name and its `=`; defaults are filled in.
    ///
    /// - Throws: ``MediaError/Code/invalidOperation``, naming the operation, the parameter, its range and
    ///   what was given.
    func parse(arguments text: Substring) throws(MediaError) -> OperationArguments {
        var arguments = OperationArguments(of: name)
        var position = 0
        if !text.isEmpty {
            for part in text.split(separator: ",", omittingEmptySubsequences: false) {
                let (parameter, value) = try argument(part, position: &position)
                guard arguments[parameter.name] == nil else {
                    throw failure("\(parameter.name) is given twice")
                }
                guard let parsed = parameter.kind.parse(value) else {
                    throw failure("\(parameter.name) is \(parameter.kind.range); got \(Self.quoted(value))")
                }
                arguments[parameter.name] = parsed
            }
        }
        for parameter in parameters where arguments[parameter.name] == nil {
            if parameter.isRequired {
                throw failure("\(parameter.name) is missing; it is \(parameter.kind.range)")
            }
            arguments[parameter.name] = parameter.defaultValue
        }
        return arguments
    }

    /// `text` in quotes, cut if it is long.
    static func quoted(_ text: some StringProtocol) -> String {
        let longest = 40
        return text.count <= longest ? "\"\(text)\"" : "\"\(text.prefix(longest))…\""
    }

    func failure(_ message: String) -> MediaError { MediaError(.invalidOperation, "\(name): \(message)") }

    // MARK: - Private

    /// The parameter that `part` is for, and its value: `name=value`, the name of a boolean, or the next
    /// value without a name.
    private func argument(
        _ part: Substring, position: inout Int
    ) throws(MediaError) -> (OperationParameter, Substring) {
        if let equals = part.firstIndex(of: "=") {
            let given = part[..<equals]
            guard let parameter = parameters.first(where: { $0.name == given }) else {
                throw failure("there is no parameter \(Self.quoted(given)); \(known)")
            }
            return (parameter, part[part.index(after: equals)...])
        }
        if let flag = parameters.first(where: { $0.name == part && $0.kind == .boolean }) {
            return (flag, "true")
        }
        guard position < positional.count,
            let next = parameters.first(where: { $0.name == positional[position] })
        else {
            throw failure("\(Self.quoted(part)) has no name; \(known)")
        }
        position += 1
        return (next, part)
    }

    private var known: String {
        parameters.isEmpty ? "it takes none" : "it takes \(parameters.map(\.name).joined(separator: ", "))"
    }
}
