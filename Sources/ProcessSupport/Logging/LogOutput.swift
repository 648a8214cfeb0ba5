// Where log lines leave the process: one write each, and none that could stop the process for good. When whoever reads
// the other end has stopped, lines are dropped and counted instead.

import Glibc
import Synchronization

final class LogOutput: Sendable {
  static let standardError = LogOutput(descriptor: STDERR_FILENO)

  private enum Way: Sendable {
    /// A socket, as systemd's journal gives: each send says that it does not want to wait.
    case socket
    /// Files, terminals, and pipes of our own that do not block.
    case plain
  }

  private struct State {
    var dropped = 0
    /// The last line was cut in the middle.
    var isTorn = false
  }

  private let descriptor: Int32
  private let way: Way
  /// How long one line may wait for the reader, in milliseconds. Once it waited in vain, lines do not wait at all until
  /// one goes through again.
  private let patience: Int32
  private let state = Mutex(State())

  init(descriptor: Int32, patience: Int32 = 100) {
    self.patience = patience
    var status = stat()
    let kind = fstat(descriptor, &status) == 0 ? status.st_mode & S_IFMT : 0
    // Making a shared pipe non-blocking would change it for the other processes too; opened anew it is ours alone.
    let own = kind == S_IFIFO ? open("/proc/self/fd/\(descriptor)", O_WRONLY | O_NONBLOCK | O_CLOEXEC) : -1
    self.descriptor = own >= 0 ? own : descriptor
    way = kind == S_IFSOCK ? .socket : .plain
  }

  deinit {
    // Standard error's output lives as long as the process; only tests get here.
    close(descriptor)
  }

  func write(_ line: [UInt8]) {
    state.withLock { state in
      let isStalled = state.dropped > 0
      let note = isStalled ? Array("\(state.isTorn ? "\n" : "")(\(state.dropped) log lines dropped)\n".utf8) : []
      let sent = send(note + line, patience: isStalled ? 0 : patience)
      if sent == note.count + line.count {
        state = State()
      } else {
        state.dropped += 1
        if sent > 0 { state.isTorn = true }
      }
    }
  }

  /// How many bytes went out.
  private func send(_ bytes: [UInt8], patience: Int32) -> Int {
    var sent = 0
    while sent < bytes.count {
      if case .plain = way, sent == 0, !isWritable(within: patience) { return sent }
      let count = bytes.withUnsafeBytes { buffer in
        let rest = UnsafeRawBufferPointer(rebasing: buffer[sent...])
        switch way {
        case .socket: return Glibc.send(descriptor, rest.baseAddress, rest.count, Int32(MSG_DONTWAIT))
        case .plain: return Glibc.write(descriptor, rest.baseAddress, rest.count)
        }
      }
      if count > 0 {
        sent += count
      } else if errno == EAGAIN {
        guard isWritable(within: patience) else { return sent }
      } else if errno != EINTR {
        return sent
      }
    }
    return sent
  }

  private func isWritable(within milliseconds: Int32) -> Bool {
    var entry = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
    return poll(&entry, 1, milliseconds) > 0 && entry.revents & Int16(POLLOUT) != 0
  }
}

/// Writes a text at the start or the end of a program, where waiting for the reader is right.
package func writeAll(_ text: String, to descriptor: Int32) {
  let bytes = Array(text.utf8)
  var sent = 0
  while sent < bytes.count {
    let count = bytes.withUnsafeBytes { buffer in
      Glibc.write(descriptor, buffer.baseAddress?.advanced(by: sent), buffer.count - sent)
    }
    if count > 0 {
      sent += count
    } else if errno != EINTR {
      return
    }
  }
}
