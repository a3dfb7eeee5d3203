import Base
import Catalog
import Query

extension Transaction {
    /// Deletes the descriptors of sets that are about to be deleted; nothing of another class.
    func deleteDescriptors(ofSets ids: IdSet, in className: String, by who: String) throws {
        guard className == WireNames.systemClass(.descriptorSet), let sets = schema.entityClass(className)
        else { return }
        for local in ids.ids {
            guard let name = try properties(of: sets.entityID(local))?["_name"]?.stringValue,
                let known = WireNames.descriptorClass(ofSet: name, in: schema)
            else { continue }
            let all = try read { $0.alive(known) }
            try delete(all, of: known.name, by: who)
        }
    }
}
