import ArgumentParser
import Base
import Engine
#if canImport(Glibc)
    import Glibc
#endif
import Server

@main
struct FoveaCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "fovea",
        abstract: "A visual data engine: add pictures, find them by what is known of them, get their pixels.",
        discussion: """
            A store is a folder. Every command finds it by --store, else by the environment variable FOVEA_STORE, else \
            as ./fovea-store. Commands may run at the same time, also beside 'fovea serve': they work together.

            First steps:
              fovea init
              fovea add ~/Pictures --label-from folder
              fovea find '{"width": {"$gte": 640}}' --sort bytes:desc --limit 10
              fovea serve

            Exit status: 0 done; 1 done with findings (verify found damage, add could not add some files);
            2 not done; 64 the command line, a filter or an operation is wrong.
            """,
        version: FoveaVersion.text,
        subcommands: [
            InitCommand.self, AddCommand.self, FindCommand.self, CountCommand.self, FacetsCommand.self,
            HistogramCommand.self, ShowCommand.self, GetCommand.self, ExplainCommand.self, StatsCommand.self,
            ServeCommand.self, VerifyCommand.self, CollectGarbageCommand.self, BackupCommand.self,
            RestoreCommand.self,
        ])

    static func main() async {
        MemoryAllocator.keepPixelBuffers()
        // A reader that goes away must not kill the program: writes report EPIPE instead.
        signal(SIGPIPE, SIG_IGN)
        do {
            var command = try parseAsRoot()
            if var command = command as? any AsyncParsableCommand {
                try await command.run()
            } else {
                try command.run()
            }
        } catch let error as EngineError {
            Terminal.report("fovea: \(error)")
            Glibc.exit(error.exitStatus.rawValue)
        } catch let error as ExitCode {
            Glibc.exit(error.rawValue)
        } catch is CancellationError {
            Glibc.exit(130)
        } catch let error where isOfArgumentParser(error) {
            exit(withError: error)
        } catch {
            Terminal.report("fovea: \(error)")
            Glibc.exit(ExitStatus.failure.rawValue)
        }
    }

    /// Whether `error` is usage, help or a version to print: the argument parser's own affair.
    private static func isOfArgumentParser(_ error: any Error) -> Bool {
        error is ValidationError || error is CleanExit || Self.exitCode(for: error) != .failure
    }
}

extension EngineError {
    var exitStatus: ExitStatus {
        switch code {
        case .invalidRequest, .invalidFilter, .invalidOperation: .usage
        default: .failure
        }
    }
}
