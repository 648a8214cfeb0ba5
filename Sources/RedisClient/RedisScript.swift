// A Lua script and the form of its calls: every state change of an execution is one.

/// A script that Redis runs as one step. Loaded at every connect, called by its digest.
package struct RedisScript: Sendable, Hashable {
  /// Unique among the scripts of a connection; used in messages.
  package let name: String
  package let source: String

  package init(name: String, source: String) {
    self.name = name
    self.source = source
  }
}

/// A call of a script, kept until its reply: should Redis have lost the script, the same words go out once more with
/// the source.
struct ScriptCall: Sendable {
  let script: RedisScript
  /// The first one: all keys of a script are in one place.
  let key: String?
  /// EVALSHA, the digest, then number of keys, keys, arguments.
  private var command: RedisCommand

  private static let verb = "EVALSHA"
  private static let digestLength = 40
  /// Where the digest begins and where the words behind it begin.
  private static let digestStart = "$7\r\nEVALSHA\r\n$40\r\n".utf8.count
  private static let rest = digestStart + digestLength + "\r\n".utf8.count

  /// `capacity` is the expected size of keys and arguments together, in bytes.
  init(_ script: RedisScript, keys: [String], capacity: Int, build: (inout RedisCommand) -> Void) {
    self.script = script
    key = keys.first
    command = RedisCommand(Self.verb, capacity: 256 + capacity)
    // A place for the digest: it is known on the event loop only, and the caller may be elsewhere.
    command.append(Self.unknownDigest)
    command.append(keys.count)
    for key in keys { command.append(key) }
    build(&command)
  }

  private static let unknownDigest = String(repeating: "0", count: digestLength)

  /// EVALSHA with the digest that Redis gave, or EVAL if it has given none.
  mutating func command(digest: [UInt8]?) -> RedisCommand {
    guard let digest, digest.count == Self.digestLength else { return commandWithSource() }
    command.overwrite(at: Self.digestStart, with: digest)
    return command
  }

  func commandWithSource() -> RedisCommand {
    var result = RedisCommand("EVAL", capacity: command.words.count + script.source.utf8.count)
    result.append(script.source)
    result.append(wordsOf: command, from: Self.rest, dropping: 2)
    return result
  }
}
