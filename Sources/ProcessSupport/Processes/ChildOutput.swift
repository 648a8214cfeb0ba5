// Reads what a child writes, line by line, until the child has ended. Something that the child left behind may keep the
// pipe open; it is not waited for.

import Glibc

final class ChildOutput: Sendable {
  struct Pipe: Sendable {
    let readEnd: Int32
    let writeEnd: Int32
  }

  let output: Pipe
  let error: Pipe
  /// Nothing is written to it; closing its write end tells the reading thread that the child has ended.
  private let ended: Pipe
  private let handler: @Sendable (ChildProcessLaunch.Stream, String) -> Void

  /// nil when the process has no descriptors left; see errno.
  init?(handler: @escaping @Sendable (ChildProcessLaunch.Stream, String) -> Void) {
    var ends: [Int32] = []
    for _ in 0..<3 {
      var pair: [Int32] = [-1, -1]
      guard pipe(&pair) == 0 else {
        let code = errno
        for descriptor in ends { close(descriptor) }
        errno = code
        return nil
      }
      ends += pair
    }
    output = Pipe(readEnd: ends[0], writeEnd: ends[1])
    error = Pipe(readEnd: ends[2], writeEnd: ends[3])
    ended = Pipe(readEnd: ends[4], writeEnd: ends[5])
    self.handler = handler
  }

  deinit {
    for pipe in [output, error, ended] { close(pipe.readEnd) }
  }

  /// The child has its copies; ours would keep the pipes from ever ending.
  func closeWriteEnds() {
    close(output.writeEnd)
    close(error.writeEnd)
  }

  func processEnded() {
    close(ended.writeEnd)
  }

  func readToEnd() {
    var streams = [
      (descriptor: output.readEnd, stream: ChildProcessLaunch.Stream.output, lines: LineSplitter()),
      (descriptor: error.readEnd, stream: ChildProcessLaunch.Stream.error, lines: LineSplitter()),
    ]
    var chunk = [UInt8](repeating: 0, count: 16_384)
    while streams.contains(where: { $0.descriptor >= 0 }) {
      var entries = streams.map { pollfd(fd: $0.descriptor, events: Int16(POLLIN), revents: 0) }
      entries.append(pollfd(fd: ended.readEnd, events: Int16(POLLIN), revents: 0))
      guard poll(&entries, nfds_t(entries.count), -1) >= 0 || errno == EINTR else { break }
      let readable = streams.indices.filter { entries[$0].revents != 0 }
      // The child is gone and has left nothing more in the pipes.
      if readable.isEmpty, entries[streams.count].revents != 0 { break }
      for index in readable {
        let count = read(streams[index].descriptor, &chunk, chunk.count)
        if count > 0 {
          for line in streams[index].lines.add(chunk[..<count]) { handler(streams[index].stream, line) }
        } else if count == 0 || errno != EINTR {
          streams[index].descriptor = -1
        }
      }
    }
    for index in streams.indices {
      if let line = streams[index].lines.finish() { handler(streams[index].stream, line) }
    }
  }
}

/// Cuts a stream of bytes into lines; a very long one is cut into several.
struct LineSplitter {
  static let longest = 65_536
  private var pending: [UInt8] = []

  mutating func add(_ bytes: ArraySlice<UInt8>) -> [String] {
    pending += bytes
    var lines: [String] = []
    var start = 0
    while let end = pending[start...].firstIndex(of: UInt8(ascii: "\n")) {
      lines.append(text(pending[start..<end]))
      start = end + 1
    }
    pending.removeFirst(start)
    if pending.count >= Self.longest, let rest = finish() { lines.append(rest) }
    return lines
  }

  mutating func finish() -> String? {
    guard !pending.isEmpty else { return nil }
    defer { pending = [] }
    return text(pending[...])
  }

  private func text(_ line: ArraySlice<UInt8>) -> String {
    String(decoding: line.last == UInt8(ascii: "\r") ? line.dropLast() : line, as: UTF8.self)
  }
}
