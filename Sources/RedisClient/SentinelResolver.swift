// Asks sentinels where the primary is, https://redis.io/docs/reference/sentinel-clients: before every connect, because it
// may have changed, and while a connection stands, because its server may be the last to know.

import NIOCore

/// Lives on its connection's event loop.
final class SentinelResolver {
  private struct Word {
    let address: RedisAddress
    /// Grows with every failover; nil when the sentinel keeps it to itself.
    let epoch: Int64?
  }

  private let sentinels: [RedisAddress]
  private let primary: String
  private let place: RedisPlace
  private let eventLoop: any EventLoop
  /// Whom to ask first. Another one each time: one that is cut off from the others may not know better.
  private var next: Int
  /// The highest that was heard of, and when last.
  private var epoch: Int64 = -1
  private var heard = NIODeadline.uptimeNanoseconds(0)

  /// For so long a sentinel that knows less is not believed. Then its word counts: they may have been set up anew.
  private static let memory = TimeAmount.seconds(15)

  init(_ sentinels: [RedisAddress], primary: String, place: RedisPlace, eventLoop: any EventLoop) {
    self.sentinels = sentinels
    self.primary = primary
    self.place = place
    self.eventLoop = eventLoop
    next = .random(in: sentinels.indices)
  }

  /// The address that the first sentinel names which knows one.
  func locate() -> EventLoopFuture<RedisAddress> {
    ask().assumeIsolated().map { word in
      self.note(word)
      return word.address
    }.nonisolated()
  }

  /// Where a sentinel that has heard of a later failover says that the primary is now; nil as long as it is `address`.
  func successor(of address: RedisAddress) -> EventLoopFuture<RedisAddress?> {
    ask().assumeIsolated().map { word in
      let isNews = (word.epoch ?? -1) > self.epoch
      self.note(word)
      return isNews && word.address != address ? word.address : nil
    }.nonisolated()
  }

  private func note(_ word: Word) {
    guard let epoch = word.epoch else { return }
    self.epoch = epoch
    heard = eventLoop.now
  }

  private func ask() -> EventLoopFuture<Word> {
    defer { next = (next + 1) % sentinels.count }
    return ask(Array(sentinels[next...] + sentinels[..<next])[...], problem: nil)
  }

  private func ask(_ rest: ArraySlice<RedisAddress>, problem: (any Error)?) -> EventLoopFuture<Word> {
    guard let sentinel = rest.first else {
      let reason = problem.map(ConnectFailure.text) ?? "there are none"
      return eventLoop.makeFailedFuture(
        RedisError(
          kind: .disconnected,
          message: "none of the sentinels of \(place.address) tells where the primary is: \(reason)"))
    }
    // The epoch first: should a failover come in between, the address is newer than it and not older.
    let questions = [
      RedisCommand("SENTINEL", "MASTER", primary), RedisCommand("SENTINEL", "get-master-addr-by-name", primary),
    ]
    return RedisInquiry.ask(sentinel, questions, login: place.sentinelLogin, tls: place.tls, on: eventLoop)
      .assumeIsolated().flatMapThrowing { answers in try self.word(answers, from: sentinel) }
      .flatMapError { error in self.ask(rest.dropFirst(), problem: error) }.nonisolated()
  }

  private func word(_ answers: [Result<RedisValue, any Error>], from sentinel: RedisAddress) throws -> Word {
    guard let words = try answers[1].get().array, words.count == 2, let host = words[0].text, let port = words[1].int
    else {
      throw RedisError(kind: .disconnected, message: "the sentinel \(sentinel) does not know \(primary)")
    }
    let epoch = (try? answers[0].get()).flatMap(Self.epoch)
    if let epoch, epoch < self.epoch, eventLoop.now < heard + Self.memory {
      throw RedisError(kind: .disconnected, message: "the sentinel \(sentinel) has not heard of the latest failover")
    }
    return Word(address: .tcp(host: host, port: Int(port)), epoch: epoch)
  }

  /// Names and values in turn.
  private static func epoch(in state: RedisValue) -> Int64? {
    guard let words = state.array, let name = words.firstIndex(where: { $0.text == "config-epoch" }),
      name + 1 < words.count
    else { return nil }
    return words[name + 1].int
  }
}
