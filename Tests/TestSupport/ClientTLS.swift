// How a sender in a test speaks TLS: whom it trusts, what it shows, which versions it can.

package import NIOCore
import NIOSSL

/// A class, so that the library stays this module's own business.
package final class ClientTLS: Sendable {
  private let context: NIOSSLContext

  /// `trusting` are PEM files of authorities; versions are those after the dot of TLS 1.2 and 1.3.
  package init(
    trusting files: [String], showing own: TestCertificate? = nil, versions: ClosedRange<Int> = 2...3
  ) throws {
    var configuration = TLSConfiguration.makeClientConfiguration()
    configuration.trustRoots = .certificates(try files.flatMap { try NIOSSLCertificate.fromPEMFile($0) })
    configuration.minimumTLSVersion = Self.version(versions.lowerBound)
    configuration.maximumTLSVersion = Self.version(versions.upperBound)
    configuration.applicationProtocols = ["h2", "http/1.1"]
    if let own {
      configuration.certificateChain = try NIOSSLCertificate.fromPEMFile(own.certificate).map { .certificate($0) }
      configuration.privateKey = .privateKey(try NIOSSLPrivateKey(file: own.key, format: .pem))
    }
    context = try NIOSSLContext(configuration: configuration)
  }

  package convenience init(trusting certificate: TestCertificate) throws {
    try self.init(trusting: [certificate.certificate])
  }

  private static func version(_ minor: Int) -> TLSVersion {
    switch minor {
    case 1: .tlsv11
    case 2: .tlsv12
    default: .tlsv13
    }
  }

  /// Called on the channel's event loop, before other handlers are added.
  package func add(to channel: any Channel) throws {
    let handler = try NIOSSLClientHandler(context: context, serverHostname: "localhost")
    try channel.pipeline.syncOperations.addHandler(handler)
  }
}

/// What the other side of a connection has shown, once the handshake is done.
package struct TLSPeer: Sendable {
  package let certificate: [UInt8]
  /// What stands after the dot of TLS 1.2 and 1.3.
  package let version: Int

  /// Nil without TLS.
  init?(_ channel: any Channel) async throws {
    guard let certificate = try? await channel.nioSSL_peerCertificate().get() else { return nil }
    self.certificate = try certificate.toDERBytes()
    version = try await channel.nioSSL_tlsVersion().get() == .tlsv13 ? 3 : 2
  }

  package func shows(_ file: TestCertificate) throws -> Bool {
    try certificate == NIOSSLCertificate.fromPEMFile(file.certificate).first?.toDERBytes()
  }
}
