/// Every command of both languages. Queries are read, and the documentation is written, from this one table.
public enum CommandTable {
    /// The names of the commands of `dialect`, in the order in which the documentation has them.
    public static func names(of dialect: CommandDialect) -> [String] { rows(of: dialect).map(\.name) }

    static func rows(of dialect: CommandDialect) -> [CommandRow] {
        dialect == .vdms ? VDMSTable.rows : aperture
    }

    static func row(named name: String, dialect: CommandDialect) -> CommandRow? {
        dialect == .vdms ? vdmsByName[name] : apertureByName[name]
    }

    static let aperture: [CommandRow] =
        apertureEntities + apertureMedia + apertureVideos + apertureRegions + apertureDescriptors
        + apertureServer + apertureAccess

    // MARK: - Private

    private static let vdmsByName = byName(VDMSTable.rows)
    private static let apertureByName = byName(aperture)

    private static func byName(_ rows: [CommandRow]) -> [String: CommandRow] {
        Dictionary(rows.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    }
}

/// Parameters that several commands share.
extension CommandParameter {
    static let ref = CommandParameter(
        "_ref", .newReference, "the number by which later commands know the result")
    static let properties = CommandParameter("properties", .properties, "names and values to keep")
    static let removeProperties = CommandParameter("remove_props", .names, "names of properties to remove")
    static let constraints = CommandParameter("constraints", .constraints, "conditions on properties")
    static let unique = CommandParameter(
        "unique", .boolean, "whether anything but exactly one is an error, status 3")
    static let blobs = CommandParameter("blobs", .boolean, "whether blobs are returned")
    static let label = CommandParameter("label", .name, "its label")
    static let labels = CommandParameter("labels", .boolean, "whether `_label` is told")
    static let withLabel = CommandParameter("with_label", .name, "the label it has")

    static func className(_ summary: String) -> CommandParameter { CommandParameter("class", .name, summary) }
}
