import Base
import Foundation
import TestSupport
import Testing

@testable import Query

@Suite struct CommandTableTests {
    @Test("every example in the table is a command that parses", arguments: CommandDialect.allCases)
    func examples(dialect: CommandDialect) throws {
        for row in CommandTable.rows(of: dialect) {
            // What examples refer to: results that may be of any kind.
            let earlier =
                row.example.contains(#""_ref""#)
                ? "" : #"{"FindEntity":{"_ref":1}},{"FindEntity":{"_ref":2}},"#
            let query = try CommandQuery.parse("[\(earlier)\(row.example)]", dialect: dialect)
            #expect(query.commands.last?.name == row.name)
        }
    }

    @Test("names and parameters are unique", arguments: CommandDialect.allCases)
    func unique(dialect: CommandDialect) {
        let rows = CommandTable.rows(of: dialect)
        #expect(Set(rows.map(\.name)).count == rows.count)
        for row in rows {
            let names = row.parameters.map(\.name)
            #expect(Set(names).count == names.count, "\(row.name): \(names)")
        }
    }

    /// Commands that neither of the two has.
    private let ours = ["FindIntervals"]

    /// VDMS's `api_schema.json` of 2.8 has these; the two of Neo4j are answered as unknown.
    @Test func `VDMS's schema is covered`() {
        let names = [
            "AddEntity", "UpdateEntity", "FindEntity", "AddConnection", "UpdateConnection", "FindConnection",
            "AddImage", "UpdateImage", "FindImage", "AddDescriptorSet", "FindDescriptorSet", "AddDescriptor",
            "ClassifyDescriptor", "FindDescriptor", "DeleteExpired", "AddBoundingBox", "UpdateBoundingBox",
            "FindBoundingBox", "AddVideo", "UpdateVideo", "FindVideo", "FindFrames", "AddBlob", "UpdateBlob",
            "FindBlob",
        ]
        #expect(Set(CommandTable.names(of: .vdms)) == Set(names + ours))
    }

    /// What the Python clients 0.2.3, 0.4.61 and 0.5.3 send or make names for, and their documentation.
    @Test func `ApertureDB's commands are covered`() {
        var names: Set<String> = [
            "RegionIoU", "ExtractFrames", "FindDescriptorBatch", "ClassifyDescriptor", "CreateIndex",
            "RemoveIndex", "GetIndexes", "GetStatus", "GetSchema", "UserLogMessage", "Authenticate",
            "RefreshToken", "CreateRole", "UpdateRole", "RemoveRole", "CreateUser", "UpdateUser",
            "RemoveUser", "GetUserDetails", "GenerateToken",
        ]
        for subject in [
            "Entity", "Connection", "Image", "Blob", "Video", "Clip", "Frame", "BoundingBox", "Polygon",
            "Descriptor", "DescriptorSet",
        ] {
            for verb in ["Add", "Find", "Update", "Delete"] { names.insert(verb + subject) }
        }
        #expect(Set(CommandTable.names(of: .aperture)) == names.union(ours))
    }

    @Test func `docs query-language is what the table writes`() throws {
        let file = Surroundings.repository.appendingPathComponent("docs/query-language.md")
        if ProcessInfo.processInfo.environment["FOVEA_WRITE_DOCS"] == "1" {
            try Data(CommandTable.markdown.utf8).write(to: file)
        }
        let written = try String(contentsOf: file, encoding: .utf8)
        #expect(written == CommandTable.markdown, "run this test with FOVEA_WRITE_DOCS=1 to write it anew")
    }

    @Test func `what is unknown is refused with a guess`() {
        let command = refusal(#"{"FindImages": {}}"#)
        #expect(command?.code == .unknownCommand)
        #expect(command?.message.contains("FindImages: Command not found! Did you mean FindImage?") == true)
        let parameter = refusal(#"{"FindImage": {"constraint": {}}}"#)
        #expect(parameter?.code == .unknownParameter)
        #expect(parameter?.path == "[0].FindImage.constraint")
        #expect(parameter?.message.contains("did you mean constraints?") == true)
        #expect(refusal(#"{"GetStatus": {"x": 1}}"#)?.message == "GetStatus has no parameters")
        #expect(refusal(#"{"FindImage": {"with_class": "a"}}"#, .vdms)?.code == .unknownParameter)
        #expect(
            refusal(#"{"FindImage": {"link": {"ref": 1, "unique": true}}}"#, .vdms)?.path
                == "[0].FindImage.link.unique")
    }

    @Test func `commands of one dialect are not the other's`() {
        #expect(
            refusal(#"{"DeleteEntity": {"with_class": "a"}}"#, .vdms)?.message
                == "DeleteEntity: Command not found!")
        #expect(refusal(#"{"DeleteExpired": {}}"#)?.code == .unknownCommand)
        for name in ["NeoAdd", "NeoFind"] {
            let error = refusal("{\"\(name)\": {\"cypher\": \"\"}}", .vdms)
            #expect(error?.message == "\(name): Command not found!")
        }
    }
}
