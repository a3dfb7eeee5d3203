import Base
import SystemPackage

/// Paths as they go over the holder's socket.
extension FileTree {
    /// The path as text; one that is no UTF-8 as hexadecimal digits of its bytes.
    static func document(_ path: FilePath) -> Value {
        let bytes = bytes(of: path)
        if let text = String(validating: bytes, as: UTF8.self) { return .string(text) }
        return ["hex": .string(Hex.encode(bytes))]
    }

    /// Reads what ``document(_:)`` wrote; `nil` for anything else.
    static func path(_ value: Value) -> FilePath? {
        if let text = value.stringValue { return FilePath(text) }
        guard let bytes = value.objectValue?["hex"]?.stringValue.flatMap({ Hex.decode($0) }),
            !bytes.contains(0)
        else { return nil }
        return (bytes + [0]).withUnsafeBufferPointer { buffer in
            buffer.withMemoryRebound(to: CInterop.PlatformChar.self) {
                // The buffer ends in the zero appended above, so it has a base address.
                FilePath(platformString: $0.baseAddress!)
            }
        }
    }
}
