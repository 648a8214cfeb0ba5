// The whole system: Redis, ingests and workers as processes of their own, proxies and the balancer in this one.

import Foundation
import NIOCore
import ProcessSupport
import TestSupport

final class Plant: Sendable {
  static let ingestCount = 2
  static let workerCount = 3

  let redis: RedisHost
  let balancer: Balancer
  let ingests: [Member]
  let workers: [Member]
  private let guardian: Guardian
  private let programs: String
  private let directory: String

  var members: [Member] { ingests + workers }

  /// Nothing runs yet but the proxies.
  init(_ options: TortureOptions, directory: String, on loop: any EventLoop) async throws {
    guard let folder = options.programs ?? ExecutablePath.current.map({ ($0 as NSString).deletingLastPathComponent })
    else { throw TortureError("say with --programs where the programs are") }
    let programs = URL(fileURLWithPath: folder).path
    let guardian = try Guardian(directory: directory, keeps: options.keep)
    let redis = try RedisHost(durability: options.durability, directory: directory, guardian: guardian)
    let balancer = try await Balancer.start(on: loop)
    func member(_ kind: Member.Kind, _ number: Int) async throws -> Member {
      let proxy = try await TCPProxy.start(to: redis.port)
      let port = try FreePort.next()
      var environment = [
        "MILLRACE_REDIS_URL": "redis://127.0.0.1:\(proxy.port)", "MILLRACE_LOG_FORMAT": "text",
        "MILLRACE_DURABILITY": options.durability.rawValue,
      ]
      switch kind {
      case .ingest:
        environment["MILLRACE_LISTEN"] = "127.0.0.1:\(port)"
        environment["MILLRACE_PUBLIC_URL"] = "http://127.0.0.1:\(balancer.port)"
        environment["MILLRACE_EVENT_LOOPS"] = "1"
        environment["MILLRACE_AUDIT_DIR"] = "off"
      case .worker:
        environment["MILLRACE_METRICS_LISTEN"] = "127.0.0.1:\(port)"
        environment["MILLRACE_EGRESS_ALLOW"] = "127.0.0.0/8"
        environment["MILLRACE_SCRIPT_PROCESSES"] = "1"
        environment["MILLRACE_SABOTAGE"] = options.sabotage?.rawValue
        environment["MILLRACE_ENV_WORKER"] = "\(kind)-\(number)"
      }
      let launch = Program.Launch(
        name: "\(kind)-\(number)", executable: "\(programs)/millrace-\(kind)", environment: environment,
        directory: directory)
      return Member(
        kind: kind, number: number, port: port, program: try Program(launch, guardian: guardian), proxy: proxy,
        changesGrace: options.deploys != nil)
    }
    var (ingests, workers) = ([Member](), [Member]())
    for number in 1...Self.ingestCount { ingests.append(try await member(.ingest, number)) }
    for number in 1...Self.workerCount { workers.append(try await member(.worker, number)) }
    for ingest in ingests { balancer.add(ingest.port) }
    (self.ingests, self.workers, self.redis, self.balancer) = (ingests, workers, redis, balancer)
    (self.guardian, self.programs, self.directory) = (guardian, programs, directory)
  }

  func start(_ workflows: [String: String]) async throws {
    try await redis.start()
    let folder = "\(directory)/workflows"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    for (key, text) in workflows {
      try text.write(toFile: "\(folder)/\(key).yaml", atomically: true, encoding: .utf8)
    }
    let apply = try Program(
      Program.Launch(
        name: "apply", executable: "\(programs)/millrace",
        arguments: ["apply", folder, "--redis-url", "redis://127.0.0.1:\(redis.port)"], directory: directory),
      guardian: guardian)
    guard try await apply.run().isSuccess else { throw TortureError("millrace apply: \(apply.lastWords)") }
    for member in members { try member.start() }
    for member in members {
      do { try await member.waitUntilReady() } catch {
        throw TortureError("\(error); it wrote: \(member.program.lastWords)")
      }
    }
    for ingest in ingests {
      for key in workflows.keys {
        // A method that no webhook has asks for the head only, so nothing is queued by the question.
        try await eventually("\(ingest.name) knows \(key)") {
          let probe = SystemRequest("TRACE", "/api/webhooks/\(key)")
          return try await SystemConnection.send(probe, port: ingest.port, within: .seconds(5)).status == 405
        }
      }
    }
  }

  /// Ends everything, whatever state it is in.
  func stop() async {
    for member in members {
      await member.program.kill()
      member.proxy.stop()
    }
    await redis.kill()
    balancer.stop()
    await guardian.dismiss()
  }
}
