import Base
import Catalog
import Columns
import Query

extension CatalogSnapshot {
    /// Ids in a sort order, by columns alone; `nil` where a key's values are not all in one column.
    func sortedByColumn(
        _ known: ClassSchema, _ ids: IdSet, by order: SortOrder, limit: Int
    ) throws -> [LocalID]? {
        if order.keys.first.map({ SystemField($0.path) == .id && !$0.ascending }) ?? false {
            return Array(ids.page(skip: 0, count: .max).reversed().prefix(limit))
        }
        var keys: [ColumnSortKey] = []
        for key in order.keys {
            guard key.path.components.count == 1, SystemField(key.path) == nil else { return nil }
            guard let property = known[key.path.root] else {
                if FindRequest.detailFields.contains(key.path.root) { return nil }
                continue
            }
            // A null sorts as a missing value does.
            let types = property.types.list.filter { $0 != .null }
            guard types.count <= 1, types.first != .json else { return nil }
            guard !types.isEmpty, let column = try columns(known, property).first(where: { $0.count > 0 })
            else { continue }
            keys.append(ColumnSortKey(column, ascending: key.ascending))
        }
        if keys.isEmpty { return ids.page(skip: 0, count: limit) }
        return Column.sorted(ids: ids, by: keys, limit: limit == .max ? nil : limit)
    }
}
