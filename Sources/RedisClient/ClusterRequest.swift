// A command on its way through a cluster: kept until it has its answer, because a node may send it elsewhere.

import NIOCore

struct ClusterRequest {
  enum Content {
    case command(RedisCommand)
    case call(ScriptCall)
  }

  let content: Content
  /// Where its key lives; nil for a command without one.
  let slot: Int?
  /// For each try.
  let timeout: TimeAmount
  /// No further try begins after it.
  let deadline: NIODeadline
  let replicas: ReplicaWait?
  let reply: EventLoopPromise<RedisValue>
  /// How often it was sent elsewhere or again.
  var detours = 0

  func send(over link: RedisLink, asking: Bool, reply: EventLoopPromise<RedisValue>) {
    switch content {
    case .command(let command):
      if asking { ask(link) }
      link.send(command, timeout: timeout, replicas: replicas, reply: reply)
    case .call(let call):
      guard asking else { return link.send(call, timeout: timeout, replicas: replicas, reply: reply) }
      ask(link)
      // With its source: ASKING counts for one command, so there is no second chance for a script that is not there.
      link.send(call.commandWithSource(), timeout: timeout, replicas: replicas, reply: reply)
    }
  }

  /// Its answer tells nothing that the command's own would not.
  private func ask(_ link: RedisLink) {
    link.send(RedisCommand("ASKING"), timeout: timeout, reply: reply.futureResult.eventLoop.makePromise())
  }
}
