public import Base
public import Engine
public import SystemPackage

/// The label classes in the files of Open Images: `class-descriptions.csv`, a line `/m/id,Name` for each
/// class, and the hierarchy, a tree of JSON in which a class stands once for each of its parents.
///
/// Classes are told apart by their ids, never by their names, which repeat. `Part` is no kind of: it becomes
/// `part_of`.
public enum OpenImagesClasses {
    /// Reads one of the two, told apart by the first character: `{` begins a hierarchy.
    /// - Parameter name: of the file, for messages.
    /// - Returns: label classes as `Store.addLabelClasses` takes them; a class may come several times, each
    ///   time with one of its parents.
    /// - Throws: ``EngineError/Code/invalidRequest`` with the name and the line, or the place in the JSON.
    public static func read(_ bytes: [UInt8], name: String) throws(EngineError) -> [Document] {
        let text = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? Array(bytes.dropFirst(3)) : bytes
        let first = text.first { ![0x20, 0x09, 0x0A, 0x0D].contains($0) }
        return first == UInt8(ascii: "{") ? try hierarchy(text, name) : try descriptions(text, name)
    }

    /// Reads one of the two from a file of at most 256 MiB.
    /// - Throws: as ``read(_:name:)``; ``EngineError/Code/notFound`` where the file cannot be read.
    public static func read(file: FilePath) throws(EngineError) -> [Document] {
        var bytes: [UInt8] = []
        do {
            let descriptor = try FileDescriptor.open(file, .readOnly)
            try descriptor.closeAfter {
                var piece = [UInt8](repeating: 0, count: 1 << 20)
                while case let count = try piece.withUnsafeMutableBytes({ try descriptor.read(into: $0) }),
                    count > 0
                {
                    bytes += piece[..<count]
                    guard bytes.count <= mostBytes else {
                        throw EngineError(.limitExceeded, "\(file) is larger than \(mostBytes) bytes")
                    }
                }
            }
        } catch let error as Errno {
            throw EngineError(.notFound, "cannot read \(file): \(error)", cause: error)
        } catch {
            throw EngineError(reporting: error)
        }
        return try read(bytes, name: file.string)
    }

    // MARK: - Private

    private static let mostBytes = 256 << 20

    private static func descriptions(_ bytes: [UInt8], _ name: String) throws(EngineError) -> [Document] {
        var classes: [Document] = []
        var reader = CSVReader()
        func take(_ fields: [[UInt8]], _ line: Int) throws {
            let texts = fields.map { String(validating: $0, as: UTF8.self) }
            if texts.count == 1, texts[0]?.isEmpty == true { return }
            guard !texts.contains(nil) else {
                throw EngineError(.invalidRequest, "\(name), line \(line): this is no UTF-8")
            }
            guard texts.count == 2, let id = texts[0], let title = texts[1], !id.isEmpty else {
                throw EngineError(
                    .invalidRequest,
                    "\(name), line \(line): a class is an id and a name, as in /m/01yrx,Cat; this line has \(texts.count) fields"
                )
            }
            // Files since version 6 begin with a line that names the columns.
            if line == 1, id == "LabelName" { return }
            classes.append(["class": .string(id), "title": .string(title)])
        }
        do {
            try reader.read(bytes, take)
            try reader.finish(take)
        } catch let error as CSVReader.Failure {
            throw EngineError(.invalidRequest, "\(name), line \(error.line): \(error.message)")
        } catch {
            throw EngineError(reporting: error)
        }
        return classes
    }

    private static func hierarchy(_ bytes: [UInt8], _ name: String) throws(EngineError) -> [Document] {
        let root: Value
        do throws(JSONError) {
            root = try JSON.parse(bytes)
        } catch {
            throw EngineError(.invalidRequest, "\(name) is no JSON: \(error)", cause: error)
        }
        var classes: [Document] = []
        var open: [(node: Value, key: String, above: String, path: String)] = [(root, "", "", "")]
        while let (node, key, above, path) = open.popLast() {
            guard let document = node.objectValue, let id = document["LabelName"]?.stringValue else {
                throw EngineError(
                    .invalidRequest, "\(name): a class is an object with LabelName", path: path)
            }
            var one: Document = ["class": .string(id)]
            if !key.isEmpty { one[key] = [.string(above)] }
            classes.append(one)
            for (member, key) in [("Subcategory", "parents"), ("Part", "part_of")] {
                guard let list = document[member] else { continue }
                guard let nodes = list.arrayValue else {
                    throw EngineError(
                        .invalidRequest, "\(name): \(member) is a list of classes", path: "\(path).\(member)")
                }
                for (index, node) in nodes.enumerated().reversed() {
                    open.append((node, key, id, "\(path).\(member)[\(index)]"))
                }
            }
        }
        return classes
    }
}
