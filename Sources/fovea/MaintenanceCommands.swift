import ArgumentParser
import Base
import Engine
import Server
import SystemPackage

struct InitCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "init", abstract: "Make an empty store.",
        discussion: """
            Examples:
              fovea init
              fovea init --store /data/pictures.fovea
            """)

    @OptionGroup var store: StoreOption
    @OptionGroup var output: OutputOption

    func run() async throws {
        try Store.create(at: store.directory)
        let authority = try ServerIdentity.prepare(storeAt: store.directory.absolute)
        if output.json {
            let line: Document = [
                "store": .string(store.directory.string), "ca": .string(authority.string),
            ]
            Terminal.print(line.json)
        } else {
            Terminal.report("made the store \(store.directory)")
            Terminal.report("clients that connect by TLS must trust \(authority)")
            Terminal.report(LoginAdvice.firstUser(of: store.directory))
            Terminal.report(LoginAdvice.key(of: store.directory, at: "HOST:PORT"))
        }
    }
}

struct VerifyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify", abstract: "Check every checksum and every reference of the store.",
        discussion: """
            Exits 0 when all is well, 1 with findings. Reads every stored byte and every page of the catalog; changes
            nothing. Damage does not end it: what can still be read is checked. Of videos the bytes are compared, and
            with --decode every frame is decoded, too, so that those which cannot be are named.

            Examples:
              fovea verify --json
              fovea verify --decode
            """)

    @Flag(help: "Decode every frame of every video.")
    var decode = false
    @OptionGroup var store: StoreOption
    @OptionGroup var output: OutputOption

    func run() async throws {
        let (isJSON, decode) = (output.json, decode)
        let findings: Int
        do {
            findings = try await store.withClient { client in
                var report = VerifyReport(isJSON: isJSON)
                try await client.lines("POST", "/v1/verify", ["decode": .boolean(decode)]) { line, _ in
                    report.take(line)
                }
                return report.finish()
            }
        } catch let error as EngineError where error.code == .corrupt {
            // So much is damaged that the store does not open: what can be found without that is told.
            Terminal.report("fovea: the store cannot be opened")
            var report = VerifyReport(isJSON: isJSON)
            report.take(["kind": "catalog", "message": .string(error.message)])
            for event in try Store.damage(at: store.directory) { report.take(event.document) }
            _ = report.finish()
            throw ExitStatus.findings.exitCode
        }
        if findings > 0 { throw ExitStatus.findings.exitCode }
    }
}

/// Prints what `verify` finds as it comes, and a summary.
struct VerifyReport {
    let isJSON: Bool
    private var progress = ProgressLine()
    private var findings = 0
    private var last = Document()

    init(isJSON: Bool) { self.isJSON = isJSON }

    mutating func take(_ line: Document) {
        if let state = line["progress"]?.objectValue {
            for (name, value) in state.members { last[name] = value }
            progress.show("verified \(VerifyReport.amount(state))")
            return
        }
        findings += 1
        progress.clear()
        if isJSON {
            Terminal.print(line.json)
        } else {
            Terminal.print("\(EntityTable.text(line["kind"])): \(EntityTable.text(line["message"]))")
        }
    }

    /// Returns the number of findings.
    mutating func finish() -> Int {
        progress.clear()
        if isJSON {
            last["findings"] = .integer(Int64(findings))
            Terminal.print((["summary": .object(last)] as Document).json)
        } else {
            let count = findings == 0 ? "no findings" : findings == 1 ? "1 finding" : "\(findings) findings"
            Terminal.report("\(count) in \(VerifyReport.amount(last))")
        }
        return findings
    }

    private static func amount(_ state: Document) -> String {
        let blobs =
            "\(EntityTable.text(state["blobs"])) blobs, \(ByteCount(Int(state["bytes"]?.integerValue ?? 0)))"
        guard let videos = state["videos"]?.integerValue, videos > 0 else { return blobs }
        let name = videos == 1 ? "1 video" : "\(videos) videos"
        guard let decoded = state["videos_decoded"]?.integerValue, decoded > 0 else {
            return "\(blobs); frames of \(name) were not decoded (--decode)"
        }
        return "\(blobs); \(EntityTable.text(state["frames"])) frames of \(decoded) of \(name) decoded"
    }
}

struct CollectGarbageCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "gc", abstract: "Free the bytes that nothing refers to.",
        discussion: """
            Waits for a backup or a verification that runs. What is damaged is listed and kept; the exit status is
            then 1. Packs that a full disk has no room to rewrite are told and stay as they are.

            Example:
              fovea gc
            """)

    @OptionGroup var store: StoreOption
    @OptionGroup var output: OutputOption

    func run() async throws {
        let answer = try await store.withClient { try await $0.call("POST", "/v1/gc", [:]) }
        let damaged = answer["damaged"]?.arrayValue?.compactMap(\.stringValue) ?? []
        if output.json {
            Terminal.print(answer.json)
        } else {
            for message in damaged { Terminal.print("damaged, and so kept with its pack: \(message)") }
            if let packs = answer["postponed_packs"]?.integerValue, packs > 0 {
                let bytes = ByteCount(Int(answer["postponed_bytes"]?.integerValue ?? 0))
                Terminal.report(
                    "\(bytes) more can be freed: the disk has no room to rewrite \(packs == 1 ? "the pack" : "the \(packs) packs") that hold\(packs == 1 ? "s" : "") it"
                )
            }
            // Around what is damaged, copies may take more than was freed.
            Terminal.report("freed \(ByteCount(max(0, Int(answer["freed_bytes"]?.integerValue ?? 0))))")
        }
        if !damaged.isEmpty { throw ExitStatus.findings.exitCode }
    }
}

struct BackupCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "backup", abstract: "Copy the store as it is at one moment, while it is in use.",
        discussion: """
            The folder must not exist yet, nor lie in the store. What comes out is a store: 'fovea restore' copies it
            back. Damaged bytes do not end the backup: they are listed, and the exit status is 1.

            Example:
              fovea backup /backups/pictures-2024-05-06
            """)

    @Argument(help: "The folder to make.")
    var folder: String
    @OptionGroup var store: StoreOption
    @OptionGroup var output: OutputOption

    func run() async throws {
        let target = FilePath(folder).absolute.string
        let answer = try await store.withClient {
            try await $0.call("POST", "/v1/backup", ["folder": .string(target)])
        }
        let damaged = answer["damaged"]?.arrayValue?.compactMap(\.stringValue) ?? []
        if output.json {
            Terminal.print(answer.json)
        } else {
            for message in damaged { Terminal.print("damaged: \(message)") }
            Terminal.report("copied \(ByteCount(Int(answer["bytes"]?.integerValue ?? 0))) to \(folder)")
        }
        if !damaged.isEmpty { throw ExitStatus.findings.exitCode }
    }
}

struct RestoreCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "restore", abstract: "Make a store from a backup.",
        discussion: """
            The store must not exist yet. The catalog and every blob are checked; where anything is damaged nothing is
            made. The backup stays as it is.

            Example:
              fovea restore /backups/pictures-2024-05-06 --store pictures
            """)

    @Argument(help: "The folder that 'fovea backup' made.")
    var folder: String
    @OptionGroup var store: StoreOption
    @OptionGroup var output: OutputOption

    func run() async throws {
        let bytes = try await Store.restore(from: FilePath(folder), to: store.directory)
        if output.json {
            let answer: Document = [
                "store": .string(store.directory.string), "bytes": .integer(Int64(bytes)),
            ]
            return Terminal.print(answer.json)
        }
        Terminal.report("restored \(ByteCount(bytes)) to \(store.directory)")
    }
}
