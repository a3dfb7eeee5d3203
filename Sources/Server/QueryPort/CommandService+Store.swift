import Base
import Engine
import Pipeline

extension CommandService {
    /// The command language of a store.
    static func of(_ store: Store, _ configuration: ServerConfiguration, _ web: WebBytes) -> CommandService {
        CommandService(
            authority: StoreAuthority(
                accessControl: store.accessControl, anonymousRole: configuration.anonymousRole),
            maxMessageBytes: configuration.maxMessageBytes,
            tables: { message, dialect, principal in
                try await store.answerTable(message, dialect: dialect, principal: principal, web: web)
            }
        ) { message, dialect, principal in
            await store.answer(message, dialect: dialect, principal: principal, web: web)
        }
    }
}

extension WebBytes {
    /// What a server fetches for those who ask it.
    static func of(_ store: Store, _ configuration: ServerConfiguration) -> WebBytes {
        WebBytes(
            userAgent: "Fovea/\(FoveaVersion.text)",
            allowsPrivateAddresses: configuration.allowsPrivateAddresses,
            maxBytes: min(WebBytes.defaultMaxBytes, store.options.maxFileBytes.bytes))
    }
}
