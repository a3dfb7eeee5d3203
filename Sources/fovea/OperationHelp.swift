import Media

/// The image operations for `--help`, from the table that the parser reads.
enum OperationHelp {
    static let text: String = OperationTable.references.map { reference in
        let parameters = reference.parameters.map { parameter in
            parameter.isRequired ? parameter.name : "[\(parameter.name)]"
        }
        return "  \(reference.name)=\(parameters.joined(separator: ","))\n      \(reference.summary)"
            + (reference.examples.first.map { "  Example: \($0)" } ?? "")
    }.joined(separator: "\n")
}
