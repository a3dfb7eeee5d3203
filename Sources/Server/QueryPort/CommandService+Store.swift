import Engine

extension CommandService {
    /// The command language of a store.
    static func of(_ store: Store, _ configuration: ServerConfiguration) -> CommandService {
        CommandService(
            authority: StoreAuthority(
                accessControl: store.accessControl, anonymousRole: configuration.anonymousRole),
            maxMessageBytes: configuration.maxMessageBytes,
            tables: { message, dialect, principal in
                try await store.answerTable(message, dialect: dialect, principal: principal)
            }
        ) { message, dialect, principal in
            await store.answer(message, dialect: dialect, principal: principal)
        }
    }
}
