// Certificates and keys from PEM files, and what is wrong with a file in words that an operator can act on.

package import NIOSSL

/// One line: which file, and what is wrong with it.
package struct TLSProblem: Error, Sendable, Equatable, CustomStringConvertible {
  package let description: String

  package init(_ file: String, _ problem: String) {
    description = "\(file): \(problem)"
  }
}

package enum PEMFile {
  private static let largest = 1 << 20

  /// One at least.
  package static func certificates(in file: String) throws(TLSProblem) -> [NIOSSLCertificate] {
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

  package static func privateKey(in file: String) throws(TLSProblem) -> NIOSSLPrivateKey {
    let bytes = try bytes(of: file)
    let text = String(decoding: bytes, as: UTF8.self)
    guard text.contains("PRIVATE KEY-----") else { throw TLSProblem(file, "holds no private key in PEM form") }
    // Without this the library would ask for the passphrase on the terminal.
    guard !text.contains("ENCRYPTED") else {
      throw TLSProblem(file, "the private key is encrypted; write it without a passphrase (openssl pkey -in … -out …)")
    }
    do { return try NIOSSLPrivateKey(bytes: bytes, format: .pem) { $0([UInt8]()) } } catch {
      throw TLSProblem(file, "the private key cannot be read; is the file complete?")
    }
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
