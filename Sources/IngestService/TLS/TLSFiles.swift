// The files that TLS is set up from.

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

  func certificates() throws(TLSProblem) -> [NIOSSLCertificate] { try PEMFile.certificates(in: certificate) }

  func authorities() throws(TLSProblem) -> [NIOSSLCertificate]? {
    guard let clientAuthorities else { return nil }
    return try PEMFile.certificates(in: clientAuthorities)
  }

  func privateKey() throws(TLSProblem) -> NIOSSLPrivateKey { try PEMFile.privateKey(in: key) }
}
