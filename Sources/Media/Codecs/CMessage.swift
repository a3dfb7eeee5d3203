/// Room for a message that a C function writes.
struct CMessage: ~Copyable {
    let characters: UnsafeMutablePointer<CChar>
    private let count: Int

    init(count: Int) {
        self.count = count
        characters = .allocate(capacity: count)
        characters.initialize(repeating: 0, count: count)
    }

    deinit { characters.deallocate() }

    /// The text up to its first zero byte.
    var text: String {
        let used = UnsafeBufferPointer(start: characters, count: count).prefix { $0 != 0 }
        return String(decoding: used.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
