public import Base

extension Catalog {
    /// Checks that an entity may have `properties`, as far as that can be said without a transaction: so that
    /// whoever adds many can refuse one of them beforehand.
    /// - Throws: ``CatalogError/Code/invalidName``, ``CatalogError/Code/invalidValue`` and
    ///   ``CatalogError/Code/limitExceeded``, as ``Transaction/insert(_:_:system:blob:key:)`` would.
    public func check(_ properties: Document) throws(CatalogError) {
        for member in properties.members {
            try CatalogName.check(member.key, of: "property")
            _ = try StoredCell(member.value, of: member.key, limit: options.valueLimit)
        }
    }
}
