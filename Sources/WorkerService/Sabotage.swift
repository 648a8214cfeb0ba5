// Defects that the torture asks for, to see that its checks would find them. There are none in release builds.

import ProcessSupport

enum Sabotage: String {
  /// The worker goes on although another has taken over.
  case fence
  /// Results of nodes are not made durable.
  case checkpoint

  #if DEBUG
    static let current = ProcessEnvironment.all()["MILLRACE_SABOTAGE"].flatMap { Sabotage(rawValue: $0) }
  #else
    static let current: Sabotage? = nil
  #endif
}
