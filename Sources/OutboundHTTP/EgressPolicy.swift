// Which addresses a workflow's requests may reach: the public internet, and what the operator has allowed besides.

package import ProcessSupport

package struct EgressPolicy: Sendable {
  /// The setting's name, for messages that say how to allow more.
  package static let setting = "MILLRACE_EGRESS_ALLOW"

  private let allow: [AddressRange]

  /// `allow`: blocks that may be reached although they are loopback, private, link-local or metadata addresses.
  package init(allow: [AddressRange]) { self.allow = allow }

  package func permits(_ address: IPAddress) -> Bool {
    !address.isPrivate || allow.contains { $0.contains(address) }
  }
}
