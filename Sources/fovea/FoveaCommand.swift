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
        abstract:
            "A visual data engine: add pictures and videos, find them by what is known of them, get their pixels.",
        discussion: """
            A store is a folder. Every command finds it by --store, else by the environment variable FOVEA_STORE, else \
            as ./fovea-store. Commands may run at the same time, also beside 'fovea serve': they work together.

            First steps:
              fovea init
              fovea add ~/Pictures --label-from folder
              fovea find '{"width": {"$gte": 640}}' --sort bytes:desc --limit 10
              fovea serve

            Exit status: 0 done; 1 done with findings (verify, backup or gc found damage, add or collect could not add some, check-labels found an error, video could not do some videos or frames);
            2 not done; 64 the command line, a filter or an operation is wrong.
            """,
        version: FoveaVersion.text,
        subcommands: [
            InitCommand.self, AddCommand.self, CollectCommand.self, FindCommand.self, AskCommand.self,
            SearchCommand.self, CountCommand.self,
            FacetsCommand.self,
            HistogramCommand.self, ShowCommand.self, GetCommand.self, VideoCommand.self, ExplainCommand.self,
            StatsCommand.self,
            QueryCommand.self, LabelCommand.self, JobsCommand.self, RuleCommand.self, LabelsCommand.self,
            ClassesCommand.self, RunsCommand.self, RevertCommand.self, CheckLabelsCommand.self,
            QualityScoreCommand.self, ReviewCommand.self, DeleteCommand.self, PurgeCommand.self,
            ServeCommand.self, ModelContextCommand.self, VerifyCommand.self,
            CollectGarbageCommand.self, BackupCommand.self,
            RestoreCommand.self, ModelCommand.self, UserCommand.self, RoleCommand.self,
            KeyCommand.self,
        ])

    static func main() async {
        Terminal.reserveDescriptors()
        MemoryAllocator.keepPixelBuffers()
        // A reader that goes away must not kill the program: writes report EPIPE instead.
        signal(SIGPIPE, SIG_IGN)
        let status = await perform()
        if let failure = Terminal.outputFailure {
            Terminal.report("fovea: cannot write to standard output: \(failure)")
            Glibc.exit(ExitStatus.failure.rawValue)
        }
        Glibc.exit(status)
    }

    /// Runs the command and returns its exit status.
    private static func perform() async -> Int32 {
        do {
            var command = try parseAsRoot()
            if var command = command as? any AsyncParsableCommand {
                try await command.run()
            } else {
                try command.run()
            }
            return ExitStatus.success.rawValue
        } catch let error as EngineError {
            Terminal.report("fovea: \(error)")
            return error.exitStatus.rawValue
        } catch let error as ExitCode {
            return error.rawValue
        } catch is CancellationError {
            return 130
        } catch is Terminal.OutputEnded {
            return ExitStatus.success.rawValue
        } catch let error where isOfArgumentParser(error) {
            let status = exitCode(for: error).rawValue
            let message = fullMessage(for: error)
            if status == ExitStatus.success.rawValue {
                Terminal.print(message)
            } else {
                let text = message.hasPrefix("Error: ") ? message.dropFirst(7) : message[...]
                Terminal.report("fovea: \(text)")
            }
            return status
        } catch {
            Terminal.report("fovea: \(error)")
            return ExitStatus.failure.rawValue
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
