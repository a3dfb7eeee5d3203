import Base
import Glibc
public import SystemPackage

/// The models that can be had here: those of `FOVEA_MODEL_PATH`, then those of the store, then those that
/// come with Fovea.
///
/// A model is a description and files. Descriptions lie as `<id>/model.json` in one of the folders, or come
/// with Fovea; files lie beside the description, or in any of the folders, as `<id>/<name>` or `<name>`. Only
/// a file whose SHA-256 is that of the description is ever run.
public struct ModelRegistry: Sendable {
    /// The most bytes of a description.
    static let longestDescription = 1 << 20

    private let searched: [ModelFolder]
    private let kept: ModelFolder?

    /// - Parameters:
    ///   - searchPath: folders that are looked through first; they are not changed.
    ///   - folder: the store's folder of models, to which models are added; it need not be there.
    public init(searchPath: [FilePath] = [], folder: FilePath? = nil) {
        searched = searchPath.map(ModelFolder.init)
        kept = folder.map(ModelFolder.init)
    }

    /// With the folders of `FOVEA_MODEL_PATH`, which stand between colons.
    public static func ofEnvironment(folder: FilePath?) -> ModelRegistry {
        let path = getenv("FOVEA_MODEL_PATH").map { String(cString: $0) } ?? ""
        return ModelRegistry(
            searchPath: path.split(separator: ":").map { FilePath(String($0)) }, folder: folder)
    }

    /// All models, by id, and what is wrong with descriptions that cannot be understood.
    /// - Complexity: reads all files of all models, for their SHA-256.
    public func entries() -> (entries: [ModelEntry], problems: [InferenceError]) {
        var ids = Set(ShippedModels.descriptions.keys)
        for folder in folders {
            ids.formUnion(
                folder.names().filter {
                    ModelDescription.isID($0) && folder.folder($0).has(ModelDescription.fileName)
                })
        }
        var entries: [ModelEntry] = [], problems: [InferenceError] = []
        for id in ids.sorted() {
            do throws(InferenceError) {
                entries.append(try entry(id))
            } catch {
                problems.append(error)
            }
        }
        return (entries, problems)
    }

    /// The model of this id.
    /// - Throws: ``InferenceError/Code/notFound``; ``InferenceError/Code/invalidDescription``.
    public func entry(_ id: String) throws(InferenceError) -> ModelEntry {
        guard ModelDescription.isID(id), let (json, origin) = try description(of: id) else {
            let known = Set(ShippedModels.descriptions.keys).union(entryNames()).sorted()
            throw InferenceError(
                .notFound, "there is no model \(id); there are: \(known.joined(separator: ", "))")
        }
        let description: ModelDescription
        do throws(InferenceError) {
            description = try ModelDescription(json: json)
            guard description.id == id else {
                throw InferenceError(.invalidDescription, "id is \(description.id), its folder is \(id)")
            }
        } catch {
            var place = "the description of \(id)"
            if case .folder(let folder) = origin {
                place = folder.appending(ModelDescription.fileName).string
            }
            throw InferenceError(error.code, "\(place): \(error.message)", cause: error)
        }
        let files = description.files.map { ($0, state(of: $0, model: id)) }
        return ModelEntry(description: description, json: json, origin: origin, files: files)
    }

    /// Reads and compiles the model of this id.
    ///
    /// - Throws: ``InferenceError/Code/notFound`` where it, or one of its files, is not here;
    ///   ``InferenceError/Code/hashMismatch`` where a file is not what the description says;
    ///   ``InferenceError/Code/runtimeMissing`` without OpenVINO; ``InferenceError/Code/invalidModel``.
    /// - Complexity: tenths of a second.
    public func load(_ id: String, options: ModelOptions = ModelOptions()) throws(InferenceError) -> Model {
        let entry = try entry(id)
        var files: [String: [UInt8]] = [:]
        for (file, state) in entry.files {
            guard case .found(let path) = state else { throw ModelRegistry.failure(of: entry) }
            // Read anew, and compared anew, as it may have changed since: what is compared is what is run.
            guard let bytes = try ModelFolder.read(path, atMost: ModelFile.longest),
                SHA256Digest(ofModel: bytes) == file.sha256
            else {
                throw InferenceError(.hashMismatch, "\(path) changed while it was read; it is not run")
            }
            files[file.name] = bytes
        }
        return try Model(
            entry.description, files: files, options: options, library: try OpenVINOLibrary.shared.get())
    }

    // MARK: - Internal

    /// The store's folder of models.
    func keptFolder() throws(InferenceError) -> ModelFolder {
        guard let kept else { throw InferenceError(.notFound, "there is no folder of models to change") }
        return kept
    }

    var folders: [ModelFolder] { searched + [kept].compactMap { $0 } }

    static func failure(of entry: ModelEntry) -> InferenceError {
        let problem = entry.problem ?? "it is not complete"
        let id = entry.description.id
        for (file, state) in entry.files {
            switch state {
            case .found: continue
            case .differs:
                return InferenceError(.hashMismatch, "the model \(id) is not run: \(problem)")
            case .unreadable: return InferenceError(.fileFailed, "the model \(id) is not run: \(problem)")
            case .missing:
                let advice =
                    file.source != nil || entry.description.source != nil
                    ? "'fovea model pull \(id)' gets it"
                    : "put it into a folder of FOVEA_MODEL_PATH, or into the store with 'fovea model add \(file.name)'"
                return InferenceError(.notFound, "the model \(id) cannot be run: \(problem); \(advice)")
            }
        }
        return InferenceError(.notFound, "the model \(id) cannot be run: \(problem)")
    }

    // MARK: - Private

    private func entryNames() -> [String] {
        folders.flatMap { folder in
            folder.names().filter {
                ModelDescription.isID($0) && folder.folder($0).has(ModelDescription.fileName)
            }
        }
    }

    private func description(
        of id: String
    ) throws(InferenceError) -> (json: [UInt8], origin: ModelEntry.Origin)? {
        for folder in folders.map({ $0.folder(id) }) {
            let limit = ModelRegistry.longestDescription
            if let json = try folder.read(ModelDescription.fileName, atMost: limit) {
                return (json, .folder(folder.path))
            }
        }
        return ShippedModels.descriptions[id].map { ($0, .shipped) }
    }

    private func state(of file: ModelFile, model id: String) -> ModelEntry.FileState {
        var state = ModelEntry.FileState.missing
        for folder in folders.flatMap({ [$0.folder(id), $0] }) {
            let path = folder.path.appending(file.name)
            do throws(InferenceError) {
                guard let digest = try folder.digest(file.name, atMost: ModelFile.longest) else { continue }
                if digest == file.sha256 { return .found(path) }
                if case .missing = state { state = .differs(path, digest) }
            } catch {
                if case .missing = state { state = .unreadable(path, error.message) }
            }
        }
        return state
    }
}
