// hiredis as formatter and reader: what goes on the wire, and what comes back from it in pieces of any size.

import NIOCore
import TestSupport
import Testing

@testable import RedisClient

@Suite("The hiredis codec")
struct HiredisCodecTests {
  private func wire(_ command: RedisCommand) throws -> [UInt8] {
    var output = ByteBuffer()
    #expect(try command.write(to: &output) == output.readableBytes)
    return Array(output.readableBytesView)
  }

  private func values(_ text: String, pieces: Int = .max) throws -> [RedisValue] {
    try values(Array(text.utf8), pieces: pieces)
  }

  private func values(_ bytes: [UInt8], pieces: Int = .max) throws -> [RedisValue] {
    let reader = HiredisReader()
    var values: [RedisValue] = []
    var rest = bytes[...]
    while !rest.isEmpty {
      let piece = rest.prefix(min(pieces, HiredisReader.largestPiece))
      rest = rest.dropFirst(piece.count)
      try piece.withUnsafeBytes { try reader.feed($0) }
      while let value = try reader.next() { values.append(value) }
    }
    return values
  }

  @Test("writes words of every kind, empty and binary ones too")
  func format() throws {
    var command = RedisCommand("SET")
    command.append("kéy")
    command.append([0, 13, 10, 255])
    command.append(-7)
    command.append(Int64.max)
    command.append(ByteBuffer(string: "buffer"))
    command.append("")
    #expect(command.count == 7)
    let expected =
      Array("*7\r\n$3\r\nSET\r\n$4\r\nkéy\r\n$4\r\n".utf8) + [0, 13, 10, 255]
      + Array("\r\n$2\r\n-7\r\n$19\r\n9223372036854775807\r\n$6\r\nbuffer\r\n$0\r\n\r\n".utf8)
    #expect(try wire(command) == expected)
    #expect(try wire(RedisCommand("PING")) == Array("*1\r\n$4\r\nPING\r\n".utf8))
    #expect(try wire(RedisCommand("GET", "k")) == Array("*2\r\n$3\r\nGET\r\n$1\r\nk\r\n".utf8))
  }

  static let stream =
    "+OK\r\n:-9223372036854775808\r\n$-1\r\n*-1\r\n$0\r\n\r\n$3\r\na\r\n\r\n*0\r\n-OOM full\r\n"
    + "*2\r\n*2\r\n$3\r\n1-1\r\n*2\r\n$1\r\nf\r\n$2\r\nxy\r\n*3\r\n-ERR in\r\n:1\r\n$-1\r\n"

  @Test("reads every kind of reply, in pieces of any size", arguments: [1, 2, 3, 5, 7, 64, 65_536])
  func read(pieces: Int) throws {
    let values = try values(Self.stream, pieces: pieces)
    #expect(
      values == [
        .status("OK"), .integer(.min), .null, .null, .string(ByteBuffer()), .string(ByteBuffer(string: "a\r\n")),
        .array([]), .error(RedisError(reply: "OOM full")),
        .array([
          .array([
            .string(ByteBuffer(string: "1-1")),
            .array([.string(ByteBuffer(string: "f")), .string(ByteBuffer(string: "xy"))]),
          ]),
          .array([.error(RedisError(reply: "ERR in")), .integer(1), .null]),
        ]),
      ])
  }

  @Test("reads a 16 MB string and an array whose strings pass 16 MB together")
  func large() throws {
    let text = [UInt8](repeating: 0xab, count: 16 << 20)
    let bulk = Array("$\(text.count)\r\n".utf8) + text + [13, 10]
    let tail = Array("$3\r\nend\r\n".utf8)
    #expect(try values(bulk + tail) == [.string(ByteBuffer(bytes: text)), .string(ByteBuffer(string: "end"))])
    let array = try values(Array("*3\r\n".utf8) + bulk + tail + tail)
    #expect(array[0].array?[0].bytes?.readableBytes == text.count)
    #expect(array[0].array?[2].text == "end")
  }

  @Test("takes what is not Redis's protocol for a terminal error", arguments: ["HTTP/1.1 200 OK\r\n", "*1\r\n?\r\n"])
  func garbage(text: String) throws {
    let error = #expect(throws: RedisError.self) { try values(text) }
    #expect(error?.kind == .protocolViolation)
    #expect(error?.message.contains("Redis's protocol") == true)
  }

  @Test("survives random bytes")
  func randomBytes() throws {
    let seed = UInt64.random(in: 0 ... .max)
    var generator = SeededGenerator(seed: seed)
    let alphabet = Array("+-:$*0123456789\r\nabc".utf8)
    for _ in 0..<2_000 {
      let bytes = (0..<Int.random(in: 1...60, using: &generator)).map { _ in
        alphabet.randomElement(using: &generator)!
      }
      do {
        _ = try values(bytes, pieces: 4)
      } catch let error as RedisError {
        #expect(error.kind == .protocolViolation, "seed \(seed)")
      }
    }
  }

  @Test("gives values their text, number and bytes")
  func accessors() {
    #expect(RedisValue.string(ByteBuffer(string: "42")).int == 42)
    #expect(RedisValue.integer(42).text == "42")
    #expect(RedisValue.status("OK").bytes == ByteBuffer(string: "OK"))
    #expect(RedisValue.string(ByteBuffer(string: "x")).int == nil)
    #expect(RedisValue.null.isNull && RedisValue.null.text == nil && RedisValue.null.array == nil)
    #expect(RedisValue.array([.integer(1)]).array == [.integer(1)])
  }

  @Test("puts the digest into a script call, or the source if there is none")
  func scriptCall() throws {
    let script = RedisScript(name: "s", source: "return 1")
    var call = ScriptCall(script, keys: ["a", "bc"], capacity: 0) {
      $0.append("x")
      $0.append(5)
    }
    let digest = Array(String(repeating: "d", count: 40).utf8)
    let known = String(decoding: try wire(call.command(digest: digest)), as: UTF8.self)
    #expect(
      known == "*7\r\n$7\r\nEVALSHA\r\n$40\r\n\(String(repeating: "d", count: 40))\r\n$1\r\n2\r\n$1\r\na\r\n"
        + "$2\r\nbc\r\n$1\r\nx\r\n$1\r\n5\r\n")
    let source = String(decoding: try wire(call.command(digest: nil)), as: UTF8.self)
    #expect(
      source == "*7\r\n$4\r\nEVAL\r\n$8\r\nreturn 1\r\n$1\r\n2\r\n$1\r\na\r\n$2\r\nbc\r\n$1\r\nx\r\n$1\r\n5\r\n")
  }
}
