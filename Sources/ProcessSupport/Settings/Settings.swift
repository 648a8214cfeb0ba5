// Everything an operator can set, as one value that is read once at start: from MILLRACE_* variables and from flags,
// which win. Nothing else reads the environment. What each setting means is told in SettingsTable.

import Glibc
package import Logging

package struct Settings: Sendable {
  /// As written; RedisClient's RedisURL reads it. It may hold a password.
  package var redisURL = "redis://127.0.0.1:6379"
  package var durability = Durability.normal

  package var listen = ListenAddress(host: "127.0.0.1", port: 8080)
  /// Without a slash at its end.
  package var publicURL: String?
  /// PEM files; both or none. With authorities, clients have to show a certificate of one of them.
  package var tlsCertificate: String?
  package var tlsKey: String?
  package var tlsClientAuthorities: String?
  /// Whose `X-Forwarded-For` is believed.
  package var trustedProxies: [AddressRange] = []
  /// Of the lists of addresses that workflows name.
  package var addressesDirectory: String?
  package var maxBody = ByteSize(bytes: 10 << 20)
  package var backlog = 1_000_000
  /// Redis and the workers need the other cores.
  package var eventLoops = max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN)) / 2)
  package var maxConnections = 20_000
  package var syncWaiters = 10_000

  package var concurrency = 256
  package var egressAllow: [AddressRange] = []
  package var secretsDirectory: String?
  /// What workflows read as `$env.NAME`: MILLRACE_ENV_NAME, and the files of the secrets directory.
  package var environment: [String: String] = [:]
  package var metricsListen = ListenAddress(host: "127.0.0.1", port: 9090)

  package var scriptProcesses = max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN)))
  package var scriptMemory = ByteSize(bytes: 128 << 20)
  package var scriptTime = Duration.seconds(10)

  /// As written; nil for the directory `audit` in the state directory.
  package var auditDirectory: String?
  package var auditSize = ByteSize(bytes: 256 << 20)
  package var journalDirectory: String?
  package var journalSize = ByteSize(bytes: 1 << 30)

  package var shutdownGrace = Duration.seconds(25)
  package var stateDirectory = ".millrace"
  package var logLevel = Logger.Level.info
  package var logFormat = isatty(STDERR_FILENO) == 1 ? LogFormat.text : .json

  /// Where ingest writes the audit log; nil when there is none.
  package var auditPlace: String? {
    auditDirectory == "off" ? nil : auditDirectory ?? "\(stateDirectory)/audit"
  }

  /// The defaults, for tests and as the ground that reading starts from.
  package init() {}
}
