// Addresses as this machine's own commands use them.

import OutboundHTTP
import ProcessSupport

extension ListenAddress {
  /// Where to connect to what listens here: an address that stands for all of a machine is no place to go.
  var connectable: ListenAddress {
    switch host {
    case "0.0.0.0": ListenAddress(host: "127.0.0.1", port: port)
    case "::": ListenAddress(host: "::1", port: port)
    default: self
    }
  }
}

extension Settings {
  /// How ingest is spoken to on this machine.
  var ingestScheme: String { tlsCertificate == nil ? "http" : "https" }
}

extension EgressPolicy {
  /// For requests that a person makes at the command line: that person could make them with curl as well.
  static let everywhere = EgressPolicy(allow: ["0.0.0.0/0", "::/0"].compactMap { AddressRange($0) })
}
