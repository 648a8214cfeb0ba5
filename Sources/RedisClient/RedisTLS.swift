// TLS towards Redis: certificates and names are checked unless the URL says otherwise, and files that are renewed while the
// process runs are taken at the next connect.

import NIOCore
import NIOSSL
import ProcessSupport
import Synchronization

/// As the URL says it.
struct RedisTLSFiles: Sendable, Hashable {
  enum Verification: String, Sendable {
    /// The certificate and the name in it.
    case full
    /// That one of the authorities has signed it, whatever its name.
    case ca
    case none
  }

  /// PEM files. Without authorities those of the system are trusted.
  var authorities: String?
  var certificate: String?
  var key: String?
  /// The name that is asked for and looked for in the certificate, instead of the host's.
  var serverName: String?
  var verification = Verification.full

  static let optionNames = ["ca", "cert", "key", "servername", "verify"]

  /// As they stand in a URL.
  var options: [(String, String)] {
    let verify = verification == .full ? nil : verification.rawValue
    return zip(Self.optionNames, [authorities, certificate, key, serverName, verify])
      .compactMap { name, value in value.map { (name, $0) } }
  }

  /// Equal as long as none of the files has changed.
  fileprivate var stamps: [FileStamp?] { [authorities, certificate, key].map { $0.flatMap { FileStamp($0) } } }
}

final class RedisTLS: Sendable {
  let files: RedisTLSFiles
  private let current: Mutex<Current>

  private struct Current {
    var context: NIOSSLContext
    var stamps: [FileStamp?]
    /// Of files that were of no use; they are read again at each connect, as they may only have been out of reach.
    var useless: [FileStamp?]?
    /// Why newer files are of no use, until somebody has been told.
    var problem: TLSProblem?
  }

  /// Reads the files.
  init(_ files: RedisTLSFiles) throws(RedisURLError) {
    self.files = files
    if let name = files.serverName, Self.isIPAddress(name) {
      throw RedisURLError("servername must be the name of a host, not the address \(name)")
    }
    let stamps = files.stamps
    do { current = Mutex(Current(context: try Self.context(files), stamps: stamps)) } catch {
      throw RedisURLError("\(error)")
    }
  }

  /// The first handler of a new connection to that host.
  func handler(host: String?) throws -> any ChannelHandler {
    let name = files.serverName ?? host.flatMap { Self.isIPAddress($0) ? nil : $0 }
    return try NIOSSLClientHandler(context: context(), serverHostname: name)
  }

  /// Of the files as they are now; of those before, when these are of no use.
  private func context() -> NIOSSLContext {
    let stamps = files.stamps
    return current.withLock { current in
      if current.stamps != stamps {
        do throws(TLSProblem) {
          current.context = try Self.context(files)
          current.stamps = stamps
        } catch {
          if current.useless != stamps { current.problem = error }
          current.useless = stamps
        }
      }
      return current.context
    }
  }

  /// Why files that have changed are not used; told once.
  func takeProblem() -> TLSProblem? {
    current.withLock { current in
      defer { current.problem = nil }
      return current.problem
    }
  }

  private static func context(_ files: RedisTLSFiles) throws(TLSProblem) -> NIOSSLContext {
    var configuration = TLSConfiguration.makeClientConfiguration()
    configuration.minimumTLSVersion = .tlsv12
    configuration.shutdownTimeout = .seconds(1)
    configuration.certificateVerification =
      switch files.verification {
      case .full: .fullVerification
      case .ca: .noHostnameVerification
      case .none: .none
      }
    if let file = files.authorities {
      configuration.trustRoots = .certificates(try PEMFile.certificates(in: file))
    }
    if let certificate = files.certificate, let key = files.key {
      configuration.certificateChain = try PEMFile.certificates(in: certificate).map { .certificate($0) }
      configuration.privateKey = .privateKey(try PEMFile.privateKey(in: key))
    }
    do { return try NIOSSLContext(configuration: configuration) } catch NIOSSLError.failedToLoadPrivateKey {
      throw TLSProblem(
        files.key ?? "", "the private key does not belong to the certificate in \(files.certificate ?? "")")
    } catch {
      throw TLSProblem(files.certificate ?? files.authorities ?? "TLS", "cannot be used for TLS: \(error)")
    }
  }

  private static func isIPAddress(_ text: String) -> Bool { (try? SocketAddress(ipAddress: text, port: 0)) != nil }
}
