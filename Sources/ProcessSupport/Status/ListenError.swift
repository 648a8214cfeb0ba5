// Why an address cannot be listened on, as the one line that the operator needs.

import NIOCore

package struct ListenError: Error, Sendable, Equatable, CustomStringConvertible {
  package let description: String

  /// The variable is the setting that chose the address, such as `MILLRACE_LISTEN`.
  package init(address: ListenAddress, variable: String, cause: any Error) {
    let reason =
      switch cause {
      case let error as IOError: lastSystemError(error.errnoCode)
      case is SocketAddressError, is SocketAddressError.UnknownHost: "the host name is not known"
      default: "\(cause)"
      }
    description = "cannot listen on \(address): \(reason); set \(variable)"
  }
}
