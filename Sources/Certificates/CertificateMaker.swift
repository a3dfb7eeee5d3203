import Crypto
import FoundationEssentials
#if canImport(Glibc)
    import Glibc
#endif
import SwiftASN1
import X509

/// A certificate with its key, ECDSA on P-256.
struct KeyedCertificate {
    var certificate: Certificate
    var key: P256.Signing.PrivateKey

    /// A text for people: who it is of.
    var name: String { certificate.subject.description }
    /// The last second that it is good for, counted from 1970.
    var end: Int { Int(certificate.notValidAfter.timeIntervalSince1970) }

    /// Whether it says that its holder is each of these.
    func names(_ names: [String]) throws -> Bool {
        let all = try certificate.extensions.subjectAlternativeNames ?? SubjectAlternativeNames()
        return names.map(CertificateMaker.generalName).allSatisfy { all.contains($0) }
    }
}

/// Makes certificates: an authority of one's own, and servers' that it signs.
enum CertificateMaker {
    private static let day = 86_400.0
    /// Ten years: whoever trusts the authority has to be told of another one.
    static let authorityDays = 3_653.0
    /// What browsers and other strict readers accept at most of an authority of one's own.
    static let serverDays = 825.0

    /// - Parameter now: Seconds since 1970.
    static func authority(of host: String, now: Int) throws -> KeyedCertificate {
        let key = P256.Signing.PrivateKey()
        let name = try DistinguishedName {
            OrganizationName("Fovea")
            CommonName("Fovea's authority on \(host.prefix(40))")
        }
        let publicKey = Certificate.PublicKey(key.publicKey)
        let certificate = try make(
            publicKey, subject: name, issuer: name, issuerKey: key, now: now, days: authorityDays,
            extensions: Certificate.Extensions {
                Critical(BasicConstraints.isCertificateAuthority(maxPathLength: 0))
                Critical(KeyUsage(keyCertSign: true, cRLSign: true))
                SubjectKeyIdentifier(hash: publicKey)
            })
        return KeyedCertificate(certificate: certificate, key: key)
    }

    /// - Parameter names: Host names and addresses that clients reach the server by; at least one.
    static func server(
        _ names: [String], signedBy authority: KeyedCertificate, now: Int
    ) throws -> KeyedCertificate {
        let key = P256.Signing.PrivateKey()
        let publicKey = Certificate.PublicKey(key.publicKey)
        let identifier = SubjectKeyIdentifier(hash: authority.certificate.publicKey)
        let certificate = try make(
            publicKey,
            subject: try DistinguishedName {
                OrganizationName("Fovea")
                CommonName(String(names[0].prefix(64)))
            }, issuer: authority.certificate.subject, issuerKey: authority.key, now: now, days: serverDays,
            extensions: Certificate.Extensions {
                Critical(BasicConstraints.notCertificateAuthority)
                Critical(KeyUsage(digitalSignature: true))
                try ExtendedKeyUsage([.serverAuth])
                SubjectKeyIdentifier(hash: publicKey)
                AuthorityKeyIdentifier(keyIdentifier: identifier.keyIdentifier)
                SubjectAlternativeNames(names.map(generalName))
            })
        return KeyedCertificate(certificate: certificate, key: key)
    }

    /// An address as its bytes, anything else as a name.
    static func generalName(_ text: String) -> GeneralName {
        var bytes = [UInt8](repeating: 0, count: 16)
        if inet_pton(AF_INET, text, &bytes) == 1 {
            return .ipAddress(ASN1OctetString(contentBytes: bytes[..<4]))
        }
        if inet_pton(AF_INET6, text, &bytes) == 1 {
            return .ipAddress(ASN1OctetString(contentBytes: bytes[...]))
        }
        return .dnsName(text)
    }

    // MARK: - Private

    private static func make(
        _ key: Certificate.PublicKey, subject: DistinguishedName, issuer: DistinguishedName,
        issuerKey: P256.Signing.PrivateKey, now: Int, days: Double, extensions: Certificate.Extensions
    ) throws -> Certificate {
        // Clocks of clients may be an hour behind.
        let start = Date(timeIntervalSince1970: Double(now) - 3_600)
        return try Certificate(
            version: .v3, serialNumber: Certificate.SerialNumber(), publicKey: key, notValidBefore: start,
            notValidAfter: start.addingTimeInterval(days * day), issuer: issuer, subject: subject,
            signatureAlgorithm: .ecdsaWithSHA256, extensions: extensions,
            issuerPrivateKey: Certificate.PrivateKey(issuerKey))
    }
}
