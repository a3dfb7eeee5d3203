/// What there is to know of one operation: its text is parsed, and its documentation written, from this.
public struct OperationReference: Sendable {
    /// Where in a pipeline it may stand.
    public enum Stage: String, Sendable {
        /// First, once.
        case decode
        /// In between, in any number and order.
        case pixels
        /// Last, once.
        case output
    }

    /// The word by which texts, URLs and the command line call it.
    public var name: String
    /// Other words that are understood.
    public var aliases: [String]
    public var stage: Stage
    /// One sentence.
    public var summary: String
    /// What exactly is computed: paragraphs of Markdown.
    public var formula: String
    public var parameters: [OperationParameter]
    /// The parameters whose names may be left out, in this order.
    public var positional: [String]
    /// Texts that parse.
    public var examples: [String]

    public init(
        name: String, aliases: [String] = [], stage: Stage = .pixels, summary: String, formula: String,
        parameters: [OperationParameter], positional: [String] = [], examples: [String]
    ) {
        self.name = name
        self.aliases = aliases
        self.stage = stage
        self.summary = summary
        self.formula = formula
        self.parameters = parameters
        self.positional = positional
        self.examples = examples
    }

    /// The canonical text of this operation with `arguments`: those without a name first, then the others in
    /// the order of the parameters.
    public func text(_ arguments: OperationArguments) -> String {
        var parts: [String] = []
        var isNamed = false
        for parameter in parameters {
            guard let value = arguments[parameter.name] else {
                // Past a gap a position would no longer tell which parameter is meant.
                isNamed = true
                continue
            }
            let isPositional =
                !isNamed && parts.count < positional.count && positional[parts.count] == parameter.name
            if !isPositional { isNamed = true }
            parts.append(isPositional ? value.text : "\(parameter.name)=\(value.text)")
        }
        return parts.isEmpty ? name : "\(name)=\(parts.joined(separator: ","))"
    }
}

/// One parameter of an operation.
public struct OperationParameter: Sendable {
    /// What values it takes.
    public enum Kind: Sendable, Equatable {
        case integer(ClosedRange<Int>)
        case number(ClosedRange<Double>)
        case boolean
        case choice([String])
        /// Width and height; one may be missing if `isOpen`.
        case size(ClosedRange<Int>, isOpen: Bool)
        case colour
        case box
        /// One to four numbers.
        case numbers(ClosedRange<Double>)
    }

    public var name: String
    public var kind: Kind
    /// What counts when it is not given; `nil` if it then stays out.
    public var defaultValue: OperationValue?
    /// Whether it must be given.
    public var isRequired: Bool
    public var summary: String

    public init(_ name: String, _ kind: Kind, default defaultValue: OperationValue? = nil, summary: String) {
        self.name = name
        self.kind = kind
        self.defaultValue = defaultValue
        isRequired = false
        self.summary = summary
    }

    /// A parameter that must be given.
    public static func required(_ name: String, _ kind: Kind, summary: String) -> OperationParameter {
        var parameter = OperationParameter(name, kind, summary: summary)
        parameter.isRequired = true
        return parameter
    }
}
