import ArgumentParser

/// What the program's exit status says. Documented in `fovea help` and `docs/cli.md`.
enum ExitStatus: Int32 {
    /// Done.
    case success = 0
    /// Done, with findings: `verify` or `backup` found damage, `add` could not add some files, `video`
    /// could not do some videos or frames.
    case findings = 1
    /// Not done: the message on standard error says why.
    case failure = 2
    /// The command line, a filter or an operation is wrong (`EX_USAGE`).
    case usage = 64

    var exitCode: ExitCode { ExitCode(rawValue) }
}
