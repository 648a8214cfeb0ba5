// From Redis's error lines to kinds: ingest and worker decide by the kind.

import Testing

@testable import RedisClient

@Suite("Redis errors")
struct RedisErrorTests {
  @Test(
    "get their kind from the reply",
    arguments: [
      ("LOADING Redis is loading the dataset in memory", .loading),
      ("READONLY You can't write against a read only replica.", .readOnly),
      ("OOM command not allowed when used memory > 'maxmemory'.", .outOfMemory),
      ("OOM command not allowed when used memory > 'maxmemory'. script: 3f, on @user_script:1.", .outOfMemory),
      (
        "ERR Error running script (call to f_3f): @user_script:1: @user_script: 1: -OOM command not allowed when …",
        .outOfMemory
      ),
      ("ERR Error running script (call to f_3f): @user_script:1: WRONGTYPE Operation against a key …", .wrongType),
      ("ERR user_script:1: something else script: 3f, on @user_script:1.", .server),
      ("NOAUTH Authentication required.", .authentication),
      ("WRONGPASS invalid username-password pair or user is disabled.", .authentication),
      ("NOPERM this user has no permissions to run the 'get' command", .authentication),
      ("ERR AUTH <password> called without any password configured for the default user.", .authentication),
      ("NOGROUP No such key 's' or consumer group 'g'", .noGroup),
      ("BUSYGROUP Consumer Group name already exists", .groupExists),
      ("NOSCRIPT No matching script. Please use EVAL.", .noScript),
      ("UNBLOCKED the stream key no longer exists", .unblocked),
      ("MISCONF Redis is configured to save RDB snapshots, but …", .misconfigured),
      ("BUSY Redis is busy running a script.", .busy),
      ("ERR max number of clients reached", .busy),
      ("WRONGTYPE Operation against a key holding the wrong kind of value", .wrongType),
      ("MASTERDOWN Link with MASTER is down and replica-serve-stale-data is set to 'no'.", .masterDown),
      ("NOREPLICAS Not enough good replicas to write.", .noReplicas),
      ("CLUSTERDOWN The cluster is down", .clusterDown),
      ("MOVED 3999 127.0.0.1:6381", .moved),
      ("ASK 3999 127.0.0.1:6381", .moved),
      ("TRYAGAIN Multiple keys request during rehashing of slot", .tryAgain),
      ("EXECABORT Transaction discarded because of previous errors.", .transactionAborted),
      ("ERR unknown command 'OOM', with args beginning with: ", .server),
      ("BACKLOG the queue is full", .server),
      ("", .server),
    ] as [(String, RedisError.Kind)])
  func kinds(reply: String, kind: RedisError.Kind) {
    let error = RedisError(reply: reply)
    #expect(error.kind == kind)
    #expect(error.message == reply)
  }

  @Test("keep the code that a script made up")
  func code() {
    #expect(RedisError(reply: "BACKLOG the queue is full").code == "BACKLOG")
    #expect(RedisError(reply: "STALE").code == "STALE")
  }

  @Test("of the server's passing states are temporary, those of the caller are not")
  func temporary() {
    let lasting: Set<RedisError.Kind> = [
      .authentication, .noGroup, .groupExists, .wrongType, .transactionAborted, .server, .protocolViolation, .closed,
    ]
    for kind in RedisError.Kind.allCases {
      #expect(RedisError(kind: kind, message: "").isTemporary == !lasting.contains(kind), "\(kind)")
    }
  }
}
