import Base
import Catalog
import SystemPackage
import Vectors

/// Checking, copying and tidying the vectors of a store.
extension DescriptorSets {
    /// What is damaged of the vectors that a commit names. Reads all of them.
    func damage(in snapshot: CatalogSnapshot, _ cancellation: Cancellation) throws -> [String] {
        var damage: [String] = []
        for known in try DescriptorSets.classes(in: snapshot) {
            let name = WireNames.setName(ofClass: known.name) ?? known.name
            do {
                let set = try set(of: known, rowCount: snapshot.committedLocals(of: known))
                let alive = snapshot.alive(known)
                for row in try set.verify(cancellation: cancellation) where alive.contains(row) {
                    damage.append("descriptor \(known.entityID(row)) of the set '\(name)' is damaged")
                }
            } catch let error as VectorsError {
                damage.append("descriptor set '\(name)': \(error.message)")
            }
        }
        return damage
    }

    /// Copies the vectors that a commit names to `folder`, durably; what is derived from them is made anew
    /// there.
    /// - Parameter unreadable: told what cannot be read, which is then left out; `nil` to fail there.
    /// - Returns: the bytes copied.
    func copy(
        of snapshot: CatalogSnapshot, to folder: FilePath, _ cancellation: Cancellation,
        unreadable: ((String) -> Void)? = nil
    ) throws -> Int {
        let classes = try DescriptorSets.classes(in: snapshot)
        guard !classes.isEmpty else { return 0 }
        try FolderCopy.makeFolder(folder)
        var bytes = 0
        for known in classes {
            try cancellation.check()
            let rowCount = snapshot.committedLocals(of: known)
            do throws(VectorsError) {
                bytes += try VectorSet.copy(
                    from: self.folder(known).string, to: folder.appending("\(known.id)").string,
                    rowCount: rowCount)
            } catch {
                guard let unreadable, error.code != .noSpace else { throw error }
                unreadable(error.message)
            }
        }
        try FolderCopy.syncFolder(folder)
        return bytes
    }

    /// Overwrites the vectors of purged descriptors.
    func erase(_ ids: IdSet, of known: ClassSchema, in snapshot: CatalogSnapshot) throws {
        let set = try set(of: known, rowCount: snapshot.committedLocals(of: known))
        try set.erase(ids.intersection(IdSet(0..<LocalID(clamping: set.rowCount))))
    }

    /// Writes what was derived from vectors, so that the next opening need not make it anew.
    func save() throws {
        for set in openSets { try set.save() }
    }

    /// Builds anew what is mostly of deleted descriptors.
    func maintain(_ snapshot: CatalogSnapshot, _ cancellation: Cancellation) throws {
        for known in try DescriptorSets.classes(in: snapshot) where snapshot.count(of: known) > 0 {
            let set = try set(of: known, rowCount: snapshot.committedLocals(of: known))
            try set.maintain(alive: snapshot.alive(known), cancellation: cancellation)
        }
    }

    /// Removes the vectors of sets that are gone. For who is alone in the collection gate.
    /// - Returns: the bytes freed.
    func removeGone(_ snapshot: CatalogSnapshot) throws -> Int {
        var freed = 0
        for known in try DescriptorSets.classes(in: snapshot, gone: true) {
            let folder = folder(known)
            guard FolderCopy.exists(folder) else { continue }
            forget(known)
            freed += try FolderCopy.byteCount(below: folder)
            FolderCopy.removeAll(folder)
        }
        return freed
    }

    /// The classes of descriptors that ever had a member: of sets that are there, or of those that are gone.
    private static func classes(in snapshot: CatalogSnapshot, gone: Bool = false) throws -> [ClassSchema] {
        let schema = snapshot.schema
        var names: Set<ExactName> = []
        if let sets = schema.entityClass("DescriptorSet") {
            let rows = try snapshot.entities(
                of: sets, Array(snapshot.alive(sets).ids), properties: ["_name"])
            names = Set(rows.compactMap { $0.properties["_name"]?.stringValue.map(ExactName.init) })
        }
        return schema.entityClasses.filter { known in
            guard let name = WireNames.setName(ofClass: known.name), snapshot.committedLocals(of: known) > 0
            else { return false }
            let isThere =
                snapshot.count(of: known) > 0
                || names.contains(ExactName(name))
                    && WireNames.descriptorClass(ofSet: name, in: schema)?.id == known.id
            return isThere != gone
        }
    }
}
