import Base
@testable import Catalog
import SystemPackage

/// A store with some of everything, and all that can be asked of it as one text.
enum RichStore {
    /// Adds `count` images with properties, labels, details, and a camera that they are connected to.
    static func fill(_ catalog: Catalog, count: Int, from first: Int = 0) throws {
        try catalog.write { transaction in
            let camera = try transaction.insert("Camera", ["serial": .integer(Int64(first))])
            for number in first..<first + count {
                let properties: Document = [
                    "n": .integer(Int64(number)), "ratio": .float(Double(number) / 7),
                    "path": .string("/pictures/\(number % 7)/image-\(number).jpg"),
                    "tags": [.string("t\(number % 3)"), ["x": .integer(Int64(number))]],
                    // Longer than a page: it lies in a chain of overflow pages.
                    "note": .string(
                        String(repeating: "note \(number) ", count: number % 50 == 0 ? 1_500 : 3)),
                ]
                let image = try transaction.insert("Image", properties, blob: BlobEntry(number: number))
                try transaction.addLabel(NewLabel(.class, "c\(number % 5)", source: "human:ann"), to: image)
                try transaction.setDetails(["histogram": [.integer(Int64(number)), 2, 3]], of: image)
                try transaction.connect("taken_by", from: image, to: camera, ["weight": .float(0.5)])
            }
        }
    }

    /// Everything that readers see.
    static func text(_ catalog: Catalog) throws -> String {
        try catalog.read { snapshot in
            var lines: [String] = ["commit \(snapshot.commit)"]
            for known in snapshot.schema.entityClasses {
                let ids = snapshot.alive(known).ids
                for row in try snapshot.entities(of: known, ids) {
                    let details = try snapshot.details(of: row.id).json
                    lines.append(
                        "\(row.id) \(row.properties.json) \(String(describing: row.digest)) \(details)")
                }
                for id in ids {
                    let labels = try snapshot.labels(of: known.entityID(id))
                    lines.append(labels.map { "\($0.name ?? "-") \($0.kind)" }.joined(separator: ","))
                }
            }
            if let takenBy = snapshot.schema.connectionClass("taken_by"),
                let images = snapshot.schema.entityClass("Image")
            {
                for id in snapshot.alive(images).ids {
                    let found = try snapshot.connections(of: takenBy, from: images.entityID(id))
                    lines.append(found.map { "\($0.target) \($0.properties.json)" }.joined(separator: ","))
                }
            }
            try snapshot.forEachBlob { entry, isReferenced in lines.append("\(entry) \(isReferenced)") }
            return lines.joined(separator: "\n")
        }
    }
}

/// The checksum of a page, written anew from the description of the format (https://sqlite.org/cksumvfs.html)
/// to judge the program's own.
enum PageJudge {
    /// The numbers of the pages, from 1, whose last 8 bytes are not the two sums of the bytes before them.
    static func wrongPages(_ file: [UInt8]) -> [Int] {
        let stated = Int(file[16]) << 8 | Int(file[17])
        let pageSize = stated == 1 ? 65536 : stated
        func word(_ offset: Int) -> UInt32 {
            UInt32(file[offset]) | UInt32(file[offset + 1]) << 8 | UInt32(file[offset + 2]) << 16
                | UInt32(file[offset + 3]) << 24
        }
        var wrong: [Int] = []
        for start in stride(from: 0, to: file.count, by: pageSize) {
            var (first, second): (UInt32, UInt32) = (0, 0)
            for offset in stride(from: start, to: start + pageSize - 8, by: 8) {
                first = first &+ word(offset) &+ second
                second = second &+ word(offset + 4) &+ first
            }
            if word(start + pageSize - 8) != first || word(start + pageSize - 4) != second {
                wrong.append(start / pageSize + 1)
            }
        }
        return wrong
    }
}
