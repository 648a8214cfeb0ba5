// What a watched descriptor is waited for, and what it turned out to be ready for.

import CLinux
import Glibc

package struct PollEvents: OptionSet, Sendable, Hashable {
  package let rawValue: UInt8

  package init(rawValue: UInt8) { self.rawValue = rawValue }

  package static let readable = PollEvents(rawValue: 1)
  package static let writable = PollEvents(rawValue: 2)
  /// An error or a hang-up. Reported whether asked for or not.
  package static let failed = PollEvents(rawValue: 4)

  init(epoll flags: UInt32) {
    var events: PollEvents = []
    if flags & (EPOLLIN.rawValue | EPOLLPRI.rawValue | EPOLLRDHUP.rawValue) != 0 { events.insert(.readable) }
    if flags & EPOLLOUT.rawValue != 0 { events.insert(.writable) }
    if flags & (EPOLLERR.rawValue | EPOLLHUP.rawValue) != 0 { events.insert(.failed) }
    self = events
  }

  var epollFlags: UInt32 {
    (contains(.readable) ? EPOLLIN.rawValue : 0) | (contains(.writable) ? EPOLLOUT.rawValue : 0)
  }
}
