import Base
import Glibc
public import SystemPackage

extension ModelRegistry {
    /// Adds a model to the store.
    ///
    /// Its folder appears with all files in it, or not at all. Further files that the description names
    /// (weights, labels, a vocabulary) are taken from beside the description. A SHA-256 that the description
    /// does not have is put into it.
    ///
    /// - Parameters:
    ///   - file: the model's file, which is copied.
    ///   - description: its `model.json`.
    ///   - replacing: whether a model of that id in the store gives way.
    ///   - isTried: whether the model is compiled and computed once before it is added; a file that is no
    ///     model, or not the one that is described, is then refused.
    /// - Returns: the description with all digests.
    /// - Throws: ``InferenceError/Code/conflict`` where the store has a model of that id;
    ///   ``InferenceError/Code/hashMismatch``; what ``load(_:options:)`` throws if it is tried.
    @discardableResult
    public func add(
        _ file: FilePath, description: FilePath, replacing: Bool = false, isTried: Bool
    ) throws(InferenceError) -> ModelDescription {
        let folder = try keptFolder()
        guard let json = try ModelFolder.read(description, atMost: ModelRegistry.longestDescription) else {
            throw InferenceError(.notFound, "there is no file \(description)")
        }
        var parsed: ModelDescription
        do throws(InferenceError) {
            parsed = try ModelDescription(json: json)
        } catch {
            throw InferenceError(error.code, "\(description): \(error.message)", cause: error)
        }
        if !replacing, folder.folder(parsed.id).has(ModelDescription.fileName) {
            throw InferenceError(
                .conflict, "the store has a model \(parsed.id) already; --replace puts this one in its place")
        }
        let beside = description.removingLastComponent()
        var files: [String: [UInt8]] = [:]
        for wanted in parsed.files {
            let path = wanted.name == parsed.file.name ? file : beside.appending(wanted.name)
            guard let bytes = try ModelFolder.read(path, atMost: ModelFile.longest) else {
                throw InferenceError(.notFound, "there is no file \(path)")
            }
            try ModelRegistry.check(bytes, of: path.string, against: wanted.sha256)
            files[wanted.name] = bytes
        }
        let document = try ModelRegistry.withDigests(json, files)
        let complete = Array((Value.object(document).json + "\n").utf8)
        parsed = try ModelDescription(json: complete)
        if isTried {
            try Model(
                parsed, files: files, options: ModelOptions(), library: try OpenVINOLibrary.shared.get()
            ).tryOut()
        }
        try folder.make()
        let unfinished = try folder.makeUnfinished()
        do throws(InferenceError) {
            for (name, bytes) in files { try unfinished.write(bytes, to: name) }
            try unfinished.write(complete, to: ModelDescription.fileName)
            unfinished.sync()
            let former = replacing ? try moveAway(parsed.id, in: folder) : nil
            guard rename(unfinished.path.string, folder.folder(parsed.id).path.string) == 0 else {
                let reason = Errno(rawValue: errno)
                throw InferenceError(
                    reason == .directoryNotEmpty || reason == .fileExists ? .conflict : .fileFailed,
                    "cannot add the model \(parsed.id): \(reason)")
            }
            try former?.remove()
        } catch {
            // The reason why it could not be added is worth more than why this folder stays.
            try? unfinished.remove()
            throw error
        }
        folder.sync()
        return parsed
    }

    /// Adds a file of a model whose description is known: the file is told by its SHA-256.
    ///
    /// - Returns: the model as it is then; further files of it may still be missing.
    /// - Throws: ``InferenceError/Code/notFound`` where no description names such a file.
    public func add(_ file: FilePath) throws(InferenceError) -> ModelEntry {
        let folder = try keptFolder()
        guard let bytes = try ModelFolder.read(file, atMost: ModelFile.longest) else {
            throw InferenceError(.notFound, "there is no file \(file)")
        }
        let digest = SHA256Digest(ofModel: bytes)
        for entry in entries().entries {
            guard let known = entry.description.files.first(where: { $0.sha256 == digest }) else { continue }
            let model = folder.folder(entry.description.id)
            try model.make()
            try model.write(bytes, to: known.name)
            if !model.has(ModelDescription.fileName) {
                try model.write(entry.json, to: ModelDescription.fileName)
            }
            model.sync()
            return try self.entry(entry.description.id)
        }
        throw InferenceError(
            .notFound,
            "no description that is known names a file with the SHA-256 \(digest), which \(file) has; --description gives one"
        )
    }

