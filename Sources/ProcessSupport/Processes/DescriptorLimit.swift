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
}
