// Where log lines go: whole, and without ever holding the process up.

import Glibc
import Logging
import Synchronization
import Testing

@testable import ProcessSupport

@Suite struct LogOutputTests {
  private func pipePair() throws -> (readEnd: Int32, writeEnd: Int32) {
    var ends: [Int32] = [-1, -1]
    try #require(pipe(&ends) == 0)
    return (ends[0], ends[1])
  }

  private func read(_ descriptor: Int32, atMost count: Int) -> String {
    var buffer = [UInt8](repeating: 0, count: count)
    let received = Glibc.read(descriptor, &buffer, count)
    return String(decoding: buffer[..<max(0, received)], as: UTF8.self)
  }

  @Test("a reader that has stopped costs lines, not the process; when it goes on it learns how many")
  func stoppedReader() throws {
    let pipe = try pipePair()
    defer { close(pipe.readEnd) }
    let output = LogOutput(descriptor: pipe.writeEnd, patience: 1)
    let line = Array((String(repeating: "x", count: 1023) + "\n").utf8)
    // More than any pipe holds.
    for _ in 0..<2000 { output.write(line) }
    // How much a pipe holds differs between systems; all that is there is read.
    try #require(fcntl(pipe.readEnd, F_SETFL, O_NONBLOCK) == 0)
    while !read(pipe.readEnd, atMost: 64 << 10).isEmpty {}
    output.write(Array("last\n".utf8))
    let rest = read(pipe.readEnd, atMost: 64 << 10)
    #expect(rest.contains("log lines dropped)\n"))
    #expect(rest.hasSuffix("last\n"))
  }

  @Test("a socket gets lines too, and is not waited for when it is full")
  func socket() throws {
    var ends: [Int32] = [-1, -1]
    try #require(socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &ends) == 0)
    defer { close(ends[0]) }
    let output = LogOutput(descriptor: ends[1], patience: 1)
    output.write(Array("first\n".utf8))
    #expect(read(ends[0], atMost: 100) == "first\n")
    let line = Array(repeating: UInt8(ascii: "x"), count: 10_000)
    for _ in 0..<1000 { output.write(line) }
  }

  @Test("a handler merges its own and the event's fields, the event's winning")
  func handler() {
    let lines = LineCollector()
    var handler = LineLogHandler(
      component: "test", format: .text, level: .debug, metadataProvider: nil, write: { lines.add($0) })
    handler[metadataKey: "own"] = "1"
    handler[metadataKey: "both"] = "own"
    let logger = Logger(label: "test") { _ in handler }
    logger.debug("hello", metadata: ["both": "event"])
    logger.trace("not shown")
    #expect(lines.all.count == 1)
    #expect(lines.all.first?.hasSuffix("DEBUG   hello both=event own=1 component=test\n") == true)
  }
}

final class LineCollector: Sendable {
  private let lines = Mutex<[String]>([])

  func add(_ bytes: [UInt8]) {
    lines.withLock { $0.append(String(decoding: bytes, as: UTF8.self)) }
  }

  var all: [String] { lines.withLock { $0 } }
}
