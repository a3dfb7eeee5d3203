import Media

/// The image operations for `--help`, from the table that the parser reads.
enum OperationHelp {
    static let text: String = OperationTable.references.map { reference in
        let parameters = reference.parameters.map { parameter in
            parameter.isRequired ? parameter.name : "[\(parameter.name)]"
        }
        let values = parameters.isEmpty ? "" : "=" + parameters.joined(separator: ",")
        return "  \(reference.name)\(values)\n      \(reference.summary)"
            + (reference.examples.first.map { "\n      Example: \($0)" } ?? "")
    }.joined(separator: "\n")
}
