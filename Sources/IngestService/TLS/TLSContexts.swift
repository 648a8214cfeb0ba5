// What new connections are secured with, and how it is replaced while old ones go on with what they have.

package import Logging
import NIOCore
import NIOSSL
package import ProcessSupport
import Synchronization

package final class TLSContexts: Sendable {
  private struct Current {
    var context: NIOSSLContext
    /// Of the files that the context was made from, or that were last found to be of no use.
    var stamps: [FileStamp?]
    /// Of the files at the last look, when they differ from those: taken once they have stopped changing.
    var changing: [FileStamp?]?
    var expiry: Int
  }

  private let files: TLSFiles
  private let logger: Logger
  private let current: Mutex<Current>

  /// - Throws: Which file is wrong and how.
  package init(files: TLSFiles, logger: Logger) throws(TLSProblem) {
    self.files = files
    self.logger = logger
    let stamps = files.stamps
    let made = try Self.make(from: files, logger: logger)
    current = Mutex(Current(context: made.context, stamps: stamps, expiry: made.expiry))
  }

  package func register(in registry: MetricsRegistry) {
    registry.gauge(
      "millrace_ingest_tls_certificate_expiry_seconds", help: "When the certificate expires, since the epoch."
    ) { [self] in Double(current.withLock { $0.expiry }) }
  }

  /// What stands between the socket and HTTP on a new connection.
  func handlers(_ metrics: IngestMetrics, _ logger: Logger) -> [any ChannelHandler] {
    let context = current.withLock { $0.context }
    return [NIOSSLServerHandler(context: context), HandshakeGuard(metrics: metrics, logger: logger)]
  }

  /// Called about once a second: takes new files when they have been the same at two looks, so that a pair which is
  /// written one after the other is not taken by half.
  package func look() {
    let stamps = files.stamps
    let isDue = current.withLock { current in
      guard stamps != current.stamps else {
        current.changing = nil
        return false
      }
      defer { current.changing = stamps }
      return current.changing == stamps
    }
    if isDue { reload() }
  }

  /// Takes the files as they are now; when they are of no use, what was there before stays, and the log says why.
  package func reload() {
    let stamps = files.stamps
    do throws(TLSProblem) {
      let made = try Self.make(from: files, logger: logger)
      current.withLock { $0 = Current(context: made.context, stamps: stamps, expiry: made.expiry) }
      logger.notice("TLS certificate reloaded", metadata: ["file": "\(files.certificate)"])
    } catch {
      current.withLock { current in
        current.stamps = stamps
        current.changing = nil
      }
      logger.error(
        "the new TLS certificate cannot be used; the one before stays in use", metadata: ["problem": "\(error)"])
    }
  }

  private static func make(
    from files: TLSFiles, logger: Logger
  ) throws(TLSProblem) -> (context: NIOSSLContext, expiry: Int) {
    let chain = try files.certificates()
    let key = try files.privateKey()
    let authorities = try files.authorities()
    var configuration = TLSConfiguration.makeServerConfiguration(
      certificateChain: chain.map { .certificate($0) }, privateKey: .privateKey(key))
    configuration.minimumTLSVersion = .tlsv12
    configuration.applicationProtocols = ["http/1.1"]
    configuration.shutdownTimeout = ConnectionServices.lingerLimit
    if let authorities {
      configuration.certificateVerification = .noHostnameVerification
      configuration.trustRoots = .certificates(authorities)
      configuration.sendCANameList = true
    }
    let context: NIOSSLContext
    // The certificates and the key have been read by now, each by itself.
    do { context = try NIOSSLContext(configuration: configuration) } catch NIOSSLError.failedToLoadPrivateKey {
      throw TLSProblem(files.key, "the private key does not belong to the certificate in \(files.certificate)")
    } catch {
      throw TLSProblem(files.certificate, "cannot be used for TLS: \(error)")
    }
    warn(of: chain[0], in: files.certificate, logger)
    return (context, Int(chain[0].notValidAfter))
  }

  /// Senders may refuse such a certificate; to refuse all of them here would be no better.
  private static func warn(of certificate: NIOSSLCertificate, in file: String, _ logger: Logger) {
    let now = WallClock.seconds
    if now > Int(certificate.notValidAfter) {
      logger.warning("the TLS certificate has expired", metadata: ["file": "\(file)"])
    } else if now < Int(certificate.notValidBefore) {
      logger.warning("the TLS certificate is not valid yet", metadata: ["file": "\(file)"])
    }
  }
}
