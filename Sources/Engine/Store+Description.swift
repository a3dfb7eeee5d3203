public import Base
import Catalog
import SystemPackage

extension Store {
    /// The classes with their properties, types and counts.
    public func schema() async throws -> Document {
        try await read { snapshot in
            let classes = snapshot.schema.entityClasses.map { known -> Value in
                let properties = known.properties.map { property -> Value in
                    [
                        "name": .string(property.name),
                        "types": .array(property.types.list.map { .string($0.description) }),
                    ]
                }
                return [
                    "name": .string(known.name), "count": .integer(Int64(snapshot.count(of: known))),
                    "properties": .array(properties),
                ]
            }
            let connections = snapshot.schema.connectionClasses.map { known -> Value in
                ["name": .string(known.name), "count": .integer(Int64(snapshot.count(of: known)))]
            }
            return ["classes": .array(classes), "connections": .array(connections)]
        }
    }

    /// What the store holds and what it costs.
    public func statistics() async throws -> Document {
        let cached = cache.byteCounts
        let (directory, access, columnBytes) = (directory, access, catalog.indexByteCount.bytes)
        return try await read { snapshot in
            var blobCount = 0, blobBytes = 0
            try snapshot.forEachBlob { entry, isReferenced in
                if isReferenced {
                    blobCount += 1
                    blobBytes += Int(entry.place.length)
                }
            }
            var entities = Document()
            for known in snapshot.schema.entityClasses {
                entities[known.name] = .integer(Int64(snapshot.count(of: known)))
            }
            return [
                "store": .string(directory.string),
                "access": access == .readWrite ? "read-write" : "read-only",
                "commit": .integer(Int64(snapshot.commit)), "entities": .object(entities),
                "blobs": ["count": .integer(Int64(blobCount)), "bytes": .integer(Int64(blobBytes))],
                "columns": ["bytes": .integer(Int64(columnBytes))],
                "cache": [
                    "memory_bytes": .integer(Int64(cached.memory)),
                    "disk_bytes": .integer(Int64(cached.disk)),
                ],
            ]
        }
    }

    /// Reads the catalog, from the disk and not from memory alone.
    /// - Throws: ``EngineError`` where that fails: its file is gone, is another one, or cannot be read.
    public func checkReadable() async throws {
        let catalog = catalog
        try await readPool.run { cancellation in
            try translating {
                try catalog.checkFile()
                try catalog.read(cancellation) { _ = $0.commit }
            }
        }
    }

    /// What metrics tell of the store: a name, what it is, and its value at this moment.
    public func gauges() async throws -> [(name: String, help: String, value: Double)] {
        let cached = cache.byteCounts
        let columns = catalog.indexByteCount.bytes
        let (entities, commit) = try await read { snapshot in
            (snapshot.schema.entityClasses.reduce(0) { $0 + snapshot.count(of: $1) }, snapshot.commit)
        }
        return [
            ("fovea_entities", "Entities of all classes.", Double(entities)),
            ("fovea_commit", "The number of the last commit.", Double(commit)),
            ("fovea_column_bytes", "Memory held by columns and postings.", Double(columns)),
            ("fovea_cache_memory_bytes", "Derived pixels in memory.", Double(cached.memory)),
            ("fovea_cache_disk_bytes", "Derived pixels on disk.", Double(cached.disk)),
        ]
    }
}
