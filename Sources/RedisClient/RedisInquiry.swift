// Questions to one server on a socket of their own: sentinels and nodes of a cluster are asked for the way.

import NIOCore

enum RedisInquiry {
  /// For the connect, and again for the reply.
  private static let patience = TimeAmount.seconds(1)

  static func ask(
    _ address: RedisAddress, _ question: RedisCommand, login: RedisLogin?, tls: RedisTLS?, on eventLoop: any EventLoop
  ) -> EventLoopFuture<RedisValue> {
    ask(address, [question], login: login, tls: tls, on: eventLoop).flatMapThrowing { try $0[0].get() }
  }

  /// Each has its answer, in order; the future fails only when there is no connection.
  static func ask(
    _ address: RedisAddress, _ questions: [RedisCommand], login: RedisLogin?, tls: RedisTLS?,
    on eventLoop: any EventLoop
  ) -> EventLoopFuture<[Result<RedisValue, any Error>]> {
    ServerChannel.open(to: address, tls: tls, timeout: patience, on: eventLoop).flatMap { channel in
      let handler = RedisChannelHandler(address: "\(address)") { _ in }
      do {
        try channel.pipeline.syncOperations.addHandler(handler)
      } catch {
        channel.close(promise: nil)
        return eventLoop.makeFailedFuture(error)
      }
      if let login {
        let ignored = eventLoop.makePromise(of: RedisValue.self)
        handler.send(Handshake.authentication(login), timeout: patience, reply: ignored)
      }
      let answers = questions.map { question in
        let answer = eventLoop.makePromise(of: RedisValue.self)
        handler.send(question, timeout: patience, reply: answer)
        return answer.futureResult
      }
      let all = EventLoopFuture.whenAllComplete(answers, on: eventLoop)
      all.whenComplete { _ in channel.close(promise: nil) }
      return all
    }
  }
}
