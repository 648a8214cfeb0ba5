// The files that TLS is set up from, and what is wrong with them in words that an operator can act on.

import NIOSSL
package import ProcessSupport

package struct TLSFiles: Sendable, Equatable {
  package var certificate: String
  package var key: String
  /// With it, clients have to show a certificate of one of these authorities.
  package var clientAuthorities: String?

  package init(certificate: String, key: String, clientAuthorities: String? = nil) {
    self.certificate = certificate
    self.key = key
    self.clientAuthorities = clientAuthorities
  }

  /// Nil when the settings ask for no TLS.
  package init?(_ settings: Settings) {
    guard let certificate = settings.tlsCertificate, let key = settings.tlsKey else { return nil }
    self.init(certificate: certificate, key: key, clientAuthorities: settings.tlsClientAuthorities)
  }

  /// Equal as long as none of the files has changed.
  var stamps: [FileStamp?] { [certificate, key, clientAuthorities ?? certificate].map { FileStamp($0) } }
}

/// One line: which file, and what is wrong with it.
package struct TLSProblem: Error, Sendable, Equatable, CustomStringConvertible {
  package let description: String

  init(_ file: String, _ problem: String) {
    description = "\(file): \(problem)"
  }
}

extension TLSFiles {
  private static let largest = 1 << 20

  func certificates() throws(TLSProblem) -> [NIOSSLCertificate] { try Self.certificates(in: certificate) }

  func authorities() throws(TLSProblem) -> [NIOSSLCertificate]? {
    guard let clientAuthorities else { return nil }
    return try Self.certificates(in: clientAuthorities)
  }

  func privateKey() throws(TLSProblem) -> NIOSSLPrivateKey {
    let bytes = try Self.bytes(of: key)
    let text = String(decoding: bytes, as: UTF8.self)
    guard text.contains("PRIVATE KEY-----") else { throw TLSProblem(key, "holds no private key in PEM form") }
    // Without this the library would ask for the passphrase on the terminal.
    guard !text.contains("ENCRYPTED") else {
      throw TLSProblem(key, "the private key is encrypted; write it without a passphrase (openssl pkey -in … -out …)")
    }
    do { return try NIOSSLPrivateKey(bytes: bytes, format: .pem) { $0([UInt8]()) } } catch {
      throw TLSProblem(key, "the private key cannot be read; is the file complete?")
    }
  }

  private static func certificates(in file: String) throws(TLSProblem) -> [NIOSSLCertificate] {
    let bytes = try bytes(of: file)
    guard String(decoding: bytes, as: UTF8.self).contains("CERTIFICATE-----") else {
      throw TLSProblem(file, "holds no certificate in PEM form")
    }
    let certificates = try? NIOSSLCertificate.fromPEMBytes(bytes)
    guard let certificates, !certificates.isEmpty else {
      throw TLSProblem(file, "the certificate cannot be read; is the file complete?")
    }
    return certificates
  }

  private static func bytes(of file: String) throws(TLSProblem) -> [UInt8] {
    do throws(FileProblem) {
      guard let bytes = try SmallFile.read(file, limit: largest) else { throw FileProblem("is not a regular file") }
      return bytes
    } catch {
      throw TLSProblem(file, error.message)
    }
  }
}
