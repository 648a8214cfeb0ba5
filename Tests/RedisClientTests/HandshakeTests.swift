// What a new socket to Redis says first, and how the answers are judged.

import NIOCore
import Testing

@testable import RedisClient

@Suite("The greeting of a connection")
struct HandshakeTests {
  private let script = RedisScript(name: "admit", source: "return 1")

  private func words(_ command: RedisCommand) -> String {
    // No word here holds a line end: every second line is a word.
    let lines = String(decoding: command.words, as: UTF8.self).split(separator: "\r\n")
    return lines.enumerated().filter { $0.offset % 2 == 1 }.map { String($0.element) }.joined(separator: " ")
  }

  @Test("says user, database, name and scripts, and a PING last")
  func steps() throws {
    let full = Handshake(
      login: RedisLogin(user: "u", password: "p"), database: 3, name: "ingest 1\r\n", scripts: [script])
    #expect(
      full.steps.map { words($0.command) } == [
        "AUTH u p", "SELECT 3", "CLIENT SETNAME ingest-1--", "CLIENT ID", "SCRIPT LOAD return 1", "PING",
      ])
    let password = Handshake(login: RedisLogin(password: "p"), database: 0, name: "n", scripts: [])
    #expect(password.steps.map { words($0.command) } == ["AUTH p", "CLIENT SETNAME n", "CLIENT ID", "PING"])
  }

  @Test("brings the digests and the client's number")
  func session() throws {
    let handshake = Handshake(login: nil, database: 0, name: "n", scripts: [script])
    let session = try handshake.session(from: [
      .success(.status("OK")), .success(.integer(7)), .success(.string(ByteBuffer(string: "abc"))),
      .success(.status("PONG")),
    ])
    #expect(session == RedisSession(clientID: 7, digests: ["admit": Array("abc".utf8)]))
  }

  @Test("takes a primary only, where that is asked, and believes a server that may not tell")
  func role() throws {
    let handshake = Handshake(login: nil, database: 0, name: "n", scripts: [], provesPrimary: true)
    #expect(handshake.steps.map { words($0.command) } == ["ROLE", "CLIENT SETNAME n", "CLIENT ID", "PING"])
    func problem(_ role: Result<RedisValue, any Error>) -> String? {
      let rest = [Result<RedisValue, any Error>](repeating: .success(.status("OK")), count: 3)
      do {
        _ = try handshake.session(from: [role] + rest)
        return nil
      } catch {
        return error.message
      }
    }
    func answer(_ role: String) -> Result<RedisValue, any Error> {
      .success(.array([.string(ByteBuffer(string: role)), .integer(0)]))
    }
    #expect(problem(answer("master")) == nil)
    #expect(problem(answer("slave")) == "it is a replica, not the primary")
    #expect(problem(answer("sentinel")) == "it is sentinel, not the primary")
    #expect(problem(.failure(RedisError(reply: "NOPERM role"))) == nil)
  }

  @Test(
    "fails with the first error that matters",
    arguments: [
      (0, "WRONGPASS invalid", "the login was refused: WRONGPASS invalid"),
      (1, "ERR DB index is out of range", "database 3 cannot be used: ERR DB"),
      (2, "NOPERM client", nil), (3, "NOPERM client", nil),
      (4, "ERR Error compiling script", "the script admit was refused: ERR Error compiling"),
      (5, "LOADING Redis is loading", "LOADING Redis is loading"),
      (5, "NOPERM this user has no permissions to run the 'ping' command", nil),
    ] as [(Int, String, String?)])
  func judgement(step: Int, reply: String, message: String?) throws {
    let handshake = Handshake(
      login: RedisLogin(user: "u", password: "p"), database: 3, name: "n", scripts: [script])
    var replies = [Result<RedisValue, any Error>](repeating: .success(.status("OK")), count: 6)
    replies[step] = .failure(RedisError(reply: reply))
    guard let message else {
      _ = try handshake.session(from: replies)
      return
    }
    let error = #expect(throws: RedisError.self) { try handshake.session(from: replies) }
    #expect(error?.message.hasPrefix(message) == true)
    #expect(error?.kind == RedisError(reply: reply).kind)
  }
}
