import Base
import Crypto
#if canImport(Glibc)
    import Glibc
#endif
import Synchronization
public import SystemPackage

/// Signs what addresses say, and knows its own signatures again: HMAC-SHA256 (RFC 2104) under a key of 256
/// bits that only this store has.
///
/// The key is made at first use and kept in a file that only its user may read. Where it cannot be kept, as
/// in a store that is opened for reading, signatures are good for as long as this process runs.
public final class AddressSigner: Sendable {
    private static let keyLength = 32

    private let file: FilePath?
    private let key = Mutex<SymmetricKey?>(nil)

    /// - Parameter file: where the key is kept; `nil` for a key of this process alone.
    public init(keyFile file: FilePath?) { self.file = file }

    /// The signature of a text, as 64 hexadecimal digits. Blocks the first time.
    public func signature(of text: String) -> String {
        Hex.encode(Array(HMAC<SHA256>.authenticationCode(for: Array(text.utf8), using: symmetricKey())))
    }

    /// Whether a text was signed so by this key. Takes as long whether a signature is nearly right or wrong.
    public func isValid(_ signature: String, of text: String) -> Bool {
        guard let bytes = Hex.decode(signature), bytes.count == SHA256.byteCount else { return false }
        return HMAC<SHA256>.isValidAuthenticationCode(
            bytes, authenticating: Array(text.utf8), using: symmetricKey())
    }

    // MARK: - Private

    private func symmetricKey() -> SymmetricKey {
        key.withLock { key in
            if let key { return key }
            let made = stored() ?? kept(SymmetricKey(size: .bits256))
            key = made
            return made
        }
    }

    /// The key that the file holds; `nil` where it holds none.
    private func stored() -> SymmetricKey? {
        guard let file, let bytes = CacheFile.contents(of: file), bytes.count == AddressSigner.keyLength
        else {
            return nil
        }
        return SymmetricKey(data: bytes)
    }

    /// Keeps a key, unless another process was quicker.
    private func kept(_ key: SymmetricKey) -> SymmetricKey {
        guard let file else { return key }
        let temporary = FilePath("\(file.string).\(getpid()).part")
        let descriptor = open(temporary.string, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        // Without the file the key is good for this process.
        guard descriptor >= 0 else { return key }
        defer { unlink(temporary.string) }
        let count = key.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
        let isWhole = count == AddressSigner.keyLength && fsync(descriptor) == 0
        close(descriptor)
        guard isWhole else { return key }
        // A file that holds no key, as of a write that a power cut has left, gives way.
        if link(temporary.string, file.string) != 0 {
            if let other = stored() { return other }
            rename(temporary.string, file.string)
        }
        return key
    }
}
