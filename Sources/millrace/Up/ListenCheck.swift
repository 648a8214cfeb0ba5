// Whether an address can be listened on, found out by doing it for a moment, before anything is started.

import Glibc
import NIOCore
import NIOPosix
import ProcessSupport

enum ListenCheck {
  /// The address itself, with a real port when it leaves that open. `flag` chooses another address.
  static func free(_ address: ListenAddress, flag: String) async throws(CommandFailure) -> ListenAddress {
    do {
      return try await bound(address)
    } catch let error as IOError where error.errnoCode == EADDRINUSE {
      let other = await next(after: address, avoiding: []).map { " with \(flag) \($0)" } ?? " with \(flag)"
      throw CommandFailure(
        "\(address) is in use: stop the other program or choose another address\(other)", code: ExitCode.unavailable)
    } catch {
      let reason = ListenError(address: address, variable: flag, cause: error)
      throw CommandFailure("\(reason)", code: ExitCode.unavailable)
    }
  }

  /// The nearest free address with a higher port.
  static func next(after address: ListenAddress, avoiding taken: [ListenAddress]) async -> ListenAddress? {
    guard address.port < 65_535 else { return nil }
    for port in address.port + 1...min(65_535, address.port + 200) {
      let candidate = ListenAddress(host: address.host, port: port)
      if !taken.contains(where: { $0.port == port }), (try? await bound(candidate)) != nil { return candidate }
    }
    return nil
  }

  private static func bound(_ address: ListenAddress) async throws -> ListenAddress {
    let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
      .bind(host: address.host, port: address.port).get()
    let port = channel.localAddress?.port ?? address.port
    try await channel.close().get()
    return ListenAddress(host: address.host, port: port)
  }
}
