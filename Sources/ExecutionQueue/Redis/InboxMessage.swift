// What a worker writes into the reply stream of the ingest process whose caller waits, and how ingest reads it.

import NIOCore
import RedisClient

struct InboxMessage: Sendable {
  let command: RedisCommand

  /// Larger replies stay in the record, and the message only says that they are there.
  static let inlineLimit = 65_536
  /// Messages that an inbox holds at most; one that was dropped is found in the record.
  private static let inboxLimit = 10_000

  enum Field {
    static let token = "t"
    static let state = "s"
    static let message = "m"
    static let reply = "r"
    static let output = "o"
    static let incomplete = "i"
  }

  /// Nil when nobody waits.
  init?(lease: Lease, settlement: Settlement) {
    self.init(
      lease: lease, state: settlement.state, message: settlement.message, reply: settlement.reply,
      output: settlement.reply == nil ? settlement.output : nil)
  }

  init?(
    lease: Lease, state: ExecutionState, message: String? = nil, reply: [UInt8]? = nil, output: [UInt8]? = nil
  ) {
    self.init(
      inbox: lease.delivery.inbox, token: lease.id.token, state: state, message: message, reply: reply, output: output)
  }

  init?(
    inbox: String?, token: ExecutionToken, state: ExecutionState, message: String? = nil, reply: [UInt8]? = nil,
    output: [UInt8]? = nil
  ) {
    guard let inbox else { return nil }
    var command = RedisCommand("XADD", QueueKeys.inbox(inbox), "NOMKSTREAM", "MAXLEN", "~")
    command.append(Self.inboxLimit)
    command.append("*")
    command.append(Field.token)
    command.append(token.description)
    command.append(Field.state)
    command.append(state.rawValue)
    if let message {
      command.append(Field.message)
      command.append(message)
    }
    if (reply?.count ?? 0) + (output?.count ?? 0) > Self.inlineLimit {
      command.append(Field.incomplete)
      command.append("1")
    } else {
      if let reply {
        command.append(Field.reply)
        command.append(reply)
      }
      if let output {
        command.append(Field.output)
        command.append(output)
      }
    }
    self.command = command
  }
}

extension QueuedReply {
  init?(fields: RedisValue) {
    let named = Dictionary(fields.fieldPairs.map { ($0.0, $0.1) }) { first, _ in first }
    guard let token = named[InboxMessage.Field.token]?.text.flatMap({ ExecutionToken($0) }),
      let state = named[InboxMessage.Field.state]?.text.flatMap(ExecutionState.init(rawValue:))
    else { return nil }
    self.init(
      token: token, state: state, message: named[InboxMessage.Field.message]?.text,
      reply: named[InboxMessage.Field.reply]?.byteArray, output: named[InboxMessage.Field.output]?.byteArray,
      isComplete: named[InboxMessage.Field.incomplete] == nil)
  }
}
