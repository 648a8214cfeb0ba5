// What accepts webhooks beside Millrace in the same run. The scripts are told in the README of their directory.

import ArgumentParser
import Foundation

/// The directory with the scripts that start the peers.
struct PeerDirectory: Sendable {
  let path: String

  init(path: String) {
    self.path = URL(filePath: path).standardizedFileURL.path
  }

  /// nil when it is not there.
  func file(_ name: String) -> String? {
    let file = "\(path)/\(name)"
    return FileManager.default.isReadableFile(atPath: file) ? file : nil
  }
}

enum IngestPeer: String, CaseIterable, ExpressibleByArgument, Sendable {
  case nginxLua = "nginx-lua"
  case uvicorn
  case nginxNoop = "nginx-noop"

  /// Where the scripts keep webhooks.
  static let stream = "peer"

  /// nginx-noop answers and forgets.
  var keepsWebhooks: Bool { self != .nginxNoop }

  private var needs: String {
    switch self {
    case .nginxLua: "apt-get install nginx-light libnginx-mod-http-lua lua-nginx-redis"
    case .uvicorn:
      "python3 -m venv DIR && DIR/bin/pip install 'uvicorn[standard]' 'redis[hiredis]', then --venv DIR"
    case .nginxNoop: "apt-get install nginx-light"
    }
  }

  /// Starts it and waits for its first answer; nil, with a line that says why, when it cannot be had here.
  func start(on stage: Stage, _ surroundings: Surroundings, redis: PrivateRedis) async throws -> Side? {
    let name = "ingest-\(rawValue)"
    guard let directory = surroundings.peers, let script = directory.file(name) else {
      Output.line("- \(rawValue) is left out: no \(name) in \(surroundings.peers?.path ?? "")")
      return nil
    }
    let port = try LoopbackConnection.freePort()
    let program = try stage.start(
      rawValue, script, keepsWebhooks ? ["\(port)", "\(redis.port)"] : ["\(port)"],
      environment: surroundings.programs.environment(temporary: stage.directory))
    do {
      try await eventually("\(rawValue) answers") {
        try program.requireRunning()
        return (try? HTTPProbe(port: port).post("/"))?.status == 202
      }
    } catch let error as BenchError {
      await stage.stop(program)
      Output.line("- \(rawValue) is left out: \(error); it needs: \(needs)")
      return nil
    }
    return Side(
      name: rawValue, url: "http://127.0.0.1:\(port)/", program: program,
      streams: keepsWebhooks ? [Self.stream] : [])
  }
}
