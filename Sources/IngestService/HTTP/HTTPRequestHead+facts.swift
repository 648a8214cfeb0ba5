// What a request's head says about the connection and the body behind it.

import NIOHTTP1

extension HTTPRequestHead {
  var declaredLength: Int? { headers.first(name: "content-length").flatMap { Int($0) } }
  var hasBody: Bool { (declaredLength ?? 0) > 0 || headers.contains(name: "transfer-encoding") }
  var expectsContinue: Bool {
    version.minor >= 1 && headers.first(name: "expect")?.lowercased() == "100-continue"
  }
  /// Behind a request that offers to switch protocols the parser reads no further one, so none may be promised.
  var leavesConnectionOpen: Bool { isKeepAlive && method != .CONNECT && !headers.contains(name: "upgrade") }
}
