import Base
import Engine
import NIOHTTP1

/// Users, roles and the audit log, over the holder's socket: whoever may open the store's files may do all of
/// it.
enum AccessRoutes {
    static let holderEndpoints: [Endpoint] = [
        Endpoint(
            .POST, "/v1/access/{command}", operationID: "runAccessCommand",
            summary: "Carries out a command about users and roles, such as CreateUser, with its parameters.",
            access: .holder,
            parameters: [
                .init(
                    name: "command", place: .path,
                    schema: [
                        "type": "string",
                        "enum": .array(AccessCommand.allCases.map { .string($0.rawValue) }),
                    ],
                    description: "The command.")
            ],
            body: [("application/json", Schemas.anything)],
            responses: [.json("What the command answers.", Schemas.anything)], errors: [404, 409],
            read: { request in
                let name = try request.parameter("command")
                guard let command = AccessCommand(rawValue: name) else {
                    throw EngineError(
                        .notFound, "there is no command '\(name.prefix(100))' about users and roles",
                        path: "command")
                }
                let reader = try request.object()
                var parameters = reader.object
                parameters["allow_weak_password"] = nil
                return (
                    command: command, parameters: parameters,
                    allowsWeak: try reader.flag("allow_weak_password") ?? false
                )
            },
            answer: { exchange, request in
                .json(
                    try await exchange.store.perform(
                        request.command, request.parameters, by: socketOwner,
                        allowsWeakPassword: request.allowsWeak))
            }),
        Endpoint(
            .GET, "/v1/users", operationID: "getUsers", summary: "All users, by name.", access: .holder,
            responses: [list("users")],
            answer: { exchange in .json(["users": array(try await exchange.store.users())]) }),
        Endpoint(
            .GET, "/v1/roles", operationID: "getRoles", summary: "All roles, by name.", access: .holder,
            responses: [list("roles")],
            answer: { exchange in .json(["roles": array(try await exchange.store.roles())]) }),
        Endpoint(
            .GET, "/v1/audit", operationID: "getAudit",
            summary: "The newest entries of the audit log, newest first.", access: .holder,
            parameters: [
                .init(
                    name: "limit", place: .query, schema: ["type": "integer", "minimum": 0],
                    description: "How many at most; 100 unless given."),
                .init(
                    name: "before", place: .query, schema: ["type": "integer", "minimum": 0],
                    description: "Only entries before the one of that `id`."),
            ],
            responses: [list("entries")],
            read: { request in
                let reader = try request.object()
                try reader.refuseUnknown(["limit", "before"])
                return (
                    limit: min(try reader.count("limit") ?? 100, auditPage),
                    before: try reader.count("before") ?? .max
                )
            },
            answer: { exchange, page in
                let entries = try await exchange.store.auditEntries(
                    limit: page.limit, before: Int64(page.before))
                return .json(["entries": array(entries)])
            }),
    ]

    /// Entries of the audit log that one answer has at most.
    static let auditPage = 100_000

    /// Who asks over the socket: only this user may connect to it.
    static var socketOwner: Principal {
        Principal(
            kind: .owner, name: ProcessOwner.name, permissions: Principal.owner.permissions,
            origin: "holder.sock")
    }

    private static func array(_ documents: [Document]) -> Value { .array(documents.map { .object($0) }) }

    private static func list(_ name: String) -> Endpoint.Outcome {
        .json(
            "The list.",
            Schemas.object([name: .object(Schemas.list(of: Schemas.anything))], required: [name]))
    }
}
