// The protocol as the pool's side reads it, without a runner.

import NIOCore
import Testing

@testable import Scripting

extension ScriptingTests {
  @Suite struct RunnerFramesTests {
    private func frame(_ bytes: [UInt8]) -> ByteBuffer {
      var buffer = ByteBuffer()
      buffer.writeInteger(UInt32(bytes.count), endianness: .little)
      buffer.writeBytes(bytes)
      return buffer
    }

    @Test("frames are found whichever way their bytes arrive", arguments: [1, 2, 3, 5, 8, 100])
    func pieces(_ size: Int) throws {
      var stream = frame([128, 1, 0, 0, 0])
      stream.writeImmutableBuffer(frame([129]))
      stream.writeImmutableBuffer(frame(Array(0..<20)))
      var splitter = FrameSplitter()
      var found: [[UInt8]] = []
      while stream.readableBytes > 0 {
        splitter.add(stream.readSlice(length: min(size, stream.readableBytes))!)
        while let frame = try splitter.next(limit: 100) { found.append(Array(buffer: frame)) }
      }
      #expect(found == [[128, 1, 0, 0, 0], [129], Array(0..<20)])
    }

    @Test("a frame beyond the limit is refused by its length alone")
    func limit() throws {
      var splitter = FrameSplitter()
      splitter.add(ByteBuffer(bytes: [255, 255, 255, 255]))
      #expect(throws: MalformedReply.self) { try splitter.next(limit: 1000) }
    }

    @Test(
      "what is no reply is refused",
      arguments: [
        [], [0], [128], [128, 3, 0, 0, 0], [129, 0, 0, 0, 0], [129, 0, 0, 0, 0, 1, 0],
        [129, 0, 0, 0, 0, 1, 0, 0, 9, 0, 0, 0],
      ] as [[UInt8]])
    func malformed(_ bytes: [UInt8]) {
      #expect(throws: MalformedReply.self) { try RunnerReply(ByteBuffer(bytes: bytes)) }
    }

    @Test("a reply with another number of results than was asked for is refused", arguments: [0, 1, 3, 65_535])
    func count(_ count: Int) throws {
      let codes = [ScriptCode(.condition, "1"), ScriptCode(.condition, "2")]
      let call = try RunningCall(PendingCall(.run(ScriptCall(codes, input: []))), number: 1, configuration: .testing())
      let results = Array(repeating: Result<[UInt8], ScriptFailure>.success([]), count: count)
      #expect(throws: MalformedReply.self) { try call.check(ScriptOutcome(results: results, console: [])) }
      try call.check(ScriptOutcome(results: [.success([]), .success([])], console: []))
    }

    @Test("no time limit is too long to be counted", arguments: [1, 2, 65_535])
    func deadline(_ count: Int) throws {
      let codes = Array(repeating: ScriptCode(.condition, "1"), count: count)
      for limit in [Duration.seconds(1_500_000 * 3600), .seconds(Int64.max / 1000)] {
        let work = PendingCall.Work.run(ScriptCall(codes, input: [], timeLimit: limit))
        let call = try RunningCall(PendingCall(work), number: 1, configuration: .testing())
        #expect(call.deadline > call.start && call.deadline - call.start < .hours(25))
      }
    }

    @Test("a failure is read as it was told, and one that makes no sense is still a failure")
    func failure() {
      let told = #"{"kind":"thrown","name":"TypeError","message":"no","line":2,"column":5,"stack":"s"}"#
      #expect(
        ScriptFailure(json: Array(told.utf8))
          == ScriptFailure(.thrown, "no", name: "TypeError", line: 2, column: 5, stack: "s"))
      #expect(ScriptFailure(json: Array("{".utf8)).kind == .thrown)
    }
  }
}