    /// Puts files that have been fetched into the store, with the description beside them.
    ///
    /// - Parameter files: the bytes of each of the entry's missing files, by name.
    /// - Throws: ``InferenceError/Code/hashMismatch`` for bytes that are not what the description says; then
    ///   nothing is written.
    public func install(_ files: [String: [UInt8]], of entry: ModelEntry) throws(InferenceError) {
        for (file, _) in entry.missing {
            guard let bytes = files[file.name] else {
                throw InferenceError(
                    .notFound, "\(file.name) of the model \(entry.description.id) was not fetched")
            }
            guard let digest = file.sha256 else {
                throw InferenceError(
                    .invalidDescription,
                    "the description of \(entry.description.id) has no SHA-256 for \(file.name): what is fetched could be anything"
                )
            }
            try ModelRegistry.check(bytes, of: file.name, against: digest)
        }
        let folder = try keptFolder().folder(entry.description.id)
        try folder.make()
        for (file, _) in entry.missing { try folder.write(files[file.name] ?? [], to: file.name) }
        if !folder.has(ModelDescription.fileName) {
            try folder.write(entry.json, to: ModelDescription.fileName)
        }
        folder.sync()
    }

    /// Removes a model from the store.
    /// - Throws: ``InferenceError/Code/notFound`` where the store does not have it, whoever else does.
    public func remove(_ id: String) throws(InferenceError) {
        let folder = try keptFolder()
        guard ModelDescription.isID(id), folder.folder(id).has(ModelDescription.fileName) else {
            var message = "the store has no model \(id)"
            // Only for the hint: where nobody has the model, the message stands without one.
            if case .folder(let other)? = try? entry(id).origin {
                message += "; the one in \(other) is not the store's: remove its folder yourself"
            } else if ShippedModels.descriptions[id] != nil {
                message += "; its description comes with Fovea, and no file of it is in the store"
            }
            throw InferenceError(.notFound, message)
        }
        let gone = try moveAway(id, in: folder)
        folder.sync()
        try gone?.remove()
    }

    // MARK: - Private

    /// Takes a model out of sight, in one step: the folder where it is then, or `nil` if there is none.
    private func moveAway(_ id: String, in folder: ModelFolder) throws(InferenceError) -> ModelFolder? {
        let gone = try folder.makeUnfinished()
        if rename(folder.folder(id).path.string, gone.path.string) == 0 { return gone }
        let reason = Errno(rawValue: errno)
        try gone.remove()
        if reason == .noSuchFileOrDirectory { return nil }
        throw InferenceError(.fileFailed, "cannot move the model \(id): \(reason)")
    }

    private static func check(
        _ bytes: [UInt8], of name: String, against digest: SHA256Digest?
    ) throws(InferenceError) {
        guard let digest else { return }
        let found = SHA256Digest(ofModel: bytes)
        guard found == digest else {
            throw InferenceError(
                .hashMismatch,
                "\(name) has the SHA-256 \(found), its description says \(digest): it is not taken")
        }
    }

    /// The description with the digests of all files.
    private static func withDigests(
        _ json: [UInt8], _ files: [String: [UInt8]]
    ) throws(InferenceError) -> Document {
        // It has been parsed before.
        guard var document = (try? JSON.parse(json))?.objectValue else {
            throw InferenceError(.invalidDescription, "the description must be an object")
        }
        func completed(_ value: Value?) -> Value? {
            guard var file = value?.objectValue, let name = file["name"]?.stringValue, let bytes = files[name]
            else { return value }
            file["sha256"] = .string(SHA256Digest(ofModel: bytes).description)
            return .object(file)
        }
        for key in ["file", "weights", "labels"] { document[key] = completed(document[key]) }
        if var tokens = document["tokens"]?.objectValue {
            tokens["vocabulary"] = completed(tokens["vocabulary"])
            document["tokens"] = .object(tokens)
        }
        return document
    }
}
