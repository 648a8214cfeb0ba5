// Each connection is a descriptor, and the usual soft limit of 1024 exists only for programs that use select(2).

import Glibc

package enum DescriptorLimit {
  /// Raises the soft limit as far as needed and allowed.
  /// - Returns: How many descriptors this process may have open now.
  @discardableResult
  package static func raise(for connections: Int) -> Int {
    let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
    var limit = rlimit()
    guard getrlimit(resource, &limit) == 0 else { return 0 }
    // Not simply the hard limit: where that is a billion, children that walk over all descriptors would stall.
    let wanted = min(limit.rlim_max, rlim_t(max(65_536, connections + 1024)))
    if limit.rlim_cur < wanted {
      var raised = limit
      raised.rlim_cur = wanted
      if setrlimit(resource, &raised) == 0 { limit = raised }
    }
    return Int(clamping: limit.rlim_cur)
  }

  /// How many of so many connections may be open at once, so that files, Redis and the runtime's threads always find a
  /// descriptor: a program that has none left can do nothing, and libdispatch ends it.
  package static func room(for connections: Int) -> Int {
    let allowed = raise(for: connections)
    return max(1, min(connections, allowed - min(reserve, allowed / 2)))
  }

  private static let reserve = 64
}
