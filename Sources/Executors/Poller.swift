// The descriptors of a polling executor: an epoll set, and an eventfd that interrupts the wait from other threads.

import CLinux
import Glibc

/// Every call is safe from every thread, because the kernel's are and the two descriptors never change; they are
/// closed with the last reference.
final class Poller: Sendable {
  /// One descriptor's news. `generation` is what the descriptor was added with, so that news of a closed descriptor
  /// is not taken for news of the next one under the same number.
  struct Readiness {
    let descriptor: Int32
    let generation: UInt32
    let events: PollEvents
  }

  private let epoll: Int32
  private let wakeup: Int32
  private static let batch = 256

  init() {
    epoll = epoll_create1(Int32(EPOLL_CLOEXEC))
    wakeup = eventfd(0, Int32(EFD_CLOEXEC | EFD_NONBLOCK))
    precondition(epoll >= 0 && wakeup >= 0, "no descriptors left for a polling executor: \(lastError)")
    set(wakeup, events: .readable, generation: 0)
  }

  deinit {
    close(wakeup)
    close(epoll)
  }

  /// Adds the descriptor, or changes what it is waited for. A library may close a descriptor without a word, and the
  /// kernel then forgets it, so what we believe to be known may be new and the other way round.
  func set(_ descriptor: Int32, events: PollEvents, generation: UInt32) {
    var event = epoll_event()
    event.events = events.epollFlags
    event.data.u64 = UInt64(generation) << 32 | UInt64(UInt32(bitPattern: descriptor))
    if epoll_ctl(epoll, EPOLL_CTL_MOD, descriptor, &event) == 0 { return }
    if errno == ENOENT { epoll_ctl(epoll, EPOLL_CTL_ADD, descriptor, &event) }
  }

  func remove(_ descriptor: Int32) {
    var event = epoll_event()
    epoll_ctl(epoll, EPOLL_CTL_DEL, descriptor, &event)
  }

  /// Ends the running wait, or the next one.
  func wake() { eventfd_write(wakeup, 1) }

  /// Waits for news; -1 waits without end. Empty after the time, a wake-up or a signal.
  func wait(milliseconds: Int32) -> [Readiness] {
    withUnsafeTemporaryAllocation(of: epoll_event.self, capacity: Self.batch) { events in
      let count = epoll_wait(epoll, events.baseAddress, Int32(Self.batch), milliseconds)
      guard count > 0 else { return [] }
      var news: [Readiness] = []
      news.reserveCapacity(Int(count))
      for event in events.prefix(Int(count)) {
        let descriptor = Int32(bitPattern: UInt32(truncatingIfNeeded: event.data.u64))
        if descriptor == wakeup {
          var value: eventfd_t = 0
          eventfd_read(wakeup, &value)
        } else {
          let generation = UInt32(truncatingIfNeeded: event.data.u64 >> 32)
          news.append(
            Readiness(descriptor: descriptor, generation: generation, events: PollEvents(epoll: event.events)))
        }
      }
      return news
    }
  }

  private var lastError: String { String(cString: strerror(errno)) }
}
