// The files of the journal: no number twice, and nothing counts as read that was not.

import ExecutionQueue
import Foundation
import NIOCore
import ProcessSupport
import TestSupport
import Testing

@testable import IngestService

@Suite("The journal's files")
struct JournalFilesTests {
  @Test("a new file has a number that none had before, those set aside included")
  func numbers() throws {
    let directory = try TemporaryDirectory()
    try directory.write("00000000000000000003.journal", "abc")
    try directory.write("00000000000000000007.journal.torn", "torn")
    var files = try JournalFiles(directory: directory.path)
    let before = files.closed.map(\.number)
    #expect(before == [3])
    try files.append(ByteBuffer(string: "new"))
    files.endSegment()
    let new = try #require(files.closed.last)
    #expect(new.number == 8)
    files.setAside(new)
    let torn = try String(contentsOfFile: directory.file("00000000000000000007.journal.torn"), encoding: .utf8)
    #expect(torn == "torn")
    #expect(FileManager.default.fileExists(atPath: directory.file("00000000000000000008.journal.torn")))
  }

  @Test("what is read is all that was written, and a file that cannot be read is no empty one")
  func reading() throws {
    let directory = try TemporaryDirectory()
    let path = try directory.write("00000000000000000001.journal", "0123456789")
    func read(_ path: String, _ size: Int) throws -> String {
      String(buffer: try JournalFiles.read(JournalFiles.Segment(number: 1, path: path, size: size)))
    }
    #expect(try read(path, 10) == "0123456789")
    // What lies behind it was never confirmed.
    #expect(try read(path, 4) == "0123")
    #expect(throws: JournalError.self) { try read(path, 11) }
    // The system opens a folder like a file and then refuses to read from it.
    #expect(throws: JournalError.self) { try read(directory.path, 10) }
    #expect(throws: JournalError.self) { try read(directory.file("none"), 10) }
  }

  @Test("a directory is made with those above it, and belongs to one process at a time")
  func directories() throws {
    let parent = try TemporaryDirectory()
    let first = try JournalFiles(directory: parent.file("a/b/c"))
    #expect(throws: JournalError.self) { _ = try JournalFiles(directory: parent.file("a/b/c")) }
    let isEmpty = first.isEmpty
    #expect(isEmpty)
    try parent.write("file", "")
    #expect(throws: JournalError.self) { _ = try JournalFiles(directory: parent.file("file/d")) }
  }

  @Test("a record comes back as it was, also from a file of the version before")
  func records() throws {
    let lanes = Lanes(order: "flow:k", concurrency: 3, spacing: 1000, timeout: .seconds(7))
    let execution = NewExecution(
      token: .random(), workflow: "flow", priority: .low, payload: Array("payload".utf8), inbox: nil,
      conditions: AdmissionConditions(deduplication: .init(name: "once", window: .seconds(60))), lanes: lanes)
    let entry = EntryID(milliseconds: 5, sequence: 6)
    var buffer = ByteBuffer()
    JournalRecord.encode(execution, entry: entry, into: &buffer)

    var body = Array(buffer.readableBytesView.dropFirst(8))
    let end = body.count - execution.payload.count - 4
    body.removeSubrange(end - 8..<end)
    body[0] = 1
    buffer.writeInteger(UInt32(body.count))
    buffer.writeInteger(Checksum.crc32c(body))
    buffer.writeBytes(body)

    for timeout in [Duration.seconds(7), nil] {
      var damaged = 0
      let read = try #require(JournalRecord.next(in: &buffer, damaged: &damaged))
      #expect(damaged == 0)
      #expect(read.token == execution.token && read.entry == entry && read.workflow == "flow")
      #expect(read.priority == .low && read.payload == execution.payload)
      #expect(read.conditions == execution.conditions)
      var expected = lanes
      expected.timeout = timeout
      #expect(read.lanes == expected)
    }
    var damaged = 0
    #expect(JournalRecord.next(in: &buffer, damaged: &damaged) == nil)
    #expect(buffer.readableBytes == 0)
  }
}
