import Annotations
import Base
#if canImport(Glibc)
    import Glibc
#endif
import SystemPackage

/// What models have said of a video's frames within a job: a job that is taken up again does not ask them
/// anew.
///
/// A file of JSON lines: first what they belong to, then `{"m": model, "f": frame, "l": [[class, confidence,
/// x, y, width, height], …]}`. It is written as it comes and never fsynced: after a power cut what is lost is
/// asked again, and a line that ends too early is passed over with what follows it.
final class CascadeJournal {
    private let path: FilePath
    private let header: String
    private var descriptor: CInt = -1
    private var known: [String: [Int: [CascadeFinding]]] = [:]

    /// - Parameter header: what the lines belong to: the cascade, its models and the video. A file with
    ///   another header begins anew.
    init(_ path: FilePath, header: String) {
        self.path = path
        self.header = header
        let intact = load()
        descriptor = open(path.string, O_WRONLY | O_CREAT | O_CLOEXEC, 0o600)
        // Without the file only a later attempt has more to do.
        guard descriptor >= 0 else { return }
        if ftruncate(descriptor, off_t(intact)) != 0 || lseek(descriptor, 0, SEEK_END) < 0 {
            close()
        } else if intact == 0 {
            write((["cascade": .string(header)] as Document).json)
        }
    }

    deinit { close() }

    func findings(of model: String, in frame: Int) -> [CascadeFinding]? { known[model]?[frame] }

    func note(_ findings: [CascadeFinding], of model: String, in frame: Int) {
        let lines: [Value] = findings.map { finding in
            var numbers: [Value] = [.string(finding.className), .float(finding.confidence)]
            if let box = finding.box {
                numbers += [.float(box.x), .float(box.y), .float(box.width), .float(box.height)]
            }
            return .array(numbers)
        }
        write(
            (["m": .string(model), "f": .integer(Int64(frame)), "l": .array(lines)] as Document).json)
    }

    /// Removes the journals of a job that has come to its end.
    static func remove(_ folder: FilePath) {
        guard let stream = opendir(folder.string) else { return }
        var names: [String] = []
        while let entry = readdir(stream) {
            withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { names.append(String(cString: $0)) }
            }
        }
        closedir(stream)
        for name in names where name.hasSuffix(".journal") { unlink(folder.appending(name).string) }
        rmdir(folder.string)
    }

    // MARK: - Private

    private func close() {
        if descriptor >= 0 { Glibc.close(descriptor) }
        descriptor = -1
    }

    private func write(_ line: String) {
        guard descriptor >= 0 else { return }
        var bytes = Array(line.utf8) + [0x0A]
        while !bytes.isEmpty {
            let count = Glibc.write(descriptor, bytes, bytes.count)
            if count < 0, errno == EINTR { continue }
            // A full disk ends the journal and not the job.
            guard count > 0 else { return close() }
            bytes.removeFirst(count)
        }
    }

    /// Reads what is there.
    /// - Returns: how many bytes of it are whole lines that belong here.
    private func load() -> Int {
        guard let file = fopen(path.string, "re") else { return 0 }
        defer { fclose(file) }
        var line: UnsafeMutablePointer<CChar>?
        var capacity = 0
        defer { free(line) }
        var intact = 0
        while true {
            let length = getline(&line, &capacity, file)
            guard length > 0, let line, line[length - 1] == 0x0A else { return intact }
            let bytes = line.withMemoryRebound(to: UInt8.self, capacity: length) {
                Array(UnsafeBufferPointer(start: $0, count: length))
            }
            // A line that is damaged is one that was never written.
            guard let document = (try? JSON.parse(bytes))?.objectValue else { return intact }
            if intact == 0 {
                guard document["cascade"]?.stringValue == header else { return 0 }
            } else {
                guard let entry = CascadeJournal.entry(document) else { return intact }
                known[entry.model, default: [:]][entry.frame] = entry.findings
            }
            intact += length
        }
    }

    private static func entry(
        _ line: Document
    ) -> (model: String, frame: Int, findings: [CascadeFinding])? {
        guard let model = line["m"]?.stringValue,
            let frame = line["f"]?.integerValue.flatMap({ Int(exactly: $0) }),
            let entries = line["l"]?.arrayValue
        else { return nil }
        var findings: [CascadeFinding] = []
        for entry in entries {
            guard let parts = entry.arrayValue, parts.count == 2 || parts.count == 6,
                let name = parts[0].stringValue, let confidence = parts[1].floatValue
            else { return nil }
            let numbers = parts.dropFirst(2).compactMap(\.floatValue)
            guard numbers.count == parts.count - 2 else { return nil }
            let box =
                numbers.isEmpty
                ? nil : Box(x: numbers[0], y: numbers[1], width: numbers[2], height: numbers[3])
            findings.append(CascadeFinding(name, confidence: confidence, box: box))
        }
        return (model, frame, findings)
    }
}

/// A model whose answers are in a journal, or go there.
struct JournaledExaminer: CascadeExaminer {
    let model: String
    let examiner: any CascadeExaminer
    let journal: CascadeJournal

    func findings(in frame: Int, of video: any CascadeFrames) throws -> [CascadeFinding] {
        if let known = journal.findings(of: model, in: frame) { return known }
        let findings = try examiner.findings(in: frame, of: video)
        journal.note(findings, of: model, in: frame)
        return findings
    }
}
