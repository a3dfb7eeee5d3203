/// What an earlier command yields under its number.
struct CommandResult: Sendable {
    /// The command's name.
    var command: String
    /// What it yields; `nil` if nothing that could be used.
    var subject: CommandSubject?
    /// Whether entities of every kind may be among it.
    var isOfAnyKind: Bool

    init(_ command: Command) {
        self.command = command.name
        isOfAnyKind = false
        switch command.action {
        case .add(let add): subject = add.subject
        case .find(let find):
            subject = find.subject
            isOfAnyKind = find.subject == .entity && find.selection.className == nil
        case .update(let update):
            subject = update.subject
            isOfAnyKind = update.subject == .entity && update.selection.className == nil
        default: subject = nil
        }
    }

    /// What a number is used for.
    enum Use {
        /// The other end of a connection that is there or to be made.
        case link
        /// An end of the connections that a command is about.
        case end
        /// What a command about this subject is confined to.
        case selection(CommandSubject)
        /// The image that a region belongs to.
        case image
        /// The video that a clip or a frame belongs to.
        case video
        /// Regions to compare.
        case region

        /// What is wrong with a number that no earlier command has.
        func undefined(_ number: Int, _ name: String, in dialect: CommandDialect) -> String {
            let text =
                switch self {
                case .link: "Undefined _ref value used in link"
                case .end: "Source/destination node references not found"
                default: "Undefined _ref value used in \(name)"
                }
            // VDMS's clients compare the text whole.
            return dialect == .vdms ? text : "\(text): \(number) is not the _ref of an earlier command"
        }

        /// Why `result` cannot be used so; `nil` if it can.
        func refusal(of result: CommandResult) -> String? {
            guard let subject = result.subject else { return "which yields no entities" }
            let fits: Bool
            switch self {
            case .link, .end: fits = subject != .connection
            case .selection(.connection): fits = subject == .connection
            case .selection(.entity): fits = subject != .connection
            case .selection(let wanted): fits = subject == wanted || result.isOfAnyKind
            case .image: fits = [.image, .frame].contains(subject) || result.isOfAnyKind
            case .video: fits = [.video, .clip].contains(subject) || result.isOfAnyKind
            case .region: fits = [.boundingBox, .polygon].contains(subject) || result.isOfAnyKind
            }
            if fits { return nil }
            return switch self {
            case .link, .end, .selection(.entity): "which yields connections, not entities"
            case .selection(let wanted): "which yields no \(wanted.name)s"
            case .image: "which yields no images"
            case .video: "which yields no videos"
            case .region: "which yields no regions"
            }
        }
    }
}

extension CommandSubject {
    /// The subject in a sentence: `bounding box`.
    var name: String {
        switch self {
        case .boundingBox: "bounding box"
        case .descriptorSet: "descriptor set"
        default: rawValue
        }
    }
}
