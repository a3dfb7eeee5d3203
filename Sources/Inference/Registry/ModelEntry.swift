public import Base
public import SystemPackage

/// A model that a registry knows, and whether its files are here.
public struct ModelEntry: Sendable {
    /// Where the description was found.
    public enum Origin: Sendable, Hashable {
        /// In a folder of `FOVEA_MODEL_PATH`, or in the store: the folder.
        case folder(FilePath)
        /// It comes with Fovea.
        case shipped
    }

    /// What became of one file.
    public enum FileState: Sendable, Hashable {
        /// It is here, and is what its SHA-256 says.
        case found(FilePath)
        case missing
        /// A file of that name is here, and is not what its SHA-256 says: it is not run.
        case differs(FilePath, SHA256Digest)
        /// A file of that name is here and cannot be read; why.
        case unreadable(FilePath, String)
    }

    public var description: ModelDescription
    /// The text of the description.
    public var json: [UInt8]
    public var origin: Origin
    /// Each file and its state, in the order of ``ModelDescription/files``.
    public var files: [(file: ModelFile, state: FileState)]

    /// Whether the model can be run.
    public var isComplete: Bool {
        files.allSatisfy { if case .found = $0.state { true } else { false } }
    }

    /// The files that are not here, each with where it comes from, if that is known.
    public var missing: [(file: ModelFile, source: ModelSource?)] {
        files.compactMap { file, state in
            if case .found = state { return nil }
            return (file, file.source ?? description.source)
        }
    }

    /// What keeps the model from running, in one sentence; `nil` if nothing does.
    public var problem: String? {
        for (file, state) in files {
            switch state {
            case .found: continue
            case .missing:
                return "\(file.name) is missing"
            case .differs(let path, let digest):
                // A description without a digest has no file that could differ.
                return
                    "\(path) has the SHA-256 \(digest), not \(file.sha256.map(\.description) ?? "that of its description")"
            case .unreadable(_, let message): return message
            }
        }
        return nil
    }
}
