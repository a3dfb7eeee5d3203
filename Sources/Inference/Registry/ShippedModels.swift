import CModelFiles

/// The descriptions that come with Fovea, out of the binary. Their files do not.
enum ShippedModels {
    /// The text of each, by id.
    static let descriptions: [String: [UInt8]] = {
        var descriptions: [String: [UInt8]] = [:]
        var index = 0
        while let file = fovea_model_file_at(index)?.pointee {
            descriptions[String(cString: file.id)] = Array(
                UnsafeRawBufferPointer(start: file.bytes, count: file.byte_count))
            index += 1
        }
        return descriptions
    }()
}
