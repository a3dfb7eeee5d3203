import ArgumentParser
import Base
#if canImport(Glibc)
    import Glibc
#endif
import Inference
import SystemPackage

struct ModelCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "model",
        abstract: "Manage models: what finds things in pictures, or makes vectors of them.",
        discussion: """
            A model is a file (ONNX, TensorFlow Lite, or OpenVINO's own format) and a description, model.json, which \
            says how pictures are fed and answers are read; docs/models.md has every key. Models are looked for in the \
            folders of FOVEA_MODEL_PATH, then in the store, and some descriptions come with Fovea. A file is run only if \
            its SHA-256 is that of the description. Models run with OpenVINO: 'pip install openvino', or let \
            FOVEA_OPENVINO name the folder of its library.

            Examples:
              fovea model list
              fovea model pull yolox-nano
              fovea model test yolox-nano street.jpg
              fovea model add detector.onnx --description model.json
              fovea model remove detector
            """,
        subcommands: [
            ModelListCommand.self, ModelAddCommand.self, ModelRemoveCommand.self, ModelTestCommand.self,
            ModelPullCommand.self,
        ])
}

extension StoreOption {
    /// The models that are known here.
    var models: ModelRegistry { ModelRegistry.ofEnvironment(folder: directory.appending("models")) }

    /// The same, to be changed: there must be a store.
    func changeableModels() throws -> ModelRegistry {
        guard access(directory.appending("catalog.sqlite").string, F_OK) == 0 else {
            throw InferenceError(
                .notFound, "there is no store at \(directory); 'fovea init --store \(directory)' makes one")
        }
        return models
    }
}

struct ModelListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List the models, and what is missing of each.",
        discussion: """
            Exit status 1 where a description cannot be understood, or a file is not what its description says.

            Examples:
              fovea model list
              FOVEA_MODEL_PATH=~/models:/opt/models fovea model list --json
            """)

    @OptionGroup var store: StoreOption
    @OptionGroup var output: OutputOption

    func run() async throws {
        let (entries, problems) = store.models.entries()
        if output.json {
            for entry in entries { Terminal.print(entry.document.json) }
        } else {
            var table = Table(["id", "version", "task", "file", "licence"])
            table.rows = entries.map { entry in
                let description = entry.description
                return [
                    description.id, description.version, description.task.rawValue, entry.place,
                    description.licence,
                ]
            }
            table.lines(width: Terminal.width).forEach(Terminal.print)
        }
        for problem in problems { Terminal.report("fovea: \(problem)") }
        for entry in entries where entry.isDamaged {
            Terminal.report("fovea: the model \(entry.description.id) is not run: \(entry.problem ?? "")")
        }
        if !problems.isEmpty || entries.contains(where: \.isDamaged) { throw ExitStatus.findings.exitCode }
    }
}

struct ModelAddCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "add", abstract: "Add a model to the store: its file is copied.",
        discussion: """
            The id is that of the description. Further files that the description names (weights, labels, a vocabulary) \
            are taken from beside it. A SHA-256 that it does not have is put into it. Where OpenVINO is here the model is \
            tried first, and refused if it is not what is described. Without a description the file must be one that a known \
            description names by its SHA-256.

            Examples:
              fovea model add detector.onnx --description model.json
              fovea model add yolox_nano.onnx
            """)

    @Argument(help: "The model's file.")
    var file: String
    @Option(help: "Its description.")
    var description: String?
    @Flag(help: "Put it in the place of a model of the same id.")
    var replace = false
    @OptionGroup var store: StoreOption

    func run() async throws {
        let models = try store.changeableModels()
        guard let description else {
            let entry = try models.add(FilePath(file))
            let problem = entry.problem.map { "; it cannot be run yet: \($0)" } ?? ""
            Terminal.report(
                "added to the model \(entry.description.id) \(entry.description.version)\(problem)")
            return
        }
        let isTried = ModelRuntime.version != nil
        let added = try models.add(
            FilePath(file), description: FilePath(description), replacing: replace, isTried: isTried)
        Terminal.report(
            "added the model \(added.id) \(added.version)"
                + (isTried ? "" : ", which was not tried: OpenVINO is not here"))
    }
}

struct ModelRemoveCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "remove", abstract: "Remove a model from the store.",
        discussion: """
            What it said of pictures stays. Folders of FOVEA_MODEL_PATH are not touched.

            Example:
              fovea model remove detector
            """)

    @Argument(help: "The model's id.")
    var id: String
    @OptionGroup var store: StoreOption

    func run() async throws {
        try store.changeableModels().remove(id)
        Terminal.report("removed the model \(id)")
    }
}

extension ModelEntry {
    /// Whether a file is here that is not what the description says.
    fileprivate var isDamaged: Bool {
        files.contains { if case .differs = $0.state { true } else { false } }
    }

    /// Where the model's file is, or which is missing or another.
    fileprivate var place: String {
        for (file, state) in files {
            switch state {
            case .found: continue
            case .missing: return "\(file.name) is missing"
            case .differs: return "\(file.name) is another file"
            case .unreadable: return "\(file.name) cannot be read"
            }
        }
        guard case .found(let path)? = files.first?.state else { return "" }
        return path.string
    }

    fileprivate var document: Document {
        let files = self.files.map { file, state -> Value in
            var document: Document = ["name": .string(file.name)]
            document["sha256"] = file.sha256.map { .string($0.description) } ?? .null
            switch state {
            case .found(let path):
                document["state"] = "found"
                document["path"] = .string(path.string)
            case .missing: document["state"] = "missing"
            case .differs(let path, let digest):
                document["state"] = "differs"
                document["path"] = .string(path.string)
                document["found_sha256"] = .string(digest.description)
            case .unreadable(let path, _):
                document["state"] = "unreadable"
                document["path"] = .string(path.string)
            }
            return .object(document)
        }
        var document: Document = [
            "id": .string(description.id), "version": .string(description.version),
            "task": .string(description.task.rawValue), "title": description.title.map(Value.string) ?? .null,
            "licence": .string(description.licence), "source": .string(description.sourceText),
            "complete": .boolean(isComplete), "problem": problem.map(Value.string) ?? .null,
        ]
        if case .folder(let folder) = origin { document["description"] = .string(folder.string) }
        document["files"] = .array(files)
        return document
    }
}
