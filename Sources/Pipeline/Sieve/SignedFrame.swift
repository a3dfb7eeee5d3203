public import Base
public import Engine

/// The address of one frame of a pushed video, which shows that frame to whoever has it until a time.
///
/// What is signed is the push, the number of the frame and the time, so that none of them can be changed.
public struct SignedFrame: Sendable, Hashable {
    /// Where such addresses are.
    public static let path = "/sieve/v1/signed/"
    /// How long one is good at the least, in seconds.
    public static let lifetime: Int64 = 24 * 60 * 60
    /// Times are whole hours, so that the same frame has the same address for a while, and browsers keep it.
    private static let step: Int64 = 60 * 60

    public var job: String
    public var frame: Int
    /// Seconds since 1970.
    public var expires: Int64

    public init(job: String, frame: Int, expires: Int64) {
        self.job = job
        self.frame = frame
        self.expires = expires
    }

    /// One that is good for at least ``lifetime`` from `now` on, and less than an hour more.
    public init(job: String, frame: Int, now: DateTime) {
        let end = now.microseconds / 1_000_000 + SignedFrame.lifetime
        self.init(
            job: job, frame: frame,
            expires: (end + SignedFrame.step - 1) / SignedFrame.step * SignedFrame.step)
    }

    /// Path and query of the address.
    public func target(signedBy signer: AddressSigner) -> String {
        "\(SignedFrame.path)\(job)/\(frame)?expires=\(expires)&signature=\(signer.signature(of: text))"
    }

    /// - Throws: ``EngineError/Code/forbidden`` for a signature that is not its own, and behind the time.
    public func check(_ signature: String, by signer: AddressSigner, now: DateTime) throws(EngineError) {
        guard signer.isValid(signature, of: text) else {
            throw EngineError(
                .forbidden, "the signature does not fit: addresses are as get_metadata gives them",
                path: "signature")
        }
        guard now.microseconds / 1_000_000 < expires else {
            let end = DateTime(microseconds: expires * 1_000_000).iso8601
            throw EngineError(
                .forbidden, "the address was good until \(end): ask get_metadata for a new one",
                path: "expires")
        }
    }

    private var text: String { "sieve-frame\n\(job)\n\(frame)\n\(expires)" }
}

extension Sieve {
    /// Path and query of an address of a frame, for whoever has it; see ``SignedFrame``.
    public func signedTarget(ofFrame frame: Int, job: String, now: DateTime) -> String {
        SignedFrame(job: job, frame: frame, now: now).target(signedBy: signer)
    }

    /// The push that a signed address is of.
    /// - Throws: ``EngineError/Code/forbidden``; ``EngineError/Code/notFound`` where it was deleted.
    public func video(
        of address: SignedFrame, signature: String, now: DateTime
    ) async throws -> SieveVideo {
        try address.check(signature, by: signer, now: now)
        return try await job(address.job)
    }
}
