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
        if output.json {
            Terminal.print((["store": .string(store.directory.string)] as Document).json)
        } else {
            Terminal.report("made the store \(store.directory)")
        }
    }
}

struct VerifyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify", abstract: "Check every checksum and every reference of the store.",
        discussion: """
            Exits 0 when all is well, 1 with findings. Reads every stored byte; changes nothing.

            Example:
              fovea verify --json
            """)

    @OptionGroup var store: StoreOption
    @OptionGroup var output: OutputOption

    func run() async throws {
        let isJSON = output.json
        let findings = try await store.withClient { client in
            var progress = ProgressLine()
            var findings = 0
            var last = Document()
            try await client.lines("POST", "/v1/verify", [:]) { line, bytes in
                if let state = line["progress"]?.objectValue {
                    last = state
                    progress.show(
                        "verified \(EntityTable.text(state["blobs"])) blobs, \(ByteCount(Int(state["bytes"]?.integerValue ?? 0)))"
                    )
                    return
                }
                findings += 1
                progress.clear()
                if isJSON {
                    Terminal.write(bytes + [0x0A])
                } else {
                    Terminal.print("\(EntityTable.text(line["kind"])): \(EntityTable.text(line["message"]))")
                }
            }
            progress.clear()
            if isJSON {
                last["findings"] = .integer(Int64(findings))
                Terminal.print((["summary": .object(last)] as Document).json)
            } else {
                let count =
                    findings == 0 ? "no findings" : findings == 1 ? "1 finding" : "\(findings) findings"
                Terminal.report(
                    "\(count) in \(EntityTable.text(last["blobs"])) blobs, \(ByteCount(Int(last["bytes"]?.integerValue ?? 0)))"
                )
            }
            return findings
        }
        if findings > 0 { throw ExitStatus.findings.exitCode }
    }
}

struct CollectGarbageCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "gc", abstract: "Free the bytes that nothing refers to.",
        discussion: """
            Example:
              fovea gc
            """)

    @OptionGroup var store: StoreOption
    @OptionGroup var output: OutputOption

    func run() async throws {
        let answer = try await store.withClient { try await $0.call("POST", "/v1/gc", [:]) }
        if output.json { return Terminal.print(answer.json) }
        Terminal.report("freed \(ByteCount(Int(answer["freed_bytes"]?.integerValue ?? 0)))")
    }
}

struct BackupCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "backup", abstract: "Copy the store as it is at one moment, while it is in use.",
        discussion: """
            The folder must not exist yet. What comes out is a store: 'fovea restore' copies it back.

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
        if output.json { return Terminal.print(answer.json) }
        Terminal.report("copied \(ByteCount(Int(answer["bytes"]?.integerValue ?? 0))) to \(folder)")
    }
}

struct RestoreCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "restore", abstract: "Make a store from a backup.",
        discussion: """
            The store must not exist yet. The backup is checked before it is copied, and stays as it is.

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
