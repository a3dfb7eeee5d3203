extension Verification {
    /// Checks that every clip and every frame is joined with one video, which is the one that it names.
    mutating func checkVideoParts() throws(CatalogError) {
        let schema = snapshot.schema
        guard let videos = schema.entityClass(VideoPartClass.videoClass) else { return }
        for part in VideoPartClass.allCases {
            guard let members = schema.entityClass(part.rawValue) else { continue }
            guard let joined = schema.connectionClass(part.connectionClass),
                let video = members["video"]?.column(.string)
            else {
                try each(
                    "SELECT id FROM \(members.table)", .reference, "is joined with no video", in: members)
                continue
            }
            let isJoined = "src_class = \(videos.id) AND dst_class = \(members.id)"
            try each(
                """
                SELECT id FROM \(members.table)
                WHERE id NOT IN (SELECT dst FROM \(joined.table) WHERE \(isJoined) GROUP BY dst HAVING count(*) = 1)
                """, .reference, "is not joined with one video", in: members)
            try each(
                """
                SELECT e.id FROM \(joined.table) c JOIN \(members.table) e ON e.id = c.dst
                WHERE \(isJoined) AND e.\(video) IS NOT '\(videos.id).\(videos.generation).' || c.src
                """, .reference, "names another video than the one it is joined with", in: members)
        }
    }
}
