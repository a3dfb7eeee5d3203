/// Which of two command languages a query is written in. They share most names and one meaning; the parser
/// resolves where they differ.
public enum CommandDialect: String, Sendable, Hashable, CaseIterable {
    /// That of Intel's VDMS, as its `api_schema.json` has it.
    case vdms
    /// That of ApertureDB, as its Python clients up to 0.5 speak it.
    case aperture
}
