import Base
import Catalog

extension CatalogSnapshot {
    /// What the catalog keeps as text for the engine to read, and the engine cannot: rules, keys of Cortex's
    /// paths, permissions of roles and passwords of users. Each message names the thing.
    ///
    /// A row that the catalog itself cannot read is its own finding, and told by its verification.
    func unreadableTexts() throws -> [String] {
        var messages: [String] = []
        func note(_ name: String, _ read: () throws -> Void) throws {
            do {
                try read()
            } catch let error as EngineError {
                messages.append("\(name) cannot be read: \(error.message)")
            } catch let error as CatalogError where error.code == .corrupt {
            }
        }
        for rule in try rules() {
            try note("the rule '\(rule.id.prefix(70))'") {
                _ = try LabelRule(rule.text)
                guard LabelRule.isID(rule.id) else {
                    throw EngineError(.corrupt, "its id is none that a rule may have")
                }
            }
        }
        try note("the keys") {
            for key in try users.apiKeys() {
                try note("the key '\(key.prefix)'") {
                    _ = try APIKey(key)
                    let isWhole =
                        key.prefix.hasPrefix(AccessToken.Kind.key.rawValue)
                        && key.prefix.utf8.count == AccessToken.prefixLength
                    guard isWhole else {
                        throw EngineError(.corrupt, "no key begins like that, so that nobody can use it")
                    }
                }
            }
        }
        try note("the roles") {
            for role in try users.roles() { try note("the role '\(role.name)'") { _ = try Role(role) } }
        }
        try note("the users") {
            for user in try users.users() where user.password.map({ PasswordHash($0) == nil }) ?? false {
                messages.append("what is stored of the password of '\(user.name)' cannot be read")
            }
        }
        return messages
    }
}
